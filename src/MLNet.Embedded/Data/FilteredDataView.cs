namespace Microsoft.ML.Data;

/// <summary>The rows of a source that a test accepts.</summary>
internal sealed class FilteredDataView : IDataView
{
    private readonly IDataView _source;
    private readonly DataViewSchema.Column[] _testedColumns;
    private readonly Func<DataViewRow, Func<bool>> _createTest;
    private readonly bool _testsInOrder;

    /// <param name="source">The view whose rows are tested.</param>
    /// <param name="testedColumns">The columns that the test reads.</param>
    /// <param name="createTest">Makes the test of a row's current values, called once for each row.</param>
    /// <param name="testsInOrder">Whether the test depends on the row's place, so that rows must neither be shuffled nor shared out.</param>
    internal FilteredDataView(
        IDataView source, DataViewSchema.Column[] testedColumns, Func<DataViewRow, Func<bool>> createTest, bool testsInOrder)
    {
        _source = source;
        _testedColumns = testedColumns;
        _createTest = createTest;
        _testsInOrder = testsInOrder;
    }

    public bool CanShuffle => !_testsInOrder && _source.CanShuffle;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        DataViewSchema.Column[] needed = ActiveColumns.Verify(Schema, columnsNeeded);
        return Filter(_source.GetRowCursor(needed.Concat(_testedColumns), _testsInOrder ? null : rand), needed);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        if (_testsInOrder)
            return [GetRowCursor(columnsNeeded)];
        DataViewSchema.Column[] needed = ActiveColumns.Verify(Schema, columnsNeeded);
        return Array.ConvertAll(
            _source.GetRowCursorSet(needed.Concat(_testedColumns), n, rand), cursor => (DataViewRowCursor)Filter(cursor, needed));
    }

    private Cursor Filter(DataViewRowCursor input, DataViewSchema.Column[] needed)
        => new(input, new ActiveColumns(Schema, needed), _createTest(input));

    private sealed class Cursor(DataViewRowCursor input, ActiveColumns active, Func<bool> accepts) : WrappedCursor(input)
    {
        private long _position = -1;

        public override long Position => _position;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            active.CheckContains(column);
            return base.GetGetter<TValue>(column);
        }

        public override bool MoveNext()
        {
            bool moved = input.MoveNext();
            while (moved && !accepts())
                moved = input.MoveNext();
            _position = moved ? _position + 1 : -1;
            return moved;
        }
    }
}
