using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>What a trainer is made from.</summary>
/// <param name="Ml">ML.NET's context.</param>
/// <param name="Rows">How many rows it will be trained on.</param>
/// <param name="Progress">Is told of each epoch, by trainers that have epochs.</param>
/// <param name="Cancellation">Ends a fit early, with the model that it has by then; trainers of ML.NET's own run on.</param>
public sealed record TrainerSetup(MLContext Ml, int Rows, IProgress<EpochReport> Progress, CancellationToken Cancellation = default);
