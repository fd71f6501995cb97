using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>
/// A native multiclass model names its scores by the values of its training label, a key. Labels that are vectors have slot
/// names instead: here they become such a key.
/// </summary>
internal static class NamedOutputs
{
    private const string KeyValues = "KeyValues";
    private const string SlotNames = "SlotNames";

    /// <summary>The training schema of a model of <paramref name="count"/> outputs: its features, and a key that names the outputs.</summary>
    public static DataViewSchema TrainingSchema(DataViewSchema.Column features, string label, int count, string[]? names)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        if (names is not null)
        {
            annotations.Add(KeyValues, new VectorDataViewType(TextDataViewType.Instance, count),
                (ref VBuffer<ReadOnlyMemory<char>> values) => values = new(count, [.. names.Select(name => name.AsMemory())]));
        }
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(features.Name, features.Type, features.Annotations);
        schema.AddColumn(label, new KeyDataViewType(typeof(uint), count), annotations.ToAnnotations());
        return schema.ToSchema();
    }

    /// <summary>The same of a schema's promise.</summary>
    public static SchemaShape.Column AsKey(SchemaShape.Column label)
    {
        var values = label.Annotations
            .Where(annotation => annotation.Name == SlotNames)
            .Select(names => NativeModels.ShapeColumn(KeyValues, names.Kind, names.ItemType, isKey: false, names.Annotations));
        return NativeModels.ShapeColumn(label.Name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape(values));
    }
}
