namespace Microsoft.ML.Data;

/// <summary>Keeps every input column and adds those of a <see cref="RowMapper"/> after them.</summary>
internal sealed class AddedColumnsMapper : IRowToRowMapper
{
    private readonly RowMapper _mapper;

    internal AddedColumnsMapper(DataViewSchema inputSchema, RowMapper mapper)
    {
        _mapper = mapper;
        InputSchema = inputSchema;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        builder.AddColumns(mapper.OutputColumns);
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new bool[InputSchema.Count];
        foreach (DataViewSchema.Column column in dependingColumns)
        {
            if (column.Index < InputSchema.Count)
            {
                needed[column.Index] = true;
                continue;
            }
            foreach (int input in _mapper.GetDependencies(column.Index - InputSchema.Count))
                needed[input] = true;
        }
        return InputSchema.Where(column => needed[column.Index]).ToArray();
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        => new Row(this, input, activeColumns);

    private sealed class Row : WrappedRow
    {
        private readonly int _inputCount;
        private readonly ActiveColumns _active;
        private readonly Delegate[] _getters;

        public Row(AddedColumnsMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
            : base(input, mapper.OutputSchema)
        {
            _inputCount = mapper.InputSchema.Count;
            _active = new ActiveColumns(mapper.OutputSchema, activeColumns);
            _getters = mapper._mapper.CreateGetters(input, output => _active[_inputCount + output]);
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            _active.CheckContains(column);
            return column.Index < _inputCount
                ? Input.GetGetter<TValue>(Input.Schema[column.Index])
                : Getters.Cast<TValue>(_getters[column.Index - _inputCount], column);
        }
    }
}
