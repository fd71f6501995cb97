using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>Reliability in bins of equal width: <c>(b/M, (b+1)/M]</c>, the first closed at 0.</summary>
internal sealed class ReliabilityAccumulator
{
    private readonly ReliabilitySums[] _bins;
    private readonly double[] _edges;

    public ReliabilityAccumulator(int bins)
    {
        _bins = new ReliabilitySums[bins];
        _edges = [.. Enumerable.Range(0, bins + 1).Select(b => (double)b / bins)];
    }

    /// <summary>The diagram of forecasts that come in groups.</summary>
    public static ReliabilityDiagram Of(List<ScoreGroup> groups, int bins)
    {
        ReliabilityAccumulator sums = new(bins);
        foreach (ref readonly var group in CollectionsMarshal.AsSpan(groups))
            sums._bins[sums.BinOf(group.Probability)].Add(group.Probability, group.Complement, group.Positive / group.Weight, group.Weight, group.SquaredWeights);
        return sums.ToDiagram();
    }

    /// <summary>Adds a forecast, 1 less it, the share of it that came true, and its weight.</summary>
    public void Add(double forecast, double complement, double hit, double weight)
        => _bins[BinOf(forecast)].Add(forecast, complement, hit, weight, weight * weight);

    public ReliabilityDiagram ToDiagram() => ReliabilitySums.ToDiagram(_bins, _edges);

    private int BinOf(double forecast)
    {
        // The edge nearest to the forecast is the upper one of its bin, or the lower one. A float row may overshoot 1 by rounding.
        var edge = Math.Min((int)(forecast * _bins.Length + 0.5), _bins.Length);
        return Math.Clamp(forecast > _edges[edge] ? edge : edge - 1, 0, _bins.Length - 1);
    }
}
