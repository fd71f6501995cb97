using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Some rows of a data view, in their order, told by where they stand: a fold, or all rows but a fold's.
/// </summary>
/// <param name="data">All rows.</param>
/// <param name="rows">Which of them, ascending.</param>
/// <param name="all">What all rows were in the first pass, as they must be in each; null where they cannot be others.</param>
/// <param name="cancellation">Ends whoever reads the rows.</param>
internal sealed class RowSubset(
    IDataView data, int[] rows, RowFingerprints? all = null, CancellationToken cancellation = default) : IDataView
{
    public DataViewSchema Schema => data.Schema;

    /// <summary>Shuffled rows would be others.</summary>
    public bool CanShuffle => false;

    public long? GetRowCount() => rows.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(ColumnValues.OpenCursor(data, [.. columnsNeeded, .. all?.Columns ?? []]), rows, all, cancellation);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor source, int[] rows, RowFingerprints? all, CancellationToken cancellation)
        : DataViewRowCursor
    {
        private readonly Func<ulong>? _fingerprint = all?.Getter(source);
        private int _sourcePosition = -1;
        private int _next;
        private long _position = -1;

        public override long Position => _position;

        public override long Batch => source.Batch;

        public override DataViewSchema Schema => source.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => source.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override bool MoveNext()
        {
            cancellation.ThrowIfCancellationRequested();
            if (_next == rows.Length)
            {
                if (all is not null)
                {
                    GoTo(all.Count - 1);
                    if (source.MoveNext())
                        throw ColumnErrors.RowsAdded(all.Count);
                }
                _position = -1;
                return false;
            }
            GoTo(rows[_next++]);
            _position++;
            return true;
        }

        private void GoTo(int row)
        {
            while (_sourcePosition < row)
            {
                if (!source.MoveNext())
                    throw ColumnErrors.RowsVanished(_sourcePosition + 1, row);
                _sourcePosition++;
                if (_fingerprint is not null)
                    all!.Check(_sourcePosition, _fingerprint());
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
