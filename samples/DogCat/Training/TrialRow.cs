using DogCat.Features;
using Microsoft.ML.Data;

namespace DogCat.Training;

/// <summary>A picture's features and how much of a cat and of a dog a trial takes it for.</summary>
public sealed class TrialRow
{
    /// <summary>The shares of cat and dog; 0 and 1 for a hard label.</summary>
    [VectorType(2)]
    public float[] Target { get; set; } = [];

    /// <summary>See <see cref="PictureFeatures"/>.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>Rows with all features.</summary>
    public static SchemaDefinition Schema()
    {
        var schema = SchemaDefinition.Create(typeof(TrialRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, PictureFeatures.Count);
        return schema;
    }
}
