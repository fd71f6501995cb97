namespace Microsoft.ML.Data;

public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.GetColumn<T>(data.Schema[columnName]);
    }

    /// <summary>
    /// The column's values as they are in the view, text also as strings, vectors also as arrays; each enumeration reads the
    /// view anew. As in ML.NET, a VBuffer is overwritten by the next one; arrays are not.
    /// </summary>
    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (typeof(T) == column.Type.RawType)
            return Values<T, T>(data, column, value => value);
        if (typeof(T) == typeof(string) && column.Type is TextDataViewType)
            return Values(data, column, (ReadOnlyMemory<char> text) => (T)(object)text.ToString());
        if (typeof(T).IsArray && column.Type is VectorDataViewType vector)
        {
            Type element = typeof(T).GetElementType();
            if (element == typeof(string) && vector.ItemType is TextDataViewType)
                return Values(data, column, (VBuffer<ReadOnlyMemory<char>> texts) => (T)(object)Strings(texts));
            if (element == vector.ItemType.RawType)
                return Getters.Invoke<IEnumerable<T>>(Arrays<int>, element, data, column);
        }
        throw new ArgumentOutOfRangeException(nameof(column), $"Cannot map column '{column.Name}' of type {column.Type} to the user-defined type {typeof(T)}.");
    }

    /// <summary>As in ML.NET, slots that are not explicit are null.</summary>
    private static string[] Strings(VBuffer<ReadOnlyMemory<char>> texts)
    {
        var strings = new string[texts.Length];
        foreach ((int slot, ReadOnlyMemory<char> text) in texts.Items())
            strings[slot] = text.ToString();
        return strings;
    }

    private static IEnumerable<TItem[]> Arrays<TItem>(IDataView data, DataViewSchema.Column column)
        => Values(data, column, (VBuffer<TItem> vector) =>
        {
            var array = new TItem[vector.Length];
            vector.CopyTo(array);
            return array;
        });

    private static IEnumerable<TOut> Values<TRaw, TOut>(IDataView data, DataViewSchema.Column column, Func<TRaw, TOut> convert)
    {
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<TRaw> getter = cursor.GetGetter<TRaw>(column);
        TRaw value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            yield return convert(value);
        }
    }
}
