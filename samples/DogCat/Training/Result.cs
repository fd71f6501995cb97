using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>What a contender achieved.</summary>
/// <param name="Name">The contender's.</param>
/// <param name="FitTime">How long its fit took.</param>
/// <param name="Train">Its metrics on the training pictures.</param>
/// <param name="Test">Its metrics on the test pictures.</param>
/// <param name="Model">What was fitted, from features to prediction.</param>
/// <param name="ProbabilityOfDog">What it says about each test picture.</param>
public sealed record Result(string Name, TimeSpan FitTime, CrossEntropyMetrics Train, CrossEntropyMetrics Test, ITransformer Model, IReadOnlyList<double> ProbabilityOfDog)
{
    /// <summary>How the fit went, epoch by epoch; null for trainers of ML.NET's own.</summary>
    public TrainingReport? Training => Model is IEnumerable<ITransformer> chain ? TrainingReport.Of(chain) : null;
}
