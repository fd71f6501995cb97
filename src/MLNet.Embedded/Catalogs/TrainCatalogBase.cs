using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// A kind of learning task. Extensions of ML.NET reach <see cref="Environment"/> and <see cref="CatalogInstantiatorBase.Owner"/>
/// by these very names.
/// </summary>
public abstract class TrainCatalogBase : IInternalCatalog
{
    private protected TrainCatalogBase(IHostEnvironment env, string registrationName)
    {
        ArgumentNullException.ThrowIfNull(env);
        Check.NonEmpty(registrationName);
        Environment = env;
    }

    IHostEnvironment IInternalCatalog.Environment => Environment;

    private protected IHostEnvironment Environment { get; }

    /// <summary>Fits on all folds but one and scores that one, for each fold in turn.</summary>
    private protected IReadOnlyList<CrossValidationResult<TMetrics>> CrossValidateCore<TMetrics>(
        IDataView data,
        IEstimator<ITransformer> estimator,
        int numberOfFolds,
        string samplingKeyColumnName,
        int? seed,
        Func<IDataView, TMetrics> evaluate)
        where TMetrics : class
    {
        ArgumentNullException.ThrowIfNull(estimator);
        var folds = new DataOperationsCatalog(Environment).CrossValidationSplit(data, numberOfFolds, samplingKeyColumnName, seed);
        var results = new CrossValidationResult<TMetrics>[folds.Count];
        for (int fold = 0; fold < results.Length; fold++)
        {
            ITransformer model = estimator.Fit(folds[fold].TrainSet);
            IDataView scored = model is ITransformerChain chain
                ? chain.Transform(folds[fold].TestSet, TransformerScope.Everything)
                : model.Transform(folds[fold].TestSet);
            results[fold] = new CrossValidationResult<TMetrics>(model, evaluate(scored), scored, fold);
        }
        return results;
    }

    public sealed class CrossValidationResult<T>
        where T : class
    {
        public readonly T Metrics;
        public readonly ITransformer Model;
        public readonly IDataView ScoredHoldOutSet;
        public readonly int Fold;

        internal CrossValidationResult(ITransformer model, T metrics, IDataView scores, int fold)
        {
            Model = model;
            Metrics = metrics;
            ScoredHoldOutSet = scores;
            Fold = fold;
        }
    }

    /// <summary>What trainer extension methods hang on.</summary>
    public abstract class CatalogInstantiatorBase : IInternalCatalog
    {
        private protected CatalogInstantiatorBase(TrainCatalogBase catalog) => Owner = catalog;

        internal TrainCatalogBase Owner { get; }

        IHostEnvironment IInternalCatalog.Environment => Owner.Environment;
    }
}
