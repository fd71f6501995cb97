using DogCat.Data;
using Microsoft.ML;
using PictureFiles;

namespace DogCat.Features;

/// <summary>The step of an ML.NET pipeline that turns pixels into features.</summary>
public static class Featurizer
{
    /// <summary>Adds the column <see cref="FeatureRow.Features"/> to rows of <see cref="PictureRow.Pixels"/>.</summary>
    public static IEstimator<ITransformer> ComputeFeatures(this TransformsCatalog transforms, FeatureStore store) =>
        // Without a contract name: the step is not saved with a model, which takes features.
        transforms.CustomMapping<PictureRow, FeatureRow>(
            (row, result) => result.Features = store.Of(new Picture(PictureFeatures.Side, PictureFeatures.Side, row.Pixels)),
            contractName: null,
            outputSchemaDefinition: FeatureRow.Schema(PictureFeatures.Count));
}
