using System.Diagnostics;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer to compare, with the pipeline around it and the evaluation that suits it.</summary>
public abstract record Contender(string Name)
{
    /// <summary>Trains on one set, tests on both.</summary>
    public Result Run(TrainerSetup setup, IDataView train, IDataView test)
    {
        var watch = Stopwatch.StartNew();
        ITransformer model = Pipeline(setup).Fit(train);
        TimeSpan fitTime = watch.Elapsed;
        IDataView scored = model.Transform(test);
        return new Result(Name, fitTime, Evaluate(setup.Ml, model.Transform(train)), Evaluate(setup.Ml, scored), model, [.. ProbabilitiesOfDog(scored)]);
    }

    /// <summary>Everything from the features to the prediction.</summary>
    protected abstract IEstimator<ITransformer> Pipeline(TrainerSetup setup);

    /// <summary>Judges scored rows.</summary>
    protected abstract CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored);

    /// <summary>How probable it takes a dog to be, for each scored row.</summary>
    protected abstract IEnumerable<double> ProbabilitiesOfDog(IDataView scored);
}
