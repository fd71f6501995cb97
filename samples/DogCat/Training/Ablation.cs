using DogCat.Data;
using DogCat.Features;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>Trains the first contender with each family of features alone, and with all the others: what does each bring?</summary>
public static class Ablation
{
    /// <summary>One row a family, handed over as they come.</summary>
    public static IEnumerable<AblationRow> Run(MLContext ml, PictureData data, FeatureStore store, CancellationToken cancellation = default)
    {
        var at = 0;
        foreach (var family in store.Features.Families.TakeWhile(_ => !cancellation.IsCancellationRequested))
        {
            (var from, var to) = (at, at += family.Count);
            yield return new AblationRow(
                family.Name,
                Alone: Score(ml, data, store, [(from, to)]),
                Without: Score(ml, data, store, [(0, from), (to, PictureFeatures.Count)]));
        }
    }

    private static FamilyScore Score(MLContext ml, PictureData data, FeatureStore store, (int From, int To)[] ranges)
    {
        var count = ranges.Sum(r => r.To - r.From);
        var result = Contenders.All[0].Run(new TrainerSetup(ml, data.Train.Count, new Progress<EpochReport>()), Select(data.Train), Select(data.Test));
        var accuracy = result.Test.Accuracy;
        return new FamilyScore(count, result.Test.LogLoss, result.Test.LogLossStandardError, accuracy, Math.Sqrt(accuracy * (1 - accuracy) / data.Test.Count));

        IDataView Select(PictureSet set) => ml.Data.LoadFromEnumerable(
            set.Items.Select(item => new SelectedRow { Label = item.Label, Features = Chosen(store.Of(item.Picture)) }).ToArray(),
            SelectedRow.Schema(count));

        float[] Chosen(float[] all) => [.. ranges.SelectMany(r => all[r.From..r.To])];
    }
}
