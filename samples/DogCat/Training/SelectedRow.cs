using Microsoft.ML.Data;

namespace DogCat.Training;

/// <summary>A picture's label and some of its features.</summary>
public sealed class SelectedRow
{
    /// <summary>"cat" or "dog".</summary>
    public string Label { get; set; } = "";

    /// <summary>The features chosen.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>Rows with this many features.</summary>
    public static SchemaDefinition Schema(int count)
    {
        var schema = SchemaDefinition.Create(typeof(SelectedRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, count);
        return schema;
    }
}
