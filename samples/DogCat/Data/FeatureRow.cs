using Microsoft.ML.Data;

namespace DogCat.Data;

/// <summary>What is computed from a picture.</summary>
public sealed class FeatureRow
{
    /// <summary>See <see cref="DogCat.Features.PictureFeatures"/>.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>Trainers need to know the vector's length, which a float[] alone does not tell.</summary>
    public static SchemaDefinition Schema(int length)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
        return schema;
    }
}
