
namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// A learning rate found by trying: a pass over a few rows (or several, if that is few steps) at each of several rates, doubled or halved as long as that helps,
/// and the rate whose weights judge other rows best wins (after Bottou 2012, "Stochastic Gradient Descent Tricks", section 4.2).
/// </summary>
/// <remarks>
/// For sparse rows the worst-case bound of <see cref="LearningRateRule"/> is orders of magnitude too small: rare features
/// seldom meet, so steps along them hardly disturb each other.
/// </remarks>
internal static class LearningRateSearch
{
    private const int TrialRows = 1_024;
    private const int JudgedRows = 512;
    private const int FewestSteps = 8;
    private const int MostTrials = 20;

    /// <summary>The best rate among <paramref name="start"/> and its doublings and halvings; the step is left as it was.</summary>
    public static double Find(MiniBatchStep step, RowSet rows, int batchSize, double start)
    {
        // Every third row of an even sample judges, the two before it are fitted; a few rows are both.
        var count = Math.Min(rows.Rows, TrialRows + JudgedRows);
        int[] sample = [.. Enumerable.Range(0, count).Select(i => (int)((long)i * rows.Rows / count))];
        var isFew = count < 3;
        int[] fitted = [.. sample.Where((_, i) => isFew || i % 3 != 2)];
        int[] judged = [.. sample.Where((_, i) => isFew || i % 3 == 2)];
        new Random(1).Shuffle(fitted);

        double Try(double rate)
        {
            for (var taken = 0; taken < FewestSteps;)
            {
                for (var from = 0; from < fitted.Length; from += batchSize, taken++)
                    step.Take(rows, fitted.AsSpan(from, Math.Min(batchSize, fitted.Length - from)), rate);
            }

            var loss = step.MeanLoss(rows, judged);
            step.Restore();
            return double.IsFinite(loss) ? loss : double.PositiveInfinity;
        }

        step.Save();
        var best = start;
        var bestLoss = Try(start);
        foreach (var factor in new[] { 2.0, 0.5 })
        {
            for (var trial = 0; trial < MostTrials; trial++)
            {
                var loss = Try(best * factor);
                if (!(loss < bestLoss))
                    break;
                (best, bestLoss) = (best * factor, loss);
            }
        }

        return best;
    }
}
