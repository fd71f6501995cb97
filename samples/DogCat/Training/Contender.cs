using System.Diagnostics;
using Microsoft.ML;
using MLNet.CrossEntropy;
using MLNet.CrossEntropy.Optimization;

namespace DogCat.Training;

/// <summary>A trainer to compare, with the pipeline around it and the evaluation that suits it.</summary>
public abstract record Contender(string Name)
{
    /// <summary>Trains on one set, tests on both.</summary>
    public Result Run(MLContext ml, IDataView train, IDataView test, IProgress<EpochReport> progress)
    {
        var setup = new TrainerSetup(ml, (int)train.GetRowCount()!.Value, progress);
        var watch = Stopwatch.StartNew();
        ITransformer model = Pipeline(setup).Fit(train);
        TimeSpan fitTime = watch.Elapsed;
        return new Result(Name, fitTime, Evaluate(ml, model.Transform(train)), Evaluate(ml, model.Transform(test)), model);
    }

    /// <summary>Everything from the features to the prediction.</summary>
    protected abstract IEstimator<ITransformer> Pipeline(TrainerSetup setup);

    /// <summary>Judges scored rows.</summary>
    protected abstract CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored);
}
