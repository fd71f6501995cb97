namespace MLNet.CrossEntropy;

/// <summary>Precision, recall and F1, of one class or averaged over classes.</summary>
/// <param name="Precision">The share of rows predicted so that are so: TP / (TP + FP).</param>
/// <param name="Recall">The share of rows that are so which were found: TP / (TP + FN).</param>
/// <param name="F1">Their harmonic mean, 2 TP / (2 TP + FP + FN).</param>
public readonly record struct PrecisionRecall(double Precision, double Recall, double F1)
{
    internal static PrecisionRecall Of(double truePositives, double predicted, double actual) =>
        new(truePositives / predicted, truePositives / actual, 2 * truePositives / (predicted + actual));
}
