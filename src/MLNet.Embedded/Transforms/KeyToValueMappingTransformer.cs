using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Puts the KeyValues annotation's values in place of keys; a missing key becomes empty text, NaN or the type's default.</summary>
public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal KeyToValueMappingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(KeyToValueMappingTransformer)), columns)
    {
    }

    internal KeyToValueMappingTransformer(ModelLoadContext ctx)
        : this(ctx.Environment, LoadColumns(ctx.Reader))
    {
    }

    private protected override DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair)
    {
        if (input.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues)?.Type is not VectorDataViewType values)
            throw new InvalidOperationException($"Metadata KeyValues does not exist for column '{input.Name}'");
        if ((ulong)values.Size != input.Type.GetKeyCount())
            throw new InvalidOperationException($"KeyValues metadata size does not match column type key count for column '{input.Name}'");
        if (input.Type.GetItemType().RawType != typeof(uint))
            throw new NotSupportedException($"Column '{input.Name}' is {input.Type}: the embedded ML.NET host maps back UInt32 keys only.");
        DataViewType type = input.Type is VectorDataViewType vector ? new VectorDataViewType(values.ItemType, vector.Dimensions) : values.ItemType;
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind => kind == AnnotationKinds.SlotNames);
        return new DataViewSchema.DetachedColumn(ColumnPairs[pair].outputColumnName, type, annotations.ToAnnotations());
    }

    private protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair)
        => Getters.Invoke<Delegate>(MakeGetterOf<int>, MakeOutputColumn(input, pair).Type.GetItemType().RawType, row, input);

    private protected override void SaveModel(ModelSaveContext ctx) => SaveColumns(ctx.Begin(ModelKinds.KeyToValue));

    private static Delegate MakeGetterOf<T>(DataViewRow row, DataViewSchema.Column input)
    {
        VBuffer<T> buffer = default;
        input.GetKeyValues(ref buffer);
        T[] values = buffer.DenseValues().ToArray();
        T missing = typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default;
        T ValueOf(uint key) => key > 0 && key <= values.Length ? values[key - 1] : missing;
        if (input.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<uint>> getKeys = row.GetGetter<VBuffer<uint>>(input);
            VBuffer<uint> keys = default;
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> destination) =>
            {
                getKeys(ref keys);
                VBufferEditor<T> editor = VBufferEditor.Create(ref destination, keys.Length);
                int slot = 0;
                foreach (uint key in keys.DenseValues())
                    editor.Values[slot++] = ValueOf(key);
                destination = editor.Commit();
            });
        }

        ValueGetter<uint> getKey = row.GetGetter<uint>(input);
        uint key = 0;
        return (ValueGetter<T>)((ref T destination) =>
        {
            getKey(ref key);
            destination = ValueOf(key);
        });
    }
}
