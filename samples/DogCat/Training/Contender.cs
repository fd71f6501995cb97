using System.Diagnostics;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer to compare, with the pipeline around it and the evaluation that suits it.</summary>
public abstract record Contender(string Name)
{
    /// <summary>Whether its model takes the pictures' features, as the models that are saved and loaded by this program do.</summary>
    public virtual bool TakesFeatures => true;

    /// <summary>Trains on one set, tests on both.</summary>
    /// <exception cref="LeftOutException">This host does not have the trainer, or the trainer does not find what it needs.</exception>
    public Result Run(TrainerSetup setup, IDataView train, IDataView test)
    {
        var watch = Stopwatch.StartNew();
        var model = Fit(setup, train);
        var fitTime = watch.Elapsed;
        var scored = model.Transform(test);
        return new Result(Name, fitTime, Evaluate(setup.Ml, model.Transform(train)), Evaluate(setup.Ml, scored), model, [.. ProbabilitiesOfDog(scored)]);
    }

    /// <summary>What to do about an exception of the trainer's that only tells of something missing on this machine; null for all others.</summary>
    protected virtual string? WhatIsMissing(Exception exception) => exception is DllNotFoundException
        ? $"its native library '{NativeLibraryName(exception.Message)}' is not on this machine"
        : null;

    /// <summary>Everything from the features to the prediction.</summary>
    protected abstract IEstimator<ITransformer> Pipeline(TrainerSetup setup);

    /// <summary>Judges scored rows.</summary>
    protected abstract CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored);

    /// <summary>How probable it takes a dog to be, for each scored row.</summary>
    protected abstract IEnumerable<double> ProbabilitiesOfDog(IDataView scored);

    private ITransformer Fit(TrainerSetup setup, IDataView train)
    {
        try
        {
            return Pipeline(setup).Fit(train);
        }
        catch (Exception exception) when (FirstMissing(exception) is not null)
        {
            throw new LeftOutException(FirstMissing(exception)!, exception);
        }
    }

    /// <summary>Exceptions of a library's first use come wrapped in others.</summary>
    private string? FirstMissing(Exception? exception)
    {
        string? missing = null;
        for (; exception is not null && missing is null; exception = exception.InnerException)
            missing = WhatIsMissing(exception);
        return missing;
    }

    /// <summary>The runtime's message goes on for many lines about where it looked; the name comes first, in quotes.</summary>
    private static string NativeLibraryName(string message) => message.Split('\'') is [_, { } name, ..] ? name : message;
}
