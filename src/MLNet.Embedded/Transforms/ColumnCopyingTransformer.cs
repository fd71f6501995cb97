using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnCopyingTransformer : OneToOneTransformerBase
{
    internal ColumnCopyingTransformer(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(ColumnCopyingTransformer)), columns)
    {
    }

    internal ColumnCopyingTransformer(ModelLoadContext ctx)
        : this(ctx.Environment, LoadColumns(ctx.Reader))
    {
    }

    private protected override DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair)
        => new(ColumnPairs[pair].outputColumnName, input.Type, input.Annotations);

    private protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair) => row.GetGetterDelegate(input);

    private protected override void SaveModel(ModelSaveContext ctx) => SaveColumns(ctx.Begin(ModelKinds.CopyColumns));
}
