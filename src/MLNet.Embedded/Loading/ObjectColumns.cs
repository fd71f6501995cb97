using System.Globalization;

namespace Microsoft.ML.Data;

/// <summary>The columns read from objects of a class: their schema, and getters over a row's current object.</summary>
internal sealed class ObjectColumns<TRow>
    where TRow : class
{
    private readonly MemberColumn[] _columns;
    private readonly Delegate[] _reads;

    internal ObjectColumns(SchemaDefinition definition)
    {
        _columns = MemberColumn.Bind(typeof(TRow), definition, SchemaDefinition.Direction.Read);
        _reads = Array.ConvertAll(_columns, column => column.CompileRead<TRow>());
        Schema = MemberColumn.ToSchema(_columns);
    }

    internal DataViewSchema Schema { get; }

    internal Delegate CreateGetter(ObjectRow<TRow> row, int index)
    {
        MemberColumn column = _columns[index];
        Type declared = column.MemberType.DeclaredType;
        Type item = column.MemberType.ItemType.RawType;
        if (declared == typeof(string))
            return StringGetter(row, (Func<TRow, string>)_reads[index]);
        if (declared == typeof(string[]))
            return StringArrayGetter(row, (Func<TRow, string[]>)_reads[index]);
        if (declared.IsArray)
            return Getters.Invoke<Delegate>(ArrayGetter<int>, item, row, _reads[index]);
        if (column.MemberType.IsVector)
            return Getters.Invoke<Delegate>(VectorGetter<int>, item, row, _reads[index]);
        if (column.Type is KeyDataViewType && item == typeof(ushort))
            throw new NotSupportedException($"Column '{column.Name}': like Microsoft.ML, the embedded host reads no keys of type UInt16 from objects; use Byte, UInt32 or UInt64.");
        if (column.Type is KeyDataViewType key)
            return Getters.Invoke<Delegate>(KeyGetter<int>, item, row, _reads[index], key.Count);
        return Getters.Invoke<Delegate>(ValueGetter<int>, item, row, _reads[index]);
    }

    private static ValueGetter<T> ValueGetter<T>(ObjectRow<TRow> row, Delegate read)
    {
        var typedRead = (Func<TRow, T>)read;
        return (ref T value) => value = typedRead(row.Current);
    }

    /// <summary>As in ML.NET, the object's key is zero-based and becomes missing (0) when it is not below the count.</summary>
    private static ValueGetter<T> KeyGetter<T>(ObjectRow<TRow> row, Delegate read, ulong count)
    {
        var typedRead = (Func<TRow, T>)read;
        return (ref T value) =>
        {
            ulong given = Convert.ToUInt64(typedRead(row.Current), CultureInfo.InvariantCulture);
            value = (T)Convert.ChangeType(given < count ? given + 1 : 0, typeof(T), CultureInfo.InvariantCulture);
        };
    }

    private static ValueGetter<VBuffer<T>> ArrayGetter<T>(ObjectRow<TRow> row, Delegate read)
    {
        var typedRead = (Func<TRow, T[]>)read;
        return (ref VBuffer<T> value) =>
        {
            ReadOnlySpan<T> array = typedRead(row.Current);
            VBufferEditor<T> editor = VBufferEditor.Create(ref value, array.Length);
            array.CopyTo(editor.Values);
            value = editor.Commit();
        };
    }

    private static ValueGetter<VBuffer<T>> VectorGetter<T>(ObjectRow<TRow> row, Delegate read)
    {
        var typedRead = (Func<TRow, VBuffer<T>>)read;
        return (ref VBuffer<T> value) => typedRead(row.Current).CopyTo(ref value);
    }

    private static ValueGetter<ReadOnlyMemory<char>> StringGetter(ObjectRow<TRow> row, Func<TRow, string> read)
        => (ref ReadOnlyMemory<char> value) => value = read(row.Current).AsMemory();

    private static ValueGetter<VBuffer<ReadOnlyMemory<char>>> StringArrayGetter(ObjectRow<TRow> row, Func<TRow, string[]> read)
        => (ref VBuffer<ReadOnlyMemory<char>> value) =>
        {
            ReadOnlySpan<string> array = read(row.Current);
            VBufferEditor<ReadOnlyMemory<char>> editor = VBufferEditor.Create(ref value, array.Length);
            for (int i = 0; i < array.Length; i++)
                editor.Values[i] = array[i].AsMemory();
            value = editor.Commit();
        };
}
