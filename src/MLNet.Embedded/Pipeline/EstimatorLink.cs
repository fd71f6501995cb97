namespace Microsoft.ML.Data;

/// <summary>One estimator of a chain, and whether its output is cached for the estimators after it.</summary>
internal sealed record EstimatorLink(IEstimator<ITransformer> Estimator, TransformerScope Scope, bool CacheAfter);
