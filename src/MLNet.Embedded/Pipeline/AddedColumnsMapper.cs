namespace Microsoft.ML.Data;

/// <summary>
/// Keeps every input column and adds those of a <see cref="RowMapper"/>: one that hides an input column directly after it, the
/// others after all.
/// </summary>
internal sealed class AddedColumnsMapper : IRowToRowMapper
{
    private readonly RowMapper _mapper;

    // For each output column the index of the input column it is, or the complement of its index among the added ones.
    private readonly int[] _sources;

    internal AddedColumnsMapper(DataViewSchema inputSchema, RowMapper mapper)
    {
        _mapper = mapper;
        InputSchema = inputSchema;
        _sources = PlaceColumns(inputSchema, mapper.OutputColumns);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(_sources.Select(source => source >= 0 ? new DataViewSchema.DetachedColumn(inputSchema[source]) : mapper.OutputColumns[~source]));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new bool[InputSchema.Count];
        foreach (DataViewSchema.Column column in dependingColumns)
        {
            int source = _sources[column.Index];
            foreach (int input in source >= 0 ? [source] : _mapper.GetDependencies(~source))
                needed[input] = true;
        }
        return InputSchema.Where(column => needed[column.Index]).ToArray();
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        => new Row(this, input, activeColumns);

    private static int[] PlaceColumns(DataViewSchema inputSchema, IReadOnlyList<DataViewSchema.DetachedColumn> added)
    {
        var sources = new List<int>();
        int[] hidden = [.. added.Select(column => inputSchema.GetColumnOrNull(column.Name)?.Index ?? -1)];
        for (int input = 0; input < inputSchema.Count; input++)
        {
            sources.Add(input);
            int hiding = Array.LastIndexOf(hidden, input);
            if (hiding >= 0)
                sources.Add(~hiding);
        }
        sources.AddRange(Enumerable.Range(0, added.Count).Select(index => ~index).Where(source => !sources.Contains(source)));
        return [.. sources];
    }

    private sealed class Row : WrappedRow
    {
        private readonly AddedColumnsMapper _mapper;
        private readonly ActiveColumns _active;
        private readonly Delegate[] _getters;

        public Row(AddedColumnsMapper mapper, DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
            : base(input, mapper.OutputSchema)
        {
            _mapper = mapper;
            _active = new ActiveColumns(mapper.OutputSchema, activeColumns);
            _getters = mapper._mapper.CreateGetters(input, output => _active[Array.IndexOf(mapper._sources, ~output)]);
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            _active.CheckContains(column);
            int source = _mapper._sources[column.Index];
            return source >= 0
                ? Input.GetGetter<TValue>(Input.Schema[source])
                : Getters.Cast<TValue>(_getters[~source], column);
        }
    }
}
