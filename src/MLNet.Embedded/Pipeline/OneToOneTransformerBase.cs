using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A transformer each of whose output columns is computed from one input column.</summary>
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    private protected OneToOneTransformerBase(IHost host, params (string outputColumnName, string inputColumnName)[] columns)
        : base(host)
    {
        ArgumentNullException.ThrowIfNull(columns);
        foreach ((string output, string input) in columns)
        {
            Check.NonEmpty(output);
            Check.NonEmpty(input);
        }
        string repeated = columns.GroupBy(pair => pair.outputColumnName).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (repeated != null)
            throw new ArgumentOutOfRangeException(nameof(columns), $"Name of the result column '{repeated}' specified multiple times");
        ColumnPairs = columns;
    }

    internal (string outputColumnName, string inputColumnName)[] ColumnPairs { get; }

    private protected override RowMapper MakeRowMapper(DataViewSchema schema) => new Mapper(this, schema);

    /// <summary>The type and annotations of output <paramref name="pair"/>; throws when the input column does not suit.</summary>
    private protected abstract DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair);

    /// <summary>The getter of output <paramref name="pair"/> over its active input column.</summary>
    private protected abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair);

    private protected void SaveColumns(BinaryWriter writer)
    {
        writer.Write(ColumnPairs.Length);
        foreach ((string output, string input) in ColumnPairs)
        {
            writer.Write(output);
            writer.Write(input);
        }
    }

    private protected static (string outputColumnName, string inputColumnName)[] LoadColumns(BinaryReader reader)
    {
        var pairs = new (string, string)[reader.ReadInt32()];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = (reader.ReadString(), reader.ReadString());
        return pairs;
    }

    private sealed class Mapper : RowMapper
    {
        private readonly OneToOneTransformerBase _parent;
        private readonly DataViewSchema.Column[] _inputs;

        public Mapper(OneToOneTransformerBase parent, DataViewSchema inputSchema)
            : base(inputSchema)
        {
            _parent = parent;
            _inputs = Array.ConvertAll(parent.ColumnPairs, pair => Check.Column(inputSchema, nameof(inputSchema), "input", pair.inputColumnName));
            OutputColumns = _inputs.Select(parent.MakeOutputColumn).ToArray();
        }

        internal override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

        internal override IEnumerable<int> GetDependencies(int output) => [_inputs[output].Index];

        internal override Delegate CreateGetter(DataViewRow input, int output) => _parent.MakeGetter(input, _inputs[output], output);
    }
}
