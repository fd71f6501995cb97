namespace MLNet.CrossEntropy;

/// <summary>The weighted sums of one reliability bin.</summary>
internal struct ReliabilitySums
{
    private double _weight;
    private double _forecasts;
    private double _hits;
    private double _squaredWeights;
    private double _forecastVariance;

    public readonly double Weight => _weight;

    /// <summary>The standard deviation of the weighted number of hits under perfect calibration.</summary>
    private readonly double SumDeviation => Math.Sqrt(Math.Max(_forecastVariance, 0));

    private readonly double Confidence => _forecasts / Weight;

    private readonly double Frequency => _hits / Weight;

    /// <summary>Adds rows of one forecast; <paramref name="hits"/> is the share of their weight for which the event came true.</summary>
    public void Add(double forecast, double complement, double hits, double weight, double squaredWeights)
    {
        _weight += weight;
        _forecasts += weight * forecast;
        _hits += weight * hits;
        _squaredWeights += squaredWeights;
        _forecastVariance += squaredWeights * forecast * complement;
    }

    public void Merge(in ReliabilitySums other)
    {
        _weight += other._weight;
        _forecasts += other._forecasts;
        _hits += other._hits;
        _squaredWeights += other._squaredWeights;
        _forecastVariance += other._forecastVariance;
    }

    public readonly ReliabilityBin ToBin(double lower, double upper) =>
        new(lower, upper, Weight, Confidence, Frequency) { ChanceDeviation = SumDeviation / Weight };

    /// <summary>A diagram of bins with these edges, one edge more than there are bins.</summary>
    public static ReliabilityDiagram ToDiagram(ReadOnlySpan<ReliabilitySums> sums, ReadOnlySpan<double> edges)
    {
        ReliabilityBin[] bins = new ReliabilityBin[sums.Length];
        double total = 0, byChance = 0, square = 0, squareWeight = 0;
        for (int b = 0; b < bins.Length; b++)
        {
            bins[b] = sums[b].ToBin(edges[b], edges[b + 1]);
            total += sums[b].Weight;
            // E|X| of a centred normal is sqrt(2 / pi) times its standard deviation.
            byChance += Math.Sqrt(2 / Math.PI) * sums[b].SumDeviation;
            double rows = sums[b].Weight * sums[b].Weight / sums[b]._squaredWeights;
            if (rows > 1)
            {
                squareWeight += sums[b].Weight;
                square += sums[b].Weight * (bins[b].Gap * bins[b].Gap - bins[b].Frequency * (1 - bins[b].Frequency) / (rows - 1));
            }
        }
        return new(bins, byChance / total, square / squareWeight);
    }
}
