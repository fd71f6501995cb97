using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Columns computed by the user's own code from a row read into an object.</summary>
public sealed class CustomMappingTransformer<TSrc, TDst> : ITransformer
    where TSrc : class, new()
    where TDst : class, new()
{
    private readonly Action<TSrc, TDst> _mapAction;
    private readonly string _contractName;

    internal CustomMappingTransformer(
        Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition inputDefinition = null, SchemaDefinition outputDefinition = null)
    {
        ArgumentNullException.ThrowIfNull(mapAction);
        _mapAction = mapAction;
        _contractName = contractName;
        InputDefinition = inputDefinition;
        AddedColumns = new ObjectColumns<TDst>(outputDefinition);
    }

    bool ITransformer.IsRowToRowMapper => true;

    internal SchemaDefinition InputDefinition { get; }

    internal ObjectColumns<TDst> AddedColumns { get; }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => MakeMapper(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedDataView(input, MakeMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => MakeMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        if (_contractName == null)
            throw new InvalidOperationException("Empty contract name for a transform: the transform cannot be saved");
        BinaryWriter writer = ctx.Begin(ModelKinds.CustomMapping);
        writer.Write(_contractName);
        writer.Write(_mapAction.Method.DeclaringType.Assembly.FullName);
    }

    private AddedColumnsMapper MakeMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new AddedColumnsMapper(inputSchema, new Mapper(this, inputSchema));
    }

    private sealed class Mapper : RowMapper
    {
        private readonly CustomMappingTransformer<TSrc, TDst> _parent;
        private readonly ObjectFiller<TSrc> _filler;

        public Mapper(CustomMappingTransformer<TSrc, TDst> parent, DataViewSchema inputSchema)
            : base(inputSchema)
        {
            _parent = parent;
            _filler = new ObjectFiller<TSrc>(inputSchema, parent.InputDefinition, ignoreMissingColumns: false);
            OutputColumns = parent.AddedColumns.Schema.Select(column => new DataViewSchema.DetachedColumn(column)).ToArray();
        }

        internal override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

        internal override IEnumerable<int> GetDependencies(int output) => _filler.Columns.Select(column => column.Index);

        internal override Delegate CreateGetter(DataViewRow input, int output) => CreateGetters(input, i => i == output)[output];

        internal override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> isActive)
        {
            var getters = new Delegate[OutputColumns.Count];
            DataViewSchema.Column[] active = [.. _parent.AddedColumns.Schema.Where(column => isActive(column.Index))];
            if (active.Length == 0)
                return getters;
            Action<TSrc> fill = _filler.Create(input);
            var row = new ObjectRow<TDst>(_parent.AddedColumns, active);
            var source = new TSrc();
            var destination = new TDst();
            long mappedPosition = -1;
            // All columns are asked for at each row; the user's code runs once.
            void EnsureMapped()
            {
                if (mappedPosition == input.Position)
                    return;
                fill(source);
                _parent._mapAction(source, destination);
                row.Advance(destination);
                mappedPosition = input.Position;
            }

            foreach (DataViewSchema.Column column in active)
                getters[column.Index] = Getters.Invoke<Delegate>(MakeGetter<int>, column.Type.RawType, row, column, (Action)EnsureMapped);
            return getters;
        }

        private static ValueGetter<T> MakeGetter<T>(DataViewRow row, DataViewSchema.Column column, Action ensureMapped)
        {
            ValueGetter<T> getValue = row.GetGetter<T>(column);
            return (ref T value) =>
            {
                ensureMapped();
                getValue(ref value);
            };
        }
    }
}
