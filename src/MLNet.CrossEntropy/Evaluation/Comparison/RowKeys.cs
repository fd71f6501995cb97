using Microsoft.ML;
using MLNet.CrossEntropy.Data;

namespace MLNet.CrossEntropy;

/// <summary>Reads groups and ids of the rows beside the models' scores.</summary>
internal sealed class RowKeys : IDisposable
{
    private readonly DataViewRowCursor? _cursor;
    private readonly Func<string?>? _group;
    private readonly Func<string?>? _id;
    private readonly Dictionary<string, (int Index, ulong Hash)> _groups = new(StringComparer.Ordinal);

    public RowKeys(IDataView data, ComparisonOptions options)
    {
        DataViewSchema.Column? group = ColumnValues.Optional(data.Schema, options.GroupColumnName, "group");
        DataViewSchema.Column? id = ColumnValues.Optional(data.Schema, options.IdColumnName, "id");
        if (group is null && id is null)
            return;
        DataViewSchema.Column?[] columns = [group, id];
        _cursor = data.GetRowCursor(columns.OfType<DataViewSchema.Column>().DistinctBy(c => c.Index));
        try
        {
            _group = group is { } g ? ColumnValues.Name(_cursor, g, "group") : null;
            _id = id is { } i ? ColumnValues.Name(_cursor, i, "id") : null;
        }
        catch
        {
            _cursor.Dispose();
            throw;
        }
    }

    public bool HasGroups => _group is not null;

    /// <summary>The number of groups so far, rows without a group among them.</summary>
    public int Groups { get; private set; }

    /// <summary>The current row's name; null where it has none.</summary>
    public string? Id => _id?.Invoke();

    public void MoveNext() => _cursor?.MoveNext();

    /// <summary>
    /// The index of the current row's group, and what the bootstrap knows it by: the group's name, so that it is the same in any
    /// order of rows, or the row's position where rows are independent.
    /// </summary>
    public (int Index, ulong Hash) GroupOf(long row)
    {
        if (_group is null)
            return (-1, (ulong)row);
        if (_group() is not { } name)
            return (Groups++, (ulong)row);
        if (!_groups.TryGetValue(name, out (int Index, ulong Hash) group))
        {
            group = (Groups++, HashOf(name));
            _groups.Add(name, group);
        }
        return group;
    }

    public void Dispose() => _cursor?.Dispose();

    /// <summary>FNV-1a over the UTF-16 code units: unlike string.GetHashCode the same in every process.</summary>
    private static ulong HashOf(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in name)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }
}
