using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Reliability in bins of equal width: <c>(b/M, (b+1)/M]</c>, the first closed at 0.</summary>
internal sealed class ReliabilityAccumulator
{
    private readonly bool _isAuto;
    private readonly ReliabilitySums[] _bins;
    private readonly double[] _edges;

    /// <summary>Bins; null leaves their number to the rows.</summary>
    public ReliabilityAccumulator(int? bins)
    {
        _isAuto = bins is null;
        _bins = new ReliabilitySums[bins ?? ReliabilityBinCount.MostOfEqualWidth];
        _edges = [.. Enumerable.Range(0, _bins.Length + 1).Select(b => (double)b / _bins.Length)];
    }

    /// <summary>The diagram of forecasts that come in groups.</summary>
    public static ReliabilityDiagram Of(List<ScoreGroup> groups, int? bins)
    {
        ReliabilityAccumulator sums = new(bins);
        foreach (ref readonly var group in CollectionsMarshal.AsSpan(groups))
        {
            ref var bin = ref sums._bins[sums.BinOf(group.Probability)];
            bin.Add(group.Probability, group.Complement, group.Positive / group.Weight, group.Weight, group.SquaredWeights);
        }
        return sums.ToDiagram();
    }

    /// <summary>Adds a forecast, 1 less it, the share of it that came true, and its weight.</summary>
    public void Add(double forecast, double complement, double hit, double weight)
        => _bins[BinOf(forecast)].Add(forecast, complement, hit, weight, weight * weight);

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state) => state.Raw<ReliabilitySums>(_bins);

    public ReliabilityDiagram ToDiagram()
    {
        if (!_isAuto)
            return ReliabilitySums.ToDiagram(_bins, _edges);
        ReliabilitySums all = default;
        foreach (ref readonly var bin in _bins.AsSpan())
            all.Add(bin);
        var together = _bins.Length / ReliabilityBinCount.OfEqualWidth(all.EffectiveRows);
        var merged = new ReliabilitySums[_bins.Length / together];
        for (var b = 0; b < _bins.Length; b++)
            merged[b / together].Add(_bins[b]);
        return ReliabilitySums.ToDiagram(merged, [.. _edges.Where((_, e) => e % together == 0)]);
    }

    private int BinOf(double forecast)
    {
        // The edge nearest to the forecast is the upper one of its bin, or the lower one. A float row may overshoot 1 by rounding.
        var edge = Math.Min((int)(forecast * _bins.Length + 0.5), _bins.Length);
        return Math.Clamp(forecast > _edges[edge] ? edge : edge - 1, 0, _bins.Length - 1);
    }
}

/// <summary>
/// How many bins so many rows fill: the cube root of their number, which balances a bin's chance, growing with the number of bins, against
/// what it blurs (as for a regressogram; Scott 1979 for histograms).
/// </summary>
internal static class ReliabilityBinCount
{
    /// <summary>
    /// The cube root of 65,536 rows, beyond which forecasts are kept in buckets that are cut at the edges of as many bins.
    /// </summary>
    public const int MostOfEqualWidth = 40;

    /// <summary>The cube root, rounded down; at least 1.</summary>
    public static int OfEqualMass(double rows) => rows > 1 ? (int)Math.Cbrt(rows + 1e-6) : 1;

    /// <summary>The largest divisor of <see cref="MostOfEqualWidth"/> that is not above the cube root: 1, 2, 4, 5, 8, 10, 20, 40.</summary>
    public static int OfEqualWidth(double rows) =>
        Enumerable.Range(1, Math.Min(OfEqualMass(rows), MostOfEqualWidth)).Last(bins => MostOfEqualWidth % bins == 0);
}

/// <summary>Reliability in bins of equal weight.</summary>
internal static class EqualMassReliability
{
    /// <summary>
    /// Cuts the forecasts, lowest first, at each further share 1/M of the weight; equal forecasts stay together, so that there
    /// may be fewer bins than asked for. Null leaves their number to the rows. Edges are the highest forecast of each bin.
    /// </summary>
    public static ReliabilityDiagram Of(List<ScoreGroup> groups, int? asked)
    {
        var total = groups.Sum(g => g.Weight);
        var bins = asked ?? ReliabilityBinCount.OfEqualMass(total * total / groups.Sum(g => g.SquaredWeights));
        List<ReliabilitySums> sums = [];
        List<double> edges = [groups.Count > 0 ? groups[0].Probability : 0];
        ReliabilitySums open = default;
        double seen = 0, cut = 1;
        for (var i = 0; i < groups.Count; i++)
        {
            var group = groups[i];
            open.Add(group.Probability, group.Complement, group.Positive / group.Weight, group.Weight, group.SquaredWeights);
            seen += group.Weight;
            // The tolerance lets sums of many weights reach their share in spite of rounding.
            var shares = seen / total * bins + 1e-9;
            if (shares >= cut || i == groups.Count - 1)
            {
                cut = Math.Floor(shares) + 1;
                sums.Add(open);
                edges.Add(group.Probability);
                open = default;
            }
        }
        return ReliabilitySums.ToDiagram(CollectionsMarshal.AsSpan(sums), CollectionsMarshal.AsSpan(edges));
    }
}

/// <summary>The weighted sums of one reliability bin.</summary>
internal struct ReliabilitySums
{
    // Weights, weighted forecasts, weighted hits, the variance of the latter: as one vector they are one addition.
    private Vector256<double> _sums;
    private double _squaredWeights;

    public readonly double Weight => _sums[0];

    /// <summary>0 without rows.</summary>
    public readonly double EffectiveRows => _squaredWeights == 0 ? 0 : Weight * Weight / _squaredWeights;

    /// <summary>The standard deviation of the weighted number of hits under perfect calibration.</summary>
    private readonly double SumDeviation => Math.Sqrt(Math.Max(_sums[3], 0));

    private readonly double Confidence => _sums[1] / Weight;

    private readonly double Frequency => _sums[2] / Weight;

    public void Add(in ReliabilitySums other)
    {
        _sums += other._sums;
        _squaredWeights += other._squaredWeights;
    }

    /// <summary>Adds rows of one forecast; <paramref name="hits"/> is the share of their weight for which the event came true.</summary>
    public void Add(double forecast, double complement, double hits, double weight, double squaredWeights)
    {
        _sums += Vector256.Create(weight, weight * forecast, weight * hits, squaredWeights * forecast * complement);
        _squaredWeights += squaredWeights;
    }

    public readonly ReliabilityBin ToBin(double lower, double upper) =>
        new(lower, upper, Weight, EffectiveRows, Confidence, Frequency, SumDeviation / Weight);

    /// <summary>A diagram of bins with these edges, one edge more than there are bins.</summary>
    public static ReliabilityDiagram ToDiagram(ReadOnlySpan<ReliabilitySums> sums, ReadOnlySpan<double> edges)
    {
        ReliabilityBin[] bins = new ReliabilityBin[sums.Length];
        double total = 0, byChance = 0, square = 0, squareWeight = 0;
        for (var b = 0; b < bins.Length; b++)
        {
            bins[b] = sums[b].ToBin(edges[b], edges[b + 1]);
            total += sums[b].Weight;
            // E|X| of a centred normal is sqrt(2 / pi) times its standard deviation.
            byChance += Math.Sqrt(2 / Math.PI) * sums[b].SumDeviation;
            var rows = sums[b].EffectiveRows;
            if (rows > 1)
            {
                squareWeight += sums[b].Weight;
                square += sums[b].Weight * (bins[b].Gap * bins[b].Gap - bins[b].Frequency * (1 - bins[b].Frequency) / (rows - 1));
            }
        }
        return new(bins, byChance / total, square / squareWeight);
    }
}
