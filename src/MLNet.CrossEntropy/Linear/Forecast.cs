namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What is left of an objective, told from how it fell: by a power of the epochs, <c>left = c / n^p</c>. The error of a first-order method
/// is a sum of exponentials, one for each curvature of the objective, of which the slow ones are still to come: one exponential through
/// the last epochs promises too much.
/// </summary>
internal static class Forecast
{
    private const int Span = 4;
    private const double LargestPower = 1e3;

    /// <summary>
    /// About what is left of the last objective, as a share of it, and how many epochs more take it to <paramref name="enough"/>. What is
    /// left is infinite where the objectives do not tell, or fall slower than any power.
    /// </summary>
    /// <param name="objectives">Those after each epoch.</param>
    /// <param name="enough">The share that may be left.</param>
    public static (double Left, double Epochs) Of(IReadOnlyList<EpochReport> objectives, double enough)
    {
        var count = objectives.Count;
        if (count < 3 * Span)
            return (double.PositiveInfinity, 0);
        double Least(int end) => objectives.Skip(count - end - Span).Take(Span).Min(epoch => epoch.Objective);
        double last = Least(0), middle = Least(Span);
        double gain = middle - last, before = Least(2 * Span) - middle, ratio = gain / before;
        if (!(gain > 0 && ratio < 1))
            return (double.PositiveInfinity, double.PositiveInfinity);
        double first = (count - Span) / (count - 2.0 * Span), second = count / (double)(count - Span);
        if (ratio >= Math.Log(second) / Math.Log(first))
            return (double.PositiveInfinity, Span * Math.Log(gain * ratio / (1 - ratio) / last / enough) / -Math.Log(ratio));
        double low = 0, high = LargestPower;
        while (high - low > 1e-9 * high)
        {
            var power = (low + high) / 2;
            if ((1 - Math.Pow(second, -power)) / (Math.Pow(first, power) - 1) > ratio)
                low = power;
            else
                high = power;
        }

        var left = gain / (Math.Pow(second, high) - 1) / last;
        return (left, count * (Math.Pow(left / enough, 1 / high) - 1));
    }
}
