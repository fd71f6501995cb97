using System.Collections.Immutable;

namespace Microsoft.ML.Data;

/// <summary>The first rows of a view, by row and by column.</summary>
public sealed class DataDebuggerPreview
{
    internal DataDebuggerPreview(IDataView data, int maxRows)
    {
        ArgumentNullException.ThrowIfNull(data);
        Check.Param(maxRows >= 0, nameof(maxRows), maxRows, "must be at least 0");
        Schema = data.Schema;
        using DataViewRowCursor cursor = data.GetRowCursor(Schema);
        Func<object>[] reads = [.. Schema.Select(column => Getters.Invoke<Func<object>>(CreateRead<int>, column.Type.RawType, cursor, column))];
        var rows = new List<RowInfo>();
        while (rows.Count < maxRows && cursor.MoveNext())
            rows.Add(new RowInfo([.. Schema.Zip(reads, (column, read) => KeyValuePair.Create(column.Name, read()))]));
        RowView = [.. rows];
        ColumnView = [.. Schema.Select(column => new ColumnInfo(column, [.. rows.Select(row => row.Values[column.Index].Value)]))];
    }

    public DataViewSchema Schema { get; }

    public ImmutableArray<ColumnInfo> ColumnView { get; }

    public ImmutableArray<RowInfo> RowView { get; }

    public override string ToString() => $"{Schema.Count} columns, {RowView.Length} rows";

    private static Func<object> CreateRead<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return () =>
        {
            // Not kept from row to row, so that no two rows share a buffer.
            T value = default;
            getter(ref value);
            return value;
        };
    }

    public sealed class ColumnInfo
    {
        internal ColumnInfo(DataViewSchema.Column column, object[] values)
        {
            Column = column;
            Values = values;
        }

        public DataViewSchema.Column Column { get; }

        public object[] Values { get; }

        public override string ToString() => $"{Column.Name}: {Column.Type}";
    }

    public sealed class RowInfo
    {
        internal RowInfo(KeyValuePair<string, object>[] values) => Values = values;

        public KeyValuePair<string, object>[] Values { get; }

        public override string ToString() => $"{Values.Length} columns";
    }
}
