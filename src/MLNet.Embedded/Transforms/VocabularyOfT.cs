using System.Globalization;
using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>The values of one type that have keys.</summary>
internal sealed class Vocabulary<T> : Vocabulary
    where T : notnull
{
    private readonly List<T> _values = [];
    private readonly Dictionary<T, uint> _keys = new(TextComparer.Instance as IEqualityComparer<T>);

    public Vocabulary(PrimitiveDataViewType itemType)
        : base(itemType)
    {
    }

    public override int Count => _values.Count;

    public bool TryAdd(T value)
    {
        if (IsMissing(value) || !_keys.TryAdd(value, (uint)_values.Count + 1))
            return false;
        _values.Add(value);
        return true;
    }

    public override Func<bool> MakeReader(DataViewRow row, DataViewSchema.Column column, int maximumCount)
    {
        if (column.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<T>> getVector = row.GetGetter<VBuffer<T>>(column);
            VBuffer<T> vector = default;
            return () =>
            {
                getVector(ref vector);
                foreach (T item in vector.DenseValues())
                {
                    if (Count < maximumCount)
                        TryAdd(item);
                }

                return Count < maximumCount;
            };
        }

        ValueGetter<T> getValue = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getValue(ref value);
            TryAdd(value);
            return Count < maximumCount;
        };
    }

    public override void Sort()
    {
        _values.Sort(TextComparer.Instance as IComparer<T> ?? Comparer<T>.Default);
        for (int i = 0; i < _values.Count; i++)
            _keys[_values[i]] = (uint)i + 1;
    }

    public override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
            return MakeVectorGetter(row.GetGetter<VBuffer<T>>(column));
        ValueGetter<T> getValue = row.GetGetter<T>(column);
        T value = default;
        return (ValueGetter<uint>)((ref uint key) =>
        {
            getValue(ref value);
            key = KeyOf(value);
        });
    }

    public override void AddKeyValues(DataViewSchema.Annotations.Builder builder, bool asText)
    {
        if (Count == 0)
            return;
        if (asText && ItemType is not TextDataViewType)
            builder.AddVector(AnnotationKinds.KeyValues, TextDataViewType.Instance, _values.Select(ToText).ToArray());
        else
            builder.AddVector(AnnotationKinds.KeyValues, ItemType, _values.ToArray());
    }

    protected override void SaveValues(BinaryWriter writer) => writer.WriteArray<T>(_values.ToArray());

    protected override void LoadValues(BinaryReader reader)
    {
        foreach (T value in reader.ReadArray<T>())
            TryAdd(value);
    }

    private static bool IsMissing(T value) => value switch
    {
        ReadOnlyMemory<char> text => text.IsEmpty,
        float number => float.IsNaN(number),
        double number => double.IsNaN(number),
        _ => false,
    };

    private static ReadOnlyMemory<char> ToText(T value) => (value switch
    {
        bool truth => truth ? "1" : "0",
        double number => number.ToString("G17", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    }).AsMemory();

    private uint KeyOf(T value) => !IsMissing(value) && _keys.TryGetValue(value, out uint key) ? key : 0;

    private ValueGetter<VBuffer<uint>> MakeVectorGetter(ValueGetter<VBuffer<T>> getVector)
    {
        VBuffer<T> vector = default;
        uint keyOfDefault = KeyOf(default);
        return (ref VBuffer<uint> keys) =>
        {
            getVector(ref vector);
            ReadOnlySpan<T> values = vector.GetValues();
            ReadOnlySpan<int> indices = vector.GetIndices();
            // Implicit slots stay implicit only where the default value has key 0.
            bool sparse = !vector.IsDense && keyOfDefault == 0;
            VBufferEditor<uint> editor = VBufferEditor.Create(ref keys, vector.Length, sparse ? values.Length : vector.Length);
            if (!vector.IsDense && !sparse)
                editor.Values.Fill(keyOfDefault);
            for (int i = 0; i < values.Length; i++)
                editor.Values[vector.IsDense || sparse ? i : indices[i]] = KeyOf(values[i]);
            if (sparse)
                indices.CopyTo(editor.Indices);
            keys = editor.Commit();
        };
    }
}
