namespace MLNet.CrossEntropy;

public sealed partial class SigmoidCrossEntropyTrainer
{
    /// <summary>Options of <see cref="SigmoidCrossEntropyTrainer"/>.</summary>
    public sealed class Options : ClassTrainerOptions
    {
        /// <summary>
        /// What a positive costs more than a negative, c in <c>-c y log q - (1 - y) log(1 - q)</c>. Unlike a class weight it does
        /// not enter what the mean loss is divided by. The share of positives is overestimated accordingly, unless
        /// <see cref="CrossEntropyTrainerOptions.PriorCorrection"/> undoes it.
        /// </summary>
        public double PositiveWeight { get; set; } = 1;

        private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
        [
            .. base.TargetChecks(),
            (double.IsFinite(PositiveWeight) && PositiveWeight > 0, nameof(PositiveWeight), PositiveWeight, "finite and above 0"),
            (PositiveWeight == 1 || Loss == TrainingLoss.CrossEntropy, nameof(PositiveWeight), PositiveWeight, "1 when the Loss is not CrossEntropy; ClassWeights go with every loss"),
        ];
    }
}
