namespace Microsoft.ML.Data;

internal sealed class ColumnStore<T> : ColumnStore
{
    private readonly Copy _copy;
    private T[] _values = new T[16];

    internal ColumnStore(Copy copy) => _copy = copy;

    internal delegate void Copy(in T source, ref T destination);

    internal override Action<int> CreateFill(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return slot =>
        {
            if (slot >= _values.Length)
                Array.Resize(ref _values, Math.Max(slot + 1, 2 * _values.Length));
            getter(ref _values[slot]);
        };
    }

    internal override Delegate CreateGetter(Func<int> currentSlot)
        => (ValueGetter<T>)((ref T value) => _copy(in _values[currentSlot()], ref value));
}
