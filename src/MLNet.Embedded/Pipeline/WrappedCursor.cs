namespace Microsoft.ML.Data;

/// <summary>A cursor over the values of a row that something else moves.</summary>
internal abstract class WrappedCursor(DataViewRow row) : DataViewRowCursor
{
    public override long Position => row.Position;

    public override long Batch => row.Batch;

    public override DataViewSchema Schema => row.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            row.Dispose();
        base.Dispose(disposing);
    }
}
