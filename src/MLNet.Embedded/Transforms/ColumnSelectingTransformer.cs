using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>Keeps the named columns, in the order they are named, or drops them.</summary>
public sealed class ColumnSelectingTransformer : ITransformer
{
    private readonly string[] _names;
    private readonly bool _keep;
    private readonly bool _keepHidden;

    internal ColumnSelectingTransformer(string[] names, bool keep, bool keepHidden)
    {
        Check.Param(names is { Length: > 0 }, nameof(names), "none", "must name at least one column");
        _names = names;
        _keep = keep;
        _keepHidden = keepHidden;
    }

    internal ColumnSelectingTransformer(ModelLoadContext ctx)
        : this(Array.ConvertAll(ctx.Reader.ReadArray<ReadOnlyMemory<char>>(), name => name.ToString()), ctx.Reader.ReadBoolean(), ctx.Reader.ReadBoolean())
    {
    }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => MakeMapper(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedDataView(input, MakeMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => MakeMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.SelectColumns);
        writer.WriteArray<ReadOnlyMemory<char>>(Array.ConvertAll(_names, name => name.AsMemory()));
        writer.Write(_keep);
        writer.Write(_keepHidden);
    }

    internal bool Keeps(string name) => _keep == _names.Contains(name);

    internal void CheckAllFound(IEnumerable<string> available)
    {
        string missing = string.Join(",", _names.Except(available));
        if (missing.Length > 0)
            throw Check.ColumnNotFound("inputSchema", "input", missing);
    }

    private SelectedColumnsMapper MakeMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        CheckAllFound(inputSchema.Select(column => column.Name));
        IEnumerable<DataViewSchema.Column> columns = inputSchema.Where(column => (_keepHidden || !column.IsHidden) && Keeps(column.Name));
        if (_keep)
            columns = columns.OrderBy(column => Array.IndexOf(_names, column.Name));
        return new SelectedColumnsMapper(inputSchema, columns.Select(column => column.Index));
    }
}
