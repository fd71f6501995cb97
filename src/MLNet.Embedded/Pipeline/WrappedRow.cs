namespace Microsoft.ML.Data;

/// <summary>A row at the same position as another.</summary>
internal abstract class WrappedRow : DataViewRow
{
    protected WrappedRow(DataViewRow input, DataViewSchema schema)
    {
        Input = input;
        Schema = schema;
    }

    public override DataViewSchema Schema { get; }

    public override long Position => Input.Position;

    public override long Batch => Input.Batch;

    protected DataViewRow Input { get; }

    public override ValueGetter<DataViewRowId> GetIdGetter() => Input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Input.Dispose();
        base.Dispose(disposing);
    }
}
