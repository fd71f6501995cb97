namespace Microsoft.ML;

/// <summary>A model applied to one object at a time. Not thread-safe.</summary>
public sealed class PredictionEngine<TSrc, TDst> : PredictionEngineBase<TSrc, TDst>
    where TSrc : class
    where TDst : class, new()
{
    internal PredictionEngine(ITransformer transformer, PredictionEngineOptions options)
        : base(transformer, options)
    {
    }

    public override void Predict(TSrc example, ref TDst prediction)
    {
        ArgumentNullException.ThrowIfNull(example);
        prediction ??= new TDst();
        PredictCore(example, prediction);
    }
}
