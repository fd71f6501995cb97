using DogCat.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace DogCat.Data;

/// <summary>One row of the data: what a picture shows and the numbers computed from it.</summary>
public sealed class Example
{
    /// <summary>"cat" or "dog"; empty when it is not known.</summary>
    public string Label { get; set; } = "";

    /// <summary>The same for binary trainers.</summary>
    public bool IsDog { get; set; }

    /// <summary>See <see cref="PictureFeatures"/>.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>The rows as ML.NET sees them.</summary>
    public static IDataView ToDataView(MLContext ml, IEnumerable<Example> examples)
    {
        // Trainers need to know the vector's length, which a float[] alone does not tell.
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, PictureFeatures.Count);
        return ml.Data.LoadFromEnumerable(examples, schema);
    }
}
