using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat;

/// <summary>Training on soft labels against hard ones: what was tried, and what came of it by either kind of label.</summary>
internal sealed record SoftLabelTrial(string Design, CrossEntropyComparison BySoftLabels, CrossEntropyComparison ByHardLabels)
{
    /// <summary>The outcome, in sentences.</summary>
    public string[] Sentences =>
        [Design, "Judged by soft labels: " + BySoftLabels.Pairs[0].Sentence, "Judged by hard labels: " + ByHardLabels.Pairs[0].Sentence];

    /// <summary>The two comparisons, for scripts.</summary>
    public object Json =>
        new { bySoftLabels = JsonNode.Parse(BySoftLabels.ToJson()), byHardLabels = JsonNode.Parse(ByHardLabels.ToJson()) };
}

/// <summary>Pictures whose label is uncertain by a known amount: drawn ones, and photographs that people voted on.</summary>
internal static class SoftLabels
{
    private const int Fewest = 20;
    private const int Folds = 10;

    /// <summary>The shares of cat and dog.</summary>
    public static float[] Shares(double dog) => [(float)(1 - dog), (float)dog];

    /// <summary>Evaluates scores of cat and dog by one of the columns of <see cref="Example"/>.</summary>
    public static MulticlassEvaluationOptions By(string label) => new()
    { LabelColumnName = label, ClassNames = ["cat", "dog"], ScoresAreLogits = false };

    /// <summary>A model's loss by soft labels p: H(p, q) = H(p) + KL(p || q), where q is the model's. Null where no p is known.</summary>
    public static MulticlassCrossEntropyMetrics? Evaluate(MLContext ml, IDataView scored)
    {
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored, By(nameof(Example.SoftTarget)));
        return metrics.Rows.Used > 0 ? metrics : null;
    }

    /// <summary>The outcome of <see cref="Evaluate"/> in a sentence.</summary>
    public static string InWords(string model, MulticlassCrossEntropyMetrics soft) => Invariant(
        $"Soft labels p of {soft.Rows.Used:N0} test pictures, {model}'s q: H(p) + KL(p || q) = ")
        + Invariant($"{soft.IrreducibleLogLoss:F4} + {soft.KullbackLeibler:F4} = {soft.LogLoss:F4} nats.");

    /// <summary>Refuses <see cref="Trial"/> where too few test pictures have soft labels.</summary>
    public static void Check(Picture[] test)
    {
        if (Known(test) < Fewest)
            throw new UserException(
                Invariant($"--soft-labels: {Known(test)} test pictures have people's votes (test/{PictureFolder.VotesFile}); ")
                + Invariant($"at least {Fewest} are needed."));
    }

    /// <summary>
    /// Does it help to train on how sure people are, instead of on one label a picture? The same pictures, features, trainer and seed; only
    /// the labels differ. Where only test pictures have soft labels, the two are cross-validated on those.
    /// </summary>
    public static SoftLabelTrial Trial(MLContext ml, Examples train, Examples test)
    {
        var estimators = new Dictionary<string, Func<MLContext, IEstimator<ITransformer>>>
        {
            ["training on soft labels"] = ml => ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(nameof(Example.SoftTarget)),
            ["training on hard labels"] = Contender.Softmax,
        };
        var (learned, judged, by) = (Known(train.Pictures), Known(test.Pictures), Rows(test));
        if (learned < Fewest)
            return new SoftLabelTrial(
                Invariant($"{judged:N0} test pictures in {Folds} folds, each judged by models trained on the others' soft or hard labels."),
                CrossValidate(nameof(Example.SoftTarget)), CrossValidate(nameof(Example.Label)));
        var from = Rows(train);
        var scored = estimators.ToDictionary(e => e.Key, e => e.Value(new MLContext(seed: 1)).Fit(from).Transform(by));
        return new SoftLabelTrial(
            Invariant($"Trained on the soft or the hard labels of {learned:N0} pictures, judged by {judged:N0} others."),
            Compare(nameof(Example.SoftTarget)), Compare(nameof(Example.Label)));

        IDataView Rows(Examples examples) => ml.Data.FilterRowsByMissingValues(examples.Rows, nameof(Example.SoftTarget));

        CrossEntropyComparison Compare(string label) =>
            ml.MulticlassClassification.CompareCrossEntropy(scored, new ComparisonOptions { Seed = 1 }, By(label));

        CrossEntropyComparison CrossValidate(string label) => ml.MulticlassClassification.CrossValidateCrossEntropy(
            by, estimators, new() { NumberOfFolds = Folds, Seed = 1, StratifyColumnName = nameof(Example.Label) }, By(label)).Comparison!;
    }

    private static int Known(Picture[] pictures) => pictures.Count(p => p.ProbabilityOfDog is not null);
}
