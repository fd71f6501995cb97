using System.Runtime.Intrinsics;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>The weighted sums of one reliability bin.</summary>
internal struct ReliabilitySums
{
    // Weights, weighted forecasts, weighted hits, the variance of the latter: as one vector they are one addition.
    private Vector256<double> _sums;
    private double _squaredWeights;

    public readonly double Weight => _sums[0];

    /// <summary>The standard deviation of the weighted number of hits under perfect calibration.</summary>
    private readonly double SumDeviation => Math.Sqrt(Math.Max(_sums[3], 0));

    private readonly double Confidence => _sums[1] / Weight;

    private readonly double Frequency => _sums[2] / Weight;

    /// <summary>Adds rows of one forecast; <paramref name="hits"/> is the share of their weight for which the event came true.</summary>
    public void Add(double forecast, double complement, double hits, double weight, double squaredWeights)
    {
        _sums += Vector256.Create(weight, weight * forecast, weight * hits, squaredWeights * forecast * complement);
        _squaredWeights += squaredWeights;
    }

    public readonly ReliabilityBin ToBin(double lower, double upper) =>
        new(lower, upper, Weight, Confidence, Frequency) { ChanceDeviation = SumDeviation / Weight };

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
            var rows = sums[b].Weight * sums[b].Weight / sums[b]._squaredWeights;
            if (rows > 1)
            {
                squareWeight += sums[b].Weight;
                square += sums[b].Weight * (bins[b].Gap * bins[b].Gap - bins[b].Frequency * (1 - bins[b].Frequency) / (rows - 1));
            }
        }
        return new(bins, byChance / total, square / squareWeight);
    }
}
