namespace Microsoft.ML.Data;

/// <summary>Some rows in the middle of a source, in its own order.</summary>
internal sealed class SkipTakeDataView(IDataView source, long skip, long take) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount() is long count ? Math.Min(Math.Max(0, count - skip), take) : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(source.GetRowCursor(columnsNeeded), skip, take);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(DataViewRowCursor input, long toSkip, long toTake) : WrappedCursor(input)
    {
        private long _toSkip = toSkip;
        private long _toTake = toTake;
        private long _position = -1;

        public override long Position => _position;

        public override bool MoveNext()
        {
            bool moved = _toTake > 0;
            for (; moved && _toSkip > 0; _toSkip--)
                moved = input.MoveNext();
            moved = moved && input.MoveNext();
            _toTake = moved ? _toTake - 1 : 0;
            _position = moved ? _position + 1 : -1;
            return moved;
        }
    }
}
