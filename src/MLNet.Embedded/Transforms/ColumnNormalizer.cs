using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>A function of each slot of one column.</summary>
internal abstract class ColumnNormalizer
{
    public abstract NormalizingTransformer.NormalizerModelParametersBase ToModelParameters(bool isVector);

    public abstract void Save(BinaryWriter writer);

    public static ColumnNormalizer Load(BinaryReader reader)
    {
        bool isAffine = reader.ReadBoolean();
        float[] first = reader.ReadArray<float>(), second = reader.ReadArray<float>();
        return isAffine ? new AffineNormalizer(first, second) : new CdfNormalizer(first, second);
    }

    public Delegate MakeGetter(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
            return MakeVectorGetter(row.GetGetter<VBuffer<float>>(column));
        ValueGetter<float> getValue = row.GetGetter<float>(column);
        return (ValueGetter<float>)((ref float destination) =>
        {
            getValue(ref destination);
            destination = Apply(0, destination);
        });
    }

    protected abstract int SlotCount { get; }

    /// <summary>Whether zero stays zero in every slot, so that implicit slots may stay implicit.</summary>
    protected abstract bool KeepsZero { get; }

    protected abstract float Apply(int slot, float value);

    private ValueGetter<VBuffer<float>> MakeVectorGetter(ValueGetter<VBuffer<float>> getVector)
    {
        VBuffer<float> input = default;
        float[] dense = new float[SlotCount];
        return (ref VBuffer<float> destination) =>
        {
            getVector(ref input);
            if (input.Length != SlotCount)
                throw new InvalidOperationException($"Normalizer expected {SlotCount} slots but got {input.Length}");
            if (!input.IsDense && KeepsZero)
            {
                ApplyToSparse(input, ref destination);
                return;
            }

            input.CopyTo(dense);
            for (int i = 0; i < dense.Length; i++)
                dense[i] = Apply(i, dense[i]);
            WriteShort(dense, ref destination);
        };
    }

    private void ApplyToSparse(in VBuffer<float> input, ref VBuffer<float> destination)
    {
        input.CopyTo(ref destination);
        VBufferEditor<float> editor = VBufferEditor.CreateFromBuffer(ref destination);
        for (int i = 0; i < editor.Values.Length; i++)
            editor.Values[i] = Apply(editor.Indices[i], editor.Values[i]);
        destination = editor.Commit();
    }

    /// <summary>Sparse where fewer than half of the slots are not zero, as ML.NET's normalisers answer.</summary>
    private static void WriteShort(ReadOnlySpan<float> dense, ref VBuffer<float> destination)
    {
        int count = dense.Length - dense.Count(0f);
        bool sparse = count == 0 || count < dense.Length / 2;
        VBufferEditor<float> editor = VBufferEditor.Create(ref destination, dense.Length, sparse ? count : dense.Length);
        if (!sparse)
        {
            dense.CopyTo(editor.Values);
            destination = editor.Commit();
            return;
        }

        for (int i = 0, next = 0; next < count; i++)
        {
            if (dense[i] == 0)
                continue;
            editor.Values[next] = dense[i];
            editor.Indices[next++] = i;
        }

        destination = editor.Commit();
    }
}
