using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Rows, weights and losses in intervals <c>[b/n, (b+1)/n)</c> of some figure; the last interval takes all that is beyond.</summary>
/// <param name="bins">The number of intervals.</param>
/// <param name="perUnit">n, the number of intervals in 1.</param>
/// <param name="end">The upper edge of the last interval.</param>
internal sealed class LossHistogram(int bins, int perUnit, double end)
{
    // Rows, weights, weighted losses: as one vector they are one addition.
    private readonly Vector256<double>[] _bins = new Vector256<double>[bins];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> values, ReadOnlySpan<double> losses, ReadOnlySpan<double> weights)
    {
        losses = losses[..values.Length];
        weights = weights[..values.Length];
        for (var row = 0; row < values.Length; row++)
            Add(values[row], losses[row], weights[row]);
    }

    public void Add(double value, double loss, double weight) =>
        _bins[(int)double.MinNative(value * perUnit, bins - 1)] += Vector256.Create(1, weight, weight * loss, 0);

    public void Merge(LossHistogram other)
    {
        for (var b = 0; b < _bins.Length; b++)
            _bins[b] += other._bins[b];
    }

    /// <summary>The intervals that hold rows, in order.</summary>
    public LossBin[] ToBins() =>
    [
        .. Enumerable.Range(0, bins).Where(b => _bins[b][0] > 0).Select(b =>
            new LossBin((double)b / perUnit, b < bins - 1 ? (b + 1.0) / perUnit : end, (long)_bins[b][0], _bins[b][1], _bins[b][2])),
    ];
}
