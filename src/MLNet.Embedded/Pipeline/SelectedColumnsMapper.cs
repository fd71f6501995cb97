namespace Microsoft.ML.Data;

/// <summary>Keeps some of the input columns, in the given order.</summary>
internal sealed class SelectedColumnsMapper : IRowToRowMapper
{
    private readonly int[] _sources;

    internal SelectedColumnsMapper(DataViewSchema inputSchema, IEnumerable<int> sources)
    {
        _sources = [.. sources];
        InputSchema = inputSchema;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(_sources.Select(source => inputSchema[source]));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => dependingColumns.Select(column => InputSchema[_sources[column.Index]]).ToArray();

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        => new Row(this, input, new ActiveColumns(OutputSchema, activeColumns));

    private sealed class Row(SelectedColumnsMapper mapper, DataViewRow input, ActiveColumns active)
        : WrappedRow(input, mapper.OutputSchema)
    {
        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            active.CheckContains(column);
            return Input.GetGetter<TValue>(Input.Schema[mapper._sources[column.Index]]);
        }
    }
}
