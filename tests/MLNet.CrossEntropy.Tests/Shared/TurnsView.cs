using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Another view for each cursor, by its number: rows that are not the same in each pass.</summary>
internal sealed class TurnsView(Func<int, IDataView> at) : IDataView
{
    private int _turn;

    public DataViewSchema Schema { get; } = at(0).Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        at(_turn++).GetRowCursor(columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded)];
}
