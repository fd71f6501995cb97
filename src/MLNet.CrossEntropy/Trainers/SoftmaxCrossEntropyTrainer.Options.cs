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

        /// <summary>
        /// Whether the model names its classes by text whatever the label's own values are, so that Score has SlotNames as well as
        /// TrainingLabelValues: ML.NET gives slot names to text labels only, and no names at all to a key without values, whose classes
        /// are then named by their numbers, counted from 0. The price: MapKeyToValue turns the predicted key into text.
        /// </summary>
        public bool ClassNamesAsText { get; set; }

        private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
        [
            .. base.TargetChecks(),
            (Enum.IsDefined(LabelKind), nameof(LabelKind), LabelKind, $"one of {string.Join(", ", Enum.GetNames<LabelKind>())}"),
            (!WeightBySoftLabelSum || LabelKind == LabelKind.Counts, nameof(WeightBySoftLabelSum), WeightBySoftLabelSum, "False when the LabelKind is not Counts"),
        ];
    }
}
