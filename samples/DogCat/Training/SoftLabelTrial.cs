using DogCat.Data;
using DogCat.Features;
using Microsoft.ML;
using MLNet.CrossEntropy;
using static System.FormattableString;

namespace DogCat.Training;

/// <summary>
/// Does it help to train on how sure people are, instead of on one label a picture? The same pictures, features, trainer, options and seed; only
/// the labels differ. The models are judged by their logits on pictures they have not seen, by soft labels and by hard ones.
/// </summary>
/// <param name="Design">Which pictures it was tried on.</param>
/// <param name="BySoftLabels">The comparison by <c>-sum_k p_k log q_k</c>, p being the soft label.</param>
/// <param name="ByHardLabels">The comparison by <c>-log q</c> of the label.</param>
public sealed record SoftLabelTrial(string Design, CrossEntropyComparison BySoftLabels, CrossEntropyComparison ByHardLabels)
{
    private const int Fewest = 20;

    /// <summary>
    /// Trains on the training pictures where they have soft labels. Where only test pictures have them, as photographs that people voted
    /// on, it trains on either half of those and judges on the other. Null where there are too few.
    /// </summary>
    public static SoftLabelTrial? Run(MLContext ml, PictureData data, FeatureStore store, CancellationToken cancellation = default)
    {
        var train = WithSoftLabels(data.Train);
        var test = WithSoftLabels(data.Test);
        if (test.Length < Fewest)
            return null;
        var rows = new TrialRows(ml, store, data.Train);
        if (train.Length >= Fewest)
            return Judge(ml, Invariant($"Trained on {train.Length:N0} pictures, by their soft or their hard labels; judged by {test.Length:N0} others."), Fold(ml, rows, train, test, cancellation));

        // Every other one: the pictures come sorted by class.
        LabelledPicture[] even = [.. test.Where((_, i) => i % 2 == 0)];
        LabelledPicture[] odd = [.. test.Where((_, i) => i % 2 == 1)];
        return Judge(
            ml,
            Invariant($"Only test pictures have soft labels, so each half of {test.Length:N0} was judged by models trained on the other half, by its soft or its hard labels."),
            [.. Fold(ml, rows, even, odd, cancellation), .. Fold(ml, rows, odd, even, cancellation)]);
    }

    private static LabelledPicture[] WithSoftLabels(PictureSet set) => [.. set.Items.Where(i => i.SoftLabel is not null)];

    private static IEnumerable<(LabelledPicture Picture, float[] Soft, float[] Hard)> Fold(
        MLContext ml, TrialRows rows, LabelledPicture[] train, LabelledPicture[] test, CancellationToken cancellation)
    {
        var soft = Forecast(ml, rows, train, test, p => p.SoftLabel!.Value, cancellation);
        var hard = Forecast(ml, rows, train, test, p => p.IsDog ? 1 : 0, cancellation);
        return test.Select((picture, i) => (picture, soft[i], hard[i]));
    }

    /// <summary>The logits of the pictures to judge by.</summary>
    private static float[][] Forecast(
        MLContext ml, TrialRows rows, LabelledPicture[] train, LabelledPicture[] test, Func<LabelledPicture, double> label, CancellationToken cancellation)
    {
        var options = Contenders.SoftmaxOptions(new TrainerSetup(ml, train.Length, new Progress<EpochReport>(), cancellation));
        options.LabelColumnName = nameof(TrialRow.Target);
        options.Seed = 1;
        return Logits.Of(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(rows.Of(train, label)), rows.Of(test, label));
    }

    private static SoftLabelTrial Judge(MLContext ml, string design, IEnumerable<(LabelledPicture Picture, float[] Soft, float[] Hard)> forecasts)
    {
        (LabelledPicture Picture, float[] Soft, float[] Hard)[] all = [.. forecasts];
        var models = new Dictionary<string, IDataView>
        {
            ["training on soft labels"] = View(f => f.Soft),
            ["training on hard labels"] = View(f => f.Hard),
        };
        return new SoftLabelTrial(design, Compare(nameof(ForecastRow.Target)), Compare(nameof(ForecastRow.Label)));

        IDataView View(Func<(LabelledPicture Picture, float[] Soft, float[] Hard), float[]> score) => ml.Data.LoadFromEnumerable(
            all.Select(f => new ForecastRow { Label = f.Picture.Label, Target = TrialRows.Shares(f.Picture.SoftLabel!.Value), Score = score(f) }).ToArray());

        CrossEntropyComparison Compare(string label) => ml.MulticlassClassification.CompareCrossEntropy(
            models,
            new ComparisonOptions { Seed = 1 },
            new MulticlassEvaluationOptions { LabelColumnName = label, ClassNames = ["cat", "dog"], ScoreKind = ScoreKind.Logits });
    }
}
