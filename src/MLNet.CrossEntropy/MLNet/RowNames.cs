using Microsoft.ML;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Reads the names of a row and of its group, row after row; opens no cursor where neither column is given.</summary>
internal sealed class RowNames : IDisposable
{
    private readonly DataViewRowCursor? _cursor;
    private readonly Func<string?>? _group;
    private readonly Func<string?>? _id;

    public RowNames(IDataView data, string? groupColumnName, string? idColumnName)
    {
        var group = ColumnValues.Optional(data.Schema, groupColumnName, "group");
        var id = ColumnValues.Optional(data.Schema, idColumnName, "id");
        if (group is null && id is null)
            return;
        _cursor = ColumnValues.OpenCursor(data, [group, id]);
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

    /// <summary>The name of the current row's group; null where it has none.</summary>
    public string? Group => _group?.Invoke();

    /// <summary>The current row's name; null where it has none.</summary>
    public string? Id => _id?.Invoke();

    public void MoveNext() => _cursor?.MoveNext();

    public void Dispose() => _cursor?.Dispose();
}
