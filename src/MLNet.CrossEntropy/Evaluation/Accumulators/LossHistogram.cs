namespace MLNet.CrossEntropy;

/// <summary>Rows, weights and losses in intervals <c>[b/n, (b+1)/n)</c> of some figure; the last interval takes all that is beyond.</summary>
/// <param name="bins">The number of intervals.</param>
/// <param name="perUnit">n, the number of intervals in 1.</param>
/// <param name="end">The upper edge of the last interval.</param>
internal sealed class LossHistogram(int bins, int perUnit, double end)
{
    private readonly Sums[] _bins = new Sums[bins];

    public void Add(ReadOnlySpan<double> values, ReadOnlySpan<double> losses, ReadOnlySpan<double> weights)
    {
        for (int row = 0; row < values.Length; row++)
            Add(values[row], losses[row], weights[row]);
    }

    public void Add(double value, double loss, double weight)
    {
        ref Sums sums = ref _bins[(int)double.MinNative(value * perUnit, bins - 1)];
        sums.Rows++;
        sums.Weight += weight;
        sums.Loss += weight * loss;
    }

    public void Merge(LossHistogram other)
    {
        for (int b = 0; b < _bins.Length; b++)
        {
            _bins[b].Rows += other._bins[b].Rows;
            _bins[b].Weight += other._bins[b].Weight;
            _bins[b].Loss += other._bins[b].Loss;
        }
    }

    /// <summary>The intervals that hold rows, in order.</summary>
    public LossBin[] ToBins() =>
    [
        .. Enumerable.Range(0, bins).Where(b => _bins[b].Rows > 0).Select(b =>
            new LossBin((double)b / perUnit, b < bins - 1 ? (b + 1.0) / perUnit : end, _bins[b].Rows, _bins[b].Weight, _bins[b].Loss)),
    ];

    private struct Sums
    {
        public long Rows;
        public double Weight;
        public double Loss;
    }
}
