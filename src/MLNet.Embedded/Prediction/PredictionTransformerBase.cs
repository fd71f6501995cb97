namespace Microsoft.ML.Data;

/// <summary>A transformer that adds what a model predicts of each row.</summary>
public abstract class PredictionTransformerBase<TModel> : IPredictionTransformer<TModel>, IDisposable
    where TModel : class
{
    // Extensions of ML.NET read it by this very name.
    internal readonly DataViewSchema TrainSchema;

    private protected PredictionTransformerBase(TModel model, DataViewSchema trainSchema)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(trainSchema);
        Model = model;
        TrainSchema = trainSchema;
    }

    public TModel Model { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public abstract DataViewSchema GetOutputSchema(DataViewSchema inputSchema);

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedDataView(input, MakeMapper(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => MakeMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => SaveModel(ctx);

    public void Dispose()
    {
        (Model as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract IRowToRowMapper MakeMapper(DataViewSchema inputSchema);

    private protected abstract void SaveModel(ModelSaveContext ctx);
}
