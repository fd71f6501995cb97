namespace MLNet.CrossEntropy;

public sealed partial class SoftmaxCrossEntropyTrainer
{
    /// <summary>Options of <see cref="SoftmaxCrossEntropyTrainer"/>.</summary>
    public sealed class Options : ClassTrainerOptions
    {
        /// <summary>What the label column holds: classes, probabilities, or counts. Counts are never guessed.</summary>
        public LabelKind LabelKind { get; set; }

        /// <summary>
        /// Whether a row of counts weighs as much as their sum, so that every count weighs the same; otherwise every row does.
        /// </summary>
        public bool WeightBySoftLabelSum { get; set; }

        private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
        [
            .. base.TargetChecks(),
            (Enum.IsDefined(LabelKind), nameof(LabelKind), LabelKind, $"one of {string.Join(", ", Enum.GetNames<LabelKind>())}"),
            (!WeightBySoftLabelSum || LabelKind == LabelKind.Counts, nameof(WeightBySoftLabelSum), WeightBySoftLabelSum, "False when the LabelKind is not Counts"),
        ];
    }
}
