using Microsoft.ML.Data;

namespace Microsoft.ML;

public abstract class PredictionEngineBase<TSrc, TDst> : IDisposable
    where TSrc : class
    where TDst : class, new()
{
    private readonly ITransformer _transformer;
    private readonly bool _ownsTransformer;
    private readonly ObjectRow<TSrc> _input;
    private readonly DataViewRow _output;
    private readonly Action<TDst> _fill;

    private protected PredictionEngineBase(ITransformer transformer, PredictionEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        Check.Param(transformer.IsRowToRowMapper, nameof(transformer), transformer, "must be a row to row mapper");
        _transformer = transformer;
        _ownsTransformer = options.OwnsTransformer;
        var columns = new ObjectColumns<TSrc>(options.InputSchemaDefinition);
        IRowToRowMapper mapper = transformer.GetRowToRowMapper(columns.Schema);
        var filler = new ObjectFiller<TDst>(mapper.OutputSchema, options.OutputSchemaDefinition, options.IgnoreMissingColumns);
        _input = new ObjectRow<TSrc>(columns, mapper.GetDependencies(filler.Columns));
        _output = mapper.GetRow(_input, filler.Columns);
        _fill = filler.Create(_output);
        OutputSchema = transformer.GetOutputSchema(columns.Schema);
    }

    public DataViewSchema OutputSchema { get; }

    public TDst Predict(TSrc example)
    {
        var prediction = new TDst();
        Predict(example, ref prediction);
        return prediction;
    }

    public abstract void Predict(TSrc example, ref TDst prediction);

    public void Dispose()
    {
        _output.Dispose();
        if (_ownsTransformer)
            (_transformer as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void PredictCore(TSrc example, TDst prediction)
    {
        _input.Advance(example);
        _fill(prediction);
    }
}
