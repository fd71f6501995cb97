using MLNet.CrossEntropy;
using static System.FormattableString;

namespace DogCat.Training;

/// <summary>Cross-entropy and squared error as the loss to minimise, from the same beginning and by the same steps.</summary>
/// <param name="Beginning">Where both begin.</param>
/// <param name="Curves">One for each loss and learning rate.</param>
public sealed record LossRace(string Beginning, IReadOnlyList<LossCurve> Curves)
{
    /// <summary>The curve of the loss at the rate that served it best, by the last epoch's judgement.</summary>
    public LossCurve Best(TrainingLoss loss, Func<Judgement, double> measure) => Curves.Where(c => c.Loss == loss).MinBy(c => measure(c.Epochs[^1]))!;

    /// <summary>Which loss learned faster by a measure, in words: that which first covers nine tenths of what the better one gains in the end.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="measure">The measure, the lower the better.</param>
    /// <param name="format">How its numbers are written, such as "0.00 nats".</param>
    public string InWords(string name, Func<Judgement, double> measure, string format)
    {
        LossCurve[] two = [Best(TrainingLoss.CrossEntropy, measure), Best(TrainingLoss.Brier, measure)];
        double[][] values = [.. two.Select(c => c.Epochs.Select(measure).ToArray())];
        var start = values[0][0];
        var paths = string.Join("; by ", two.Zip(values, (curve, v) =>
            Invariant($"{curve.Name} {Text(v[1])} after the first epoch and {Text(v[^1])} after {v.Length - 1} (learning rate {curve.Rate})")));
        return Invariant($"{name}, {Text(start)} at the beginning: by {paths}. {Verdict(start, values[0], values[1])}");

        string Text(double value) => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Verdict(double start, double[] entropy, double[] squared)
    {
        var end = Math.Min(entropy[^1], squared[^1]);
        if (end >= start)
            return "Neither gained anything.";
        var most = start - 0.9 * (start - end);
        (var first, var second) = (Array.FindIndex(entropy, v => v <= most), Array.FindIndex(squared, v => v <= most));
        var who = (first, second) switch
        {
            _ when first == second => "neither was faster by this measure",
            ( >= 0, < 0) => "cross-entropy learned faster",
            ( < 0, >= 0) => "squared error learned faster here",
            _ => first < second ? "cross-entropy learned faster" : "squared error learned faster here",
        };
        return $"Nine tenths of the best gain are there by cross-entropy {Epoch(first)}, by squared error {Epoch(second)}: {who}.";

        static string Epoch(int epoch) => epoch < 0 ? "never" : Invariant($"after epoch {epoch}");
    }
}
