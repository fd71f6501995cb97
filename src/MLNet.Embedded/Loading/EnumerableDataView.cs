namespace Microsoft.ML.Data;

/// <summary>The objects of an enumerable as rows; each cursor enumerates it anew.</summary>
internal sealed class EnumerableDataView<TRow> : IDataView
    where TRow : class
{
    private readonly IEnumerable<TRow> _objects;
    private readonly ObjectColumns<TRow> _columns;

    internal EnumerableDataView(IEnumerable<TRow> objects, SchemaDefinition definition)
    {
        _objects = objects;
        _columns = new ObjectColumns<TRow>(definition);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema => _columns.Schema;

    public long? GetRowCount() => (_objects as ICollection<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(new ObjectRow<TRow>(_columns, columnsNeeded), _objects.GetEnumerator());

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(ObjectRow<TRow> row, IEnumerator<TRow> objects) : WrappedCursor(row)
    {
        public override bool MoveNext()
        {
            if (!objects.MoveNext())
            {
                row.End();
                return false;
            }
            if (objects.Current == null)
                throw new InvalidOperationException("Encountered null when iterating over data, this is not supported.");
            row.Advance(objects.Current);
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                objects.Dispose();
                row.End();
            }
            base.Dispose(disposing);
        }
    }
}
