using DogCat.Data;
using DogCat.Features;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace DogCat.Training;

/// <summary>Rows for trials on some of the pictures, with labels of the trial's choosing.</summary>
public sealed class TrialRows
{
    private readonly MLContext _ml;
    private readonly FeatureStore _store;
    private readonly NormalizingTransformer _standardize;

    /// <summary>
    /// Features are standardised by all training pictures: that needs no labels, and in few pictures a colour that is next to never seen has a
    /// standard deviation so small that the one picture which has it would be tens of thousands of them from the mean.
    /// </summary>
    public TrialRows(MLContext ml, FeatureStore store, PictureSet train)
    {
        (_ml, _store) = (ml, store);
        _standardize = ml.Transforms.NormalizeMeanVariance(nameof(TrialRow.Features), fixZero: false).Fit(Raw(train.Items, _ => 0.5));
    }

    /// <summary>The rows, kept in memory; <paramref name="dog"/> tells how much of a dog a picture is to be taken for.</summary>
    public IDataView Of(IEnumerable<LabelledPicture> pictures, Func<LabelledPicture, double> dog) => _ml.Data.Cache(_standardize.Transform(Raw(pictures, dog)));

    /// <summary>The shares of cat and dog.</summary>
    public static float[] Shares(double dog) => [(float)(1 - dog), (float)dog];

    private IDataView Raw(IEnumerable<LabelledPicture> pictures, Func<LabelledPicture, double> dog) => _ml.Data.LoadFromEnumerable(
        pictures.Select(p => new TrialRow { Target = Shares(dog(p)), Features = _store.Of(p.Picture) }).ToArray(),
        TrialRow.Schema());
}
