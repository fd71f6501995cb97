namespace Microsoft.ML.Data;

/// <summary>A view seen through a row-to-row mapper: as lazy, as parallel and as shuffled as its source.</summary>
internal sealed class MappedDataView : IDataView
{
    private readonly IDataView _source;
    private readonly IRowToRowMapper _mapper;

    internal MappedDataView(IDataView source, IRowToRowMapper mapper)
    {
        _source = source;
        _mapper = mapper;
    }

    public bool CanShuffle => _source.CanShuffle;

    public DataViewSchema Schema => _mapper.OutputSchema;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        DataViewSchema.Column[] needed = ActiveColumns.Verify(Schema, columnsNeeded);
        return Map(_source.GetRowCursor(_mapper.GetDependencies(needed), rand), needed);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        DataViewSchema.Column[] needed = ActiveColumns.Verify(Schema, columnsNeeded);
        return Array.ConvertAll(
            _source.GetRowCursorSet(_mapper.GetDependencies(needed), n, rand),
            cursor => (DataViewRowCursor)Map(cursor, needed));
    }

    private Cursor Map(DataViewRowCursor input, DataViewSchema.Column[] needed) => new(input, _mapper.GetRow(input, needed));

    private sealed class Cursor(DataViewRowCursor input, DataViewRow row) : WrappedCursor(row)
    {
        public override bool MoveNext() => input.MoveNext();
    }
}
