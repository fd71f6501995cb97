using System.Globalization;
using System.Numerics;
using MLNet.CrossEntropy.Optimization;

namespace DogCat;

/// <summary>Prints a fit's progress: epochs 1, 2, 4, 8, ... and the last, because the first ones change the most.</summary>
public sealed class EpochLines : IProgress<EpochReport>
{
    public void Report(EpochReport value)
    {
        if (BitOperations.IsPow2(value.Epoch) || value.Epoch == value.MaximumEpochs)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  epoch {value.Epoch,3} of {value.MaximumEpochs}: training log-loss {value.TrainingLoss:F4} after {value.Elapsed.TotalSeconds:F1} s"));
    }
}
