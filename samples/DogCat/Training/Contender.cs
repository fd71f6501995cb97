using System.Diagnostics;
using DogCat.Data;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer to compare, with the pipeline around it and the evaluation that suits it.</summary>
public abstract record Contender(string Name)
{
    /// <summary>Trains on one set, tests on both.</summary>
    public Result Run(MLContext ml, IDataView train, IDataView test)
    {
        int rows = (int)train.GetRowCount()!.Value;
        var watch = Stopwatch.StartNew();
        ITransformer model = Pipeline(ml, rows).Fit(train);
        TimeSpan fitTime = watch.Elapsed;
        return new Result(Name, fitTime, Evaluate(ml, model.Transform(train)), Evaluate(ml, model.Transform(test)), model);
    }

    /// <summary>Everything from the features to the prediction.</summary>
    protected abstract IEstimator<ITransformer> Pipeline(MLContext ml, int rows);

    /// <summary>Judges scored rows.</summary>
    protected abstract CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored);
}

/// <summary>A trainer of classes by name: one probability for "cat" and one for "dog".</summary>
public sealed record MulticlassContender(string Name, Func<MLContext, int, IEstimator<ITransformer>> Trainer) : Contender(Name)
{
    protected override IEstimator<ITransformer> Pipeline(MLContext ml, int rows) =>
        ml.Transforms.NormalizeMeanVariance(nameof(Example.Features), fixZero: false)
            .Append(ml.Transforms.Conversion.MapValueToKey(nameof(Example.Label)))
            .AppendCacheCheckpoint(ml)
            .Append(Trainer(ml, rows))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) =>
        ml.MulticlassClassification.EvaluateCrossEntropy(scored);
}

/// <summary>A trainer of yes or no: the probability of "dog".</summary>
public sealed record BinaryContender(string Name, Func<MLContext, int, IEstimator<ITransformer>> Trainer) : Contender(Name)
{
    protected override IEstimator<ITransformer> Pipeline(MLContext ml, int rows) =>
        ml.Transforms.NormalizeMeanVariance(nameof(Example.Features), fixZero: false)
            .AppendCacheCheckpoint(ml)
            .Append(Trainer(ml, rows));

    protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) =>
        ml.BinaryClassification.EvaluateCrossEntropy(scored, nameof(Example.IsDog));
}

/// <summary>What a contender achieved.</summary>
public sealed record Result(string Name, TimeSpan FitTime, CrossEntropyMetrics Train, CrossEntropyMetrics Test, ITransformer Model);
