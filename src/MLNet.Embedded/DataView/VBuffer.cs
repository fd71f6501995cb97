using System.Collections;

namespace Microsoft.ML.Data;

/// <summary>A vector of logical length <see cref="Length"/>, dense, or sparse as (index, value) pairs in ascending order of index.</summary>
public readonly struct VBuffer<T> : IEnumerable
{
    public readonly int Length;

    private readonly T[] _values;
    private readonly int[] _indices;
    private readonly int _count;

    public VBuffer(int length, T[] values, int[] indices = null)
        : this(length, length, values, indices)
    {
    }

    public VBuffer(int length, int count, T[] values, int[] indices)
    {
        Check.Param(length >= 0, nameof(length), length, "must be at least 0");
        Check.Param(count >= 0 && count <= length, nameof(count), count, $"must be from 0 to length ({length})");
        Check.Param((values?.Length ?? 0) >= count, nameof(values), values?.Length ?? 0, $"must hold at least {count} values");
        Check.Param(count == length || (indices?.Length ?? 0) >= count, nameof(indices), indices?.Length ?? 0, $"must hold at least {count} indices");
        Length = length;
        _count = count;
        _values = values;
        _indices = indices;
    }

    public bool IsDense => _count == Length;

    public ReadOnlySpan<T> GetValues() => _values.AsSpan(0, _count);

    /// <summary>The explicit slots of a sparse vector; empty when dense.</summary>
    public ReadOnlySpan<int> GetIndices() => IsDense ? default : _indices.AsSpan(0, _count);

    public void CopyToDense(ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, Length);
        CopyTo(editor.Values);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, Length, _count);
        GetValues().CopyTo(editor.Values);
        GetIndices().CopyTo(editor.Indices);
        destination = editor.Commit();
    }

    public void CopyTo(ref VBuffer<T> destination, int sourceIndex, int length)
    {
        Check.Param(sourceIndex >= 0 && sourceIndex <= Length, nameof(sourceIndex), sourceIndex, $"must be from 0 to {Length}");
        Check.Param(length >= 0 && length <= Length - sourceIndex, nameof(length), length, $"must be from 0 to {Length - sourceIndex}");
        int start = IsDense ? sourceIndex : FirstAtOrAfter(sourceIndex);
        int count = IsDense ? length : FirstAtOrAfter(sourceIndex + length) - start;
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length, count);
        GetValues().Slice(start, count).CopyTo(editor.Values);
        for (int i = 0; i < editor.Indices.Length; i++)
            editor.Indices[i] = _indices[start + i] - sourceIndex;
        destination = editor.Commit();
    }

    public void CopyTo(Span<T> destination) => CopyTo(destination, 0);

    public void CopyTo(Span<T> destination, int destinationIndex, T defaultValue = default)
    {
        Check.Param(destinationIndex >= 0 && destinationIndex <= destination.Length - Length, nameof(destination), destination.Length, $"must hold {Length} values from {destinationIndex} on");
        Span<T> target = destination.Slice(destinationIndex, Length);
        if (IsDense)
        {
            GetValues().CopyTo(target);
            return;
        }
        target.Fill(defaultValue);
        for (int i = 0; i < _count; i++)
            target[_indices[i]] = _values[i];
    }

    public static void Copy(T[] source, int sourceIndex, ref VBuffer<T> destination, int length)
    {
        VBufferEditor<T> editor = VBufferEditor.Create(ref destination, length);
        source.AsSpan(sourceIndex, length).CopyTo(editor.Values);
        destination = editor.Commit();
    }

    /// <summary>The explicit (slot, value) pairs, or with <paramref name="all"/> every slot.</summary>
    public IEnumerable<KeyValuePair<int, T>> Items(bool all = false)
    {
        if (IsDense || all)
            return DenseValues().Select((value, slot) => KeyValuePair.Create(slot, value));
        return ExplicitItems();
    }

    public IEnumerable<T> DenseValues()
    {
        int next = 0;
        for (int slot = 0; slot < Length; slot++)
        {
            if (IsDense || (next < _count && _indices[next] == slot))
                yield return _values[next++];
            else
                yield return default;
        }
    }

    public void GetItemOrDefault(int index, ref T destination) => destination = GetItemOrDefault(index);

    public T GetItemOrDefault(int index)
    {
        Check.Param(index >= 0 && index < Length, nameof(index), index, $"must be from 0 to {Length - 1}");
        if (IsDense)
            return _values[index];
        int position = GetIndices().BinarySearch(index);
        return position >= 0 ? _values[position] : default;
    }

    public override string ToString()
        => IsDense ? $"Dense vector of size {Length}" : $"Sparse vector of size {Length}, {_count} explicit values";

    public IEnumerator GetEnumerator() => _values.GetEnumerator();

    internal VBufferEditor<T> GetEditor(int length, int count, int maxCapacity, bool keepOld, bool requireIndices)
    {
        bool needsIndices = requireIndices || count < length;
        T[] values = Grow(_values, count, maxCapacity, keepOld, out bool newValues);
        bool newIndices = false;
        int[] indices = needsIndices ? Grow(_indices, count, maxCapacity, keepOld, out newIndices) : _indices;
        return new VBufferEditor<T>(length, count, values, indices, needsIndices, newValues, newIndices);
    }

    internal VBufferEditor<T> GetEditor() => GetEditor(Length, _count, int.MaxValue, keepOld: true, requireIndices: false);

    private IEnumerable<KeyValuePair<int, T>> ExplicitItems()
    {
        for (int i = 0; i < _count; i++)
            yield return KeyValuePair.Create(_indices[i], _values[i]);
    }

    private int FirstAtOrAfter(int slot)
    {
        int position = GetIndices().BinarySearch(slot);
        return position >= 0 ? position : ~position;
    }

    private static TItem[] Grow<TItem>(TItem[] array, int needed, int maxCapacity, bool keepOld, out bool isNew)
    {
        int length = array?.Length ?? 0;
        isNew = length < needed;
        if (!isNew)
            return array ?? [];
        var grown = new TItem[keepOld ? Math.Max(needed, Math.Min(maxCapacity, length * 2L)) : needed];
        if (keepOld && length > 0)
            array.CopyTo(grown, 0);
        return grown;
    }
}
