using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

public sealed class ColumnConcatenatingTransformer : RowToRowTransformerBase
{
    private readonly string _name;
    private readonly string[] _sources;

    internal ColumnConcatenatingTransformer(IHostEnvironment env, string name, string[] sources)
        : base(env.Register(nameof(ColumnConcatenatingTransformer)))
    {
        _name = name;
        _sources = sources;
    }

    internal ColumnConcatenatingTransformer(ModelLoadContext ctx)
        : this(ctx.Environment, ctx.Reader.ReadString(), Array.ConvertAll(ctx.Reader.ReadArray<ReadOnlyMemory<char>>(), source => source.ToString()))
    {
    }

    private protected override RowMapper MakeRowMapper(DataViewSchema schema) => new ConcatenatingMapper(schema, _name, _sources);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.Concatenate);
        writer.Write(_name);
        writer.WriteArray<ReadOnlyMemory<char>>(Array.ConvertAll(_sources, source => source.AsMemory()));
    }
}
