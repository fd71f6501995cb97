namespace MLNet.CrossEntropy;

public sealed partial class SigmoidCrossEntropyTrainer
{
    /// <summary>Options of <see cref="SigmoidCrossEntropyTrainer"/>.</summary>
    public sealed class Options : CrossEntropyTrainerOptions;
}
