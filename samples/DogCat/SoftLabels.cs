using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;
using static System.FormattableString;

namespace DogCat;

/// <summary>Training on soft labels against hard ones: what was tried, and what came of it by either kind of label.</summary>
internal sealed record SoftLabelTrial(string Design, CrossEntropyComparison BySoftLabels, CrossEntropyComparison ByHardLabels)
{
    /// <summary>The outcome, in sentences.</summary>
    public string[] Sentences =>
        [Design, "Judged by soft labels: " + BySoftLabels.Pairs[0].Sentence, "Judged by hard labels: " + ByHardLabels.Pairs[0].Sentence];

    /// <summary>The same for a report.</summary>
    public ReportSection ToSection() =>
        Sentences.Aggregate(new ReportSection("Training on soft labels"), (section, text) => section.AddText(text));
}

/// <summary>Pictures whose label is uncertain by a known amount: drawn ones, and photographs that people voted on.</summary>
internal static class SoftLabels
{
    private const int Fewest = 20;

    /// <summary>The shares of cat and dog.</summary>
    public static float[] Shares(double dog) => [(float)(1 - dog), (float)dog];

    /// <summary>A model's loss by the pictures' labels.</summary>
    public static MulticlassCrossEntropyMetrics EvaluateByLabel(MLContext ml, IEnumerable<Judged> judged) =>
        ml.MulticlassClassification.EvaluateCrossEntropy(View(ml, judged), Options(nameof(Forecast.Label)));

    /// <summary>
    /// A model's loss where labels are drawn from p: H(p, q) = H(p) + KL(p || q), p known and q the model's. Null where nothing is known.
    /// </summary>
    public static MulticlassCrossEntropyMetrics? Evaluate(MLContext ml, IEnumerable<Judged> judged)
    {
        Judged[] known = [.. judged.Where(j => j.Picture.ProbabilityOfDog is not null)];
        return known.Length == 0 ? null
            : ml.MulticlassClassification.EvaluateCrossEntropy(View(ml, known), Options(nameof(Forecast.Target)));
    }

    /// <summary>The outcome of <see cref="Evaluate"/> in a sentence.</summary>
    public static string InWords(string model, MulticlassCrossEntropyMetrics soft) => Invariant(
        $"Soft labels p of {soft.Rows.Used:N0} test pictures, {model}'s q: H(p) + KL(p || q) = ")
        + Invariant($"{soft.IrreducibleLogLoss:F4} + {soft.KullbackLeibler:F4} = {soft.LogLoss:F4} nats.");

    /// <summary>Refuses <see cref="Trial"/> where too few test pictures have soft labels.</summary>
    public static void Check(Picture[] test)
    {
        if (test.Count(p => p.ProbabilityOfDog is not null) is var known and < Fewest)
        {
            throw new UserException(
                Invariant($"--soft-labels: {known} test pictures have people's votes (test/{PictureFolder.VotesFile}); ")
                + Invariant($"at least {Fewest} are needed."));
        }
    }

    /// <summary>
    /// Does it help to train on how sure people are, instead of on one label a picture? The same pictures, features, trainer and seed; only
    /// the labels differ. Where only test pictures have soft labels, either half of them is judged by models trained on the other.
    /// </summary>
    public static SoftLabelTrial Trial(MLContext ml, Examples train, Examples test)
    {
        (var known, var others) = (Known.Of(train), Known.Of(test));
        (Known[] Train, Known[] Test)[] folds = [(known, others)];
        var design =
            Invariant($"Trained on the soft or the hard labels of {known.Length:N0} pictures, judged by {others.Length:N0} others.");
        if (known.Length < Fewest)
        {
            // Every other one: the pictures come sorted by class.
            Known[] even = [.. others.Where((_, i) => i % 2 == 0)], odd = [.. others.Where((_, i) => i % 2 == 1)];
            folds = [(even, odd), (odd, even)];
            design = Invariant(
                $"Each half of {others.Length:N0} test pictures judged by models trained on the soft or hard labels of the other half.");
        }
        var models = new Dictionary<string, IDataView>
        {
            ["training on soft labels"] = Scored(p => p.ProbabilityOfDog!.Value),
            ["training on hard labels"] = Scored(p => p.IsDog ? 1 : 0),
        };
        return new SoftLabelTrial(design, Compare(nameof(Forecast.Target)), Compare(nameof(Forecast.Label)));

        IDataView Scored(Func<Picture, double> dog) => View(
            ml, folds.SelectMany(f => f.Test.Zip(Fit(ml, f.Train, f.Test, dog), (t, score) => new Judged(t.Picture, score))));

        CrossEntropyComparison Compare(string label) =>
            ml.MulticlassClassification.CompareCrossEntropy(models, new ComparisonOptions { Seed = 1 }, Options(label));
    }

    /// <summary>What a model trained on the one says about the other.</summary>
    private static IEnumerable<float[]> Fit(MLContext ml, Known[] train, Known[] test, Func<Picture, double> dog)
    {
        var schema = SchemaDefinition.Create(typeof(SoftExample));
        schema[nameof(SoftExample.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, train[0].Features.Length);
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(nameof(SoftExample.Target)).Fit(Rows(train));
        return model.Transform(Rows(test)).GetColumn<float[]>("Score");

        IDataView Rows(Known[] examples) => ml.Data.LoadFromEnumerable(
            examples.Select(e => new SoftExample { Target = Shares(dog(e.Picture)), Features = e.Features }).ToArray(), schema);
    }

    private static IDataView View(MLContext ml, IEnumerable<Judged> judged) => ml.Data.LoadFromEnumerable(
        judged.Select(
            j => new Forecast { Label = j.Picture.Label, Target = Shares(j.Picture.ProbabilityOfDog ?? double.NaN), Score = j.Score })
            .ToArray());

    private static MulticlassEvaluationOptions Options(string label) => new()
    { LabelColumnName = label, ClassNames = ["cat", "dog"], ScoreKind = ScoreKind.Probabilities };

    /// <summary>A picture whose soft label is known.</summary>
    private sealed record Known(Picture Picture, float[] Features)
    {
        public static Known[] Of(Examples examples) =>
            [.. examples.Pictures.Zip(examples.Features, (p, f) => new Known(p, f)).Where(e => e.Picture.ProbabilityOfDog is not null)];
    }

    private sealed class Forecast
    {
        public string Label { get; set; } = "";
        [VectorType(2)]
        public float[] Target { get; set; } = [];
        [VectorType(2)]
        public float[] Score { get; set; } = [];
    }

    private sealed class SoftExample
    {
        [VectorType(2)]
        public float[] Target { get; set; } = [];
        public float[] Features { get; set; } = [];
    }
}
