using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Training schemas for multiclass models: ML.NET names the scores after the key values of the label that the model was trained on, and
/// saves
/// them with it. Labels that are vectors have slot names instead, which here become such a key; so do the classes of two models.
/// </summary>
internal static class TrainSchema
{
    private const string KeyValues = "KeyValues";
    private const string SlotNames = "SlotNames";

    /// <summary>The features as they are, and a key that names <paramref name="count"/> outputs by text; null names none.</summary>
    public static DataViewSchema OfNames(DataViewSchema.Column features, string label, int count, string[]? names)
        => Of<ReadOnlyMemory<char>>(features, label, count, TextDataViewType.Instance, names is null
            ? null
            : [.. names.Select(name => name.AsMemory())]);

    /// <summary>
    /// The features as they are, and a label that names the classes of both sides: by values of the label's own type where the initial
    /// model's label had that type too, else by text.
    /// </summary>
    /// <param name="features">The feature column.</param>
    /// <param name="label">The data's label, a key with values.</param>
    /// <param name="score">The score column of the initial model; null where there is none.</param>
    /// <param name="names">The classes' names, those of the data first.</param>
    /// <param name="ofModel">For each class its index in the initial model.</param>
    public static DataViewSchema OfBoth(
        DataViewSchema.Column features, DataViewSchema.Column label, DataViewSchema.Column? score, string[]? names, int[] ofModel)
    {
        var type = ItemType(label, KeyValues);
        if (type is null || score is not { } named || !type.Equals(ItemType(named, "TrainingLabelValues")))
            return OfNames(features, label.Name, ofModel.Length, names);

        // The type of the key values is known at run time only.
        var typed = ((Delegate)OfValues<int>).Method.GetGenericMethodDefinition().MakeGenericMethod(type.RawType);
        return (DataViewSchema)typed.Invoke(null, [features, label, named, type, ofModel])!;
    }

    /// <summary>A vector label as a schema promises it, with its slot names as a key's values.</summary>
    public static SchemaShape.Column AsKey(SchemaShape.Column label)
    {
        var values = label.Annotations
            .Where(annotation => annotation.Name == SlotNames)
            .Select(names => NativeModels.ShapeColumn(KeyValues, names.Kind, names.ItemType, isKey: false, names.Annotations));
        return NativeModels.ShapeColumn(
            label.Name, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, isKey: true, new SchemaShape(values));
    }

    private static DataViewSchema OfValues<T>(
        DataViewSchema.Column features, DataViewSchema.Column label, DataViewSchema.Column score, PrimitiveDataViewType type, int[] ofModel)
    {
        VBuffer<T> inData = default, inModel = default;
        label.Annotations.GetValue(KeyValues, ref inData);
        score.Annotations.GetValue("TrainingLabelValues", ref inModel);
        T[] data = [.. inData.DenseValues()], model = [.. inModel.DenseValues()];
        return Of<T>(features, label.Name, ofModel.Length, type, [.. ofModel.Select((index, k) => k < data.Length
            ? data[k]
            : model[index])]);
    }

    private static DataViewSchema Of<T>(DataViewSchema.Column features, string label, int count, PrimitiveDataViewType type, T[]? names)
    {
        DataViewSchema.Annotations.Builder annotations = new();
        if (names is not null)
            annotations.Add(KeyValues, new VectorDataViewType(type, count), (ref VBuffer<T> values) => values = new(count, [.. names]));
        DataViewSchema.Builder schema = new();
        schema.AddColumn(features.Name, features.Type, features.Annotations);
        schema.AddColumn(label, new KeyDataViewType(typeof(uint), count), annotations.ToAnnotations());
        return schema.ToSchema();
    }

    private static PrimitiveDataViewType? ItemType(DataViewSchema.Column column, string kind)
        => (column.Annotations.Schema.GetColumnOrNull(kind)?.Type as VectorDataViewType)?.ItemType;
}
