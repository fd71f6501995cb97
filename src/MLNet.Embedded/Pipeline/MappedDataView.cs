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
        return new Cursor(_source.GetRowCursor(_mapper.GetDependencies(needed), rand), _mapper, needed);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        DataViewSchema.Column[] needed = ActiveColumns.Verify(Schema, columnsNeeded);
        return Array.ConvertAll(
            _source.GetRowCursorSet(_mapper.GetDependencies(needed), n, rand),
            cursor => (DataViewRowCursor)new Cursor(cursor, _mapper, needed));
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly DataViewRowCursor _input;
        private readonly DataViewRow _row;

        public Cursor(DataViewRowCursor input, IRowToRowMapper mapper, DataViewSchema.Column[] needed)
        {
            _input = input;
            _row = mapper.GetRow(input, needed);
        }

        public override long Position => _input.Position;

        public override long Batch => _input.Batch;

        public override DataViewSchema Schema => _row.Schema;

        public override bool MoveNext() => _input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _row.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _row.Dispose();
            base.Dispose(disposing);
        }
    }
}
