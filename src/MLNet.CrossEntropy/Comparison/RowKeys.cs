using Microsoft.ML;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>
/// Numbers rows and their groups beside the models' scores and passes on the rows' ids. Where rows may come more than once, as in the
/// repeats of a cross-validation, and have no groups, those of one row are its group.
/// </summary>
internal sealed class RowKeys(ComparisonOptions options, bool areRowsRepeated) : IDisposable
{
    private readonly Dictionary<string, (int Index, ulong Hash)> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _groupOfRow = [];
    private RowNames? _names;
    private int[]? _rows;
    private long _behind;
    private long _position = -1;

    /// <summary>Whether several rows may depend on each other.</summary>
    public bool HasGroups { get; } = areRowsRepeated || options.GroupColumnName is not null;

    /// <summary>The number of groups so far, rows without a group among them.</summary>
    public int Groups { get; private set; }

    /// <summary>The current row's name; null where it has none.</summary>
    public string? Id => _names!.Id;

    /// <summary>Where the current row stands in the data as a whole.</summary>
    public long Row => _rows is null ? _behind + _position : _rows[_position];

    /// <summary>Goes on with other rows, behind those so far or where it says.</summary>
    public void Open(IDataView data, int[]? rows)
    {
        _names?.Dispose();
        _behind += _position + 1;
        (_rows, _position, _names) = (rows, -1, new(data, options.GroupColumnName, options.IdColumnName));
    }

    public void MoveNext()
    {
        _names!.MoveNext();
        _position++;
    }

    /// <summary>
    /// The index of the current row's group, and what the bootstrap knows it by: the group's name, so that it is the same in any
    /// order of rows, or the row's position where rows are independent.
    /// </summary>
    public (int Index, ulong Hash) Group()
    {
        if (!HasGroups)
            return (-1, (ulong)Row);
        if (_names!.Group is not { } name)
        {
            if (!_groupOfRow.TryGetValue(Row, out var index))
                _groupOfRow.Add(Row, index = Groups++);
            return (index, (ulong)Row);
        }
        if (!_groups.TryGetValue(name, out var group))
        {
            group = (Groups++, ColumnValues.HashOf(name));
            _groups.Add(name, group);
        }
        return group;
    }

    public void Dispose() => _names?.Dispose();
}
