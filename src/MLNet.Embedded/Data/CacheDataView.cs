namespace Microsoft.ML.Data;

/// <summary>
/// Keeps in memory the columns that cursors have asked for, each read from the source once. Rows can be shuffled, and shared out
/// among several cursors.
/// </summary>
internal sealed class CacheDataView : IDataView
{
    private readonly IDataView _source;
    private readonly ColumnStore[] _stores;
    private readonly bool[] _filled;
    private readonly Lock _filling = new();
    private long _rowCount;

    /// <param name="source">The view to keep.</param>
    /// <param name="columnsToPrefetch">Columns that are read together with the first column asked for.</param>
    internal CacheDataView(IDataView source, string[] columnsToPrefetch)
    {
        _source = source;
        _stores = [.. source.Schema.Select(column => ColumnStore.Create(column.Type))];
        _filled = new bool[_stores.Length];
        _rowCount = source.GetRowCount() ?? -1;
        Prefetched = Array.ConvertAll(columnsToPrefetch, name => Check.Column(source.Schema, nameof(columnsToPrefetch), "prefetch", name));
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema => _source.Schema;

    private DataViewSchema.Column[] Prefetched { get; }

    public long? GetRowCount() => _rowCount < 0 ? null : _rowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(this, ActiveColumns.Verify(Schema, columnsNeeded), new Share(this, rand, blockSize: int.MaxValue));

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        if (n <= 1)
            return [GetRowCursor(columnsNeeded, rand)];
        DataViewSchema.Column[] needed = ActiveColumns.Verify(Schema, columnsNeeded);
        var share = new Share(this, rand, blockSize: 64);
        return [.. Enumerable.Range(0, n).Select(_ => new Cursor(this, needed, share))];
    }

    private void Fill(IEnumerable<DataViewSchema.Column> columns)
    {
        lock (_filling)
        {
            DataViewSchema.Column[] missing = [.. columns.Concat(Prefetched).DistinctBy(column => column.Index).Where(column => !_filled[column.Index])];
            if (missing.Length == 0 && _rowCount >= 0)
                return;
            using DataViewRowCursor cursor = _source.GetRowCursor(missing);
            Action<int>[] fills = Array.ConvertAll(missing, column => _stores[column.Index].CreateFill(cursor, column));
            int row = 0;
            for (; cursor.MoveNext(); row++)
            {
                foreach (Action<int> fill in fills)
                    fill(row);
            }
            foreach (DataViewSchema.Column column in missing)
                _filled[column.Index] = true;
            _rowCount = row;
        }
    }

    /// <summary>The order of the rows, handed out in blocks to the cursors of one set.</summary>
    private sealed class Share(CacheDataView view, Random rand, int blockSize)
    {
        private readonly Lock _lock = new();
        private int[] _order;
        private long _nextBlock;

        /// <summary>The next block of rows not yet handed out, empty when there is none.</summary>
        internal (long Batch, int Start, int End) Next(DataViewSchema.Column[] columns)
        {
            lock (_lock)
            {
                if (_nextBlock == 0)
                {
                    view.Fill(columns);
                    _order = rand == null ? null : Permutation(rand, (int)view._rowCount);
                }
                long batch = _nextBlock++;
                long start = Math.Min(batch * blockSize, view._rowCount);
                return (batch, (int)start, (int)Math.Min(start + blockSize, view._rowCount));
            }
        }

        internal int RowAt(int index) => _order == null ? index : _order[index];

        private static int[] Permutation(Random rand, int count)
        {
            int[] order = [.. Enumerable.Range(0, count)];
            for (int i = 0; i < count; i++)
            {
                int j = i + rand.Next(count - i);
                (order[i], order[j]) = (order[j], order[i]);
            }
            return order;
        }
    }

    private sealed class Cursor(CacheDataView view, DataViewSchema.Column[] columns, Share share)
        : StoredCursor(view.Schema, columns, index => view._stores[index])
    {
        private (long Batch, int Start, int End) _block;

        public override long Batch => _block.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter()
            => (ref DataViewRowId value) => value = new DataViewRowId((ulong)CurrentSlot, 0);

        protected override bool MoveNextCore()
        {
            if (_block.Start >= _block.End)
                _block = share.Next(Columns);
            if (_block.Start >= _block.End)
                return false;
            Slot = share.RowAt(_block.Start++);
            return true;
        }
    }
}
