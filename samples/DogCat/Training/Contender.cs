using System.Diagnostics;
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
