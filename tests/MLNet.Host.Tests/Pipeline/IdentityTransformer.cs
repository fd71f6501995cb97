using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

/// <summary>A user's own transformer, which leaves its input as it is.</summary>
internal sealed class IdentityTransformer : ITransformer, IDisposable
{
    public int Transformed { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool IsRowToRowMapper => false;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

    public IDataView Transform(IDataView input)
    {
        Transformed++;
        return input;
    }

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

    public void Save(ModelSaveContext ctx) => throw new NotSupportedException();

    public void Dispose() => IsDisposed = true;
}
