using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>What a contender achieved.</summary>
public sealed record Result(string Name, TimeSpan FitTime, CrossEntropyMetrics Train, CrossEntropyMetrics Test, ITransformer Model);
