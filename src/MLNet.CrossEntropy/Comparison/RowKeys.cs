using Microsoft.ML;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Numbers the groups of the rows beside the models' scores and passes on the rows' ids.</summary>
internal sealed class RowKeys(IDataView data, ComparisonOptions options) : IDisposable
{
    private readonly RowNames _names = new(data, options.GroupColumnName, options.IdColumnName);
    private readonly Dictionary<string, (int Index, ulong Hash)> _groups = new(StringComparer.Ordinal);

    public bool HasGroups => _names.HasGroups;

    /// <summary>The number of groups so far, rows without a group among them.</summary>
    public int Groups { get; private set; }

    /// <summary>The current row's name; null where it has none.</summary>
    public string? Id => _names.Id;

    public void MoveNext() => _names.MoveNext();

    /// <summary>
    /// The index of the current row's group, and what the bootstrap knows it by: the group's name, so that it is the same in any
    /// order of rows, or the row's position where rows are independent.
    /// </summary>
    public (int Index, ulong Hash) GroupOf(long row)
    {
        if (!HasGroups)
            return (-1, (ulong)row);
        if (_names.Group is not { } name)
            return (Groups++, (ulong)row);
        if (!_groups.TryGetValue(name, out var group))
        {
            group = (Groups++, ColumnValues.HashOf(name));
            _groups.Add(name, group);
        }
        return group;
    }

    public void Dispose() => _names.Dispose();
}
