namespace Microsoft.ML.Data;

internal sealed class CacheDataView : IDataView
{
    private readonly IDataView _source;

    internal CacheDataView(IDataView source, string[] columnsToPrefetch) => _source = source;

    public bool CanShuffle => _source.CanShuffle;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null) => _source.GetRowCursor(columnsNeeded, rand);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) => _source.GetRowCursorSet(columnsNeeded, n, rand);
}
