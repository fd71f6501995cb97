namespace MLNet.CrossEntropy;

public sealed partial class SoftmaxCrossEntropyTrainer
{
    /// <summary>Options of <see cref="SoftmaxCrossEntropyTrainer"/>.</summary>
    public sealed class Options : CrossEntropyTrainerOptions;
}
