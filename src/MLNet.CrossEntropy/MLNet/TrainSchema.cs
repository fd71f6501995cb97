using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Trainers;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The training schema of a multiclass model that went on from another: ML.NET names the scores after the key values of the label that
/// the model was trained on, and saves them with it.
/// </summary>
internal static class TrainSchema
{
    private const string KeyValues = "KeyValues";

    /// <summary>
    /// The features as they are, and a label that names the classes of both sides: by values of the label's own type where the initial
    /// model's label had that type too, else by text.
    /// </summary>
    public static DataViewSchema Of(DataViewSchema.Column features, DataViewSchema.Column label, DataViewSchema.Column? score, ClassUnion classes)
    {
        var type = ItemType(label, KeyValues);
        if (type is null || score is not { } named || !type.Equals(ItemType(named, "TrainingLabelValues")))
            return NamedOutputs.TrainingSchema(features, label.Name, classes.Count, classes.Names);

        // The type of the key values is known at run time only.
        var typed = ((Delegate)OfValues<int>).Method.GetGenericMethodDefinition().MakeGenericMethod(type.RawType);
        return (DataViewSchema)typed.Invoke(null, [features, label, named, type, classes])!;
    }

    private static DataViewSchema OfValues<T>(
        DataViewSchema.Column features, DataViewSchema.Column label, DataViewSchema.Column score, PrimitiveDataViewType type, ClassUnion classes)
    {
        VBuffer<T> ofData = default, ofModel = default;
        label.Annotations.GetValue(KeyValues, ref ofData);
        score.Annotations.GetValue("TrainingLabelValues", ref ofModel);
        T[] data = [.. ofData.DenseValues()], model = [.. ofModel.DenseValues()];
        T[] all = [.. classes.OfModel.Select((inModel, k) => k < data.Length ? data[k] : model[inModel])];

        DataViewSchema.Annotations.Builder annotations = new();
        annotations.Add(KeyValues, new VectorDataViewType(type, all.Length), (ref VBuffer<T> values) => values = new(all.Length, [.. all]));
        DataViewSchema.Builder schema = new();
        schema.AddColumn(features.Name, features.Type, features.Annotations);
        schema.AddColumn(label.Name, new KeyDataViewType(typeof(uint), all.Length), annotations.ToAnnotations());
        return schema.ToSchema();
    }

    private static PrimitiveDataViewType? ItemType(DataViewSchema.Column column, string kind)
        => (column.Annotations.Schema.GetColumnOrNull(kind)?.Type as VectorDataViewType)?.ItemType;
}
