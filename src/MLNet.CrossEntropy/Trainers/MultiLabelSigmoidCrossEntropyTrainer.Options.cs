using System.Globalization;

namespace MLNet.CrossEntropy;

public sealed partial class MultiLabelSigmoidCrossEntropyTrainer
{
    /// <summary>Options of <see cref="MultiLabelSigmoidCrossEntropyTrainer"/>.</summary>
    public sealed class Options : CrossEntropyTrainerOptions
    {
        /// <summary>
        /// What a yes costs more than a no, c in <c>-c y log q - (1 - y) log(1 - q)</c>: one for each label in slot order, or one
        /// for all; null is 1. Shares of yes are overestimated accordingly, unless
        /// <see cref="CrossEntropyTrainerOptions.PriorCorrection"/> undoes it.
        /// </summary>
        public IReadOnlyList<double>? PositiveWeights { get; set; }

        private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
        [
            .. base.TargetChecks(),
            (PositiveWeights is null || (PositiveWeights.Count > 0 && PositiveWeights.All(weight => double.IsFinite(weight) && weight > 0)),
                nameof(PositiveWeights), Listed(PositiveWeights), "finite and above 0, one for each label or one for all, or null for 1"),
            (PositiveWeights is null || Loss == TrainingLoss.CrossEntropy, nameof(PositiveWeights), Listed(PositiveWeights), "null when the Loss is not CrossEntropy"),
        ];

        private protected override void CopyTargets() => PositiveWeights = PositiveWeights?.ToArray();

        private static string? Listed(IReadOnlyList<double>? weights)
            => weights is null ? null : $"[{string.Join(", ", weights.Select(weight => weight.ToString(CultureInfo.InvariantCulture)))}]";
    }
}
