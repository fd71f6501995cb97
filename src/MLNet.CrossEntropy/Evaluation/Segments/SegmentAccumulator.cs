using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Losses and reliability of the rows of each segment; of a multi-label model the reliability is that of its answers.</summary>
internal sealed class SegmentAccumulator(SegmentNames names, int? reliabilityBins, LossFloor floor, bool isBinary)
{
    private readonly List<Sums> _segments = [];

    public void Add(EvaluatedBlock block)
    {
        AddLosses(block);
        AddForecasts(block);
    }

    public void Add(MultiLabelBlock block)
    {
        AddLosses(block.OfRows);
        foreach (var answers in block.OfLabel)
            AddForecasts(answers);
    }

    private void AddLosses(EvaluatedBlock block)
    {
        for (var row = 0; row < block.Count; row++)
        {
            SumsOf(block.SegmentOf(block.Sources[row])).LogLoss
                .Add(block.Losses[row], block.ClippedLosses[row], block.Weights[row], block.IsRounded(row));
        }
        foreach ((var source, _, var weight) in block.Mistakes)
            SumsOf(block.SegmentOf(source)).LogLoss.Add(double.PositiveInfinity, floor.Largest, weight);
    }

    private void AddForecasts(EvaluatedBlock block)
    {
        for (var row = 0; row < block.Count; row++)
        {
            var key = isBinary ? block.Forecasts[row] : block.TopForecasts[row];
            var hit = isBinary ? block.TargetOf(1, row) : block.Hits[row];
            SumsOf(block.SegmentOf(block.Sources[row])).Reliability
                .Add(ForecastKey.Probability(key), ForecastKey.Complement(key), hit, block.Weights[row]);
        }
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        var count = _segments.Count;
        state.Raw(ref count);
        for (var segment = 0; segment < count; segment++)
        {
            state.Raw(ref SumsOf(segment).LogLoss);
            SumsOf(segment).Reliability.Serialize(state);
        }
    }

    /// <summary>The segments that have rows; first those that differ most surely from all others.</summary>
    public IReadOnlyList<SegmentMetrics> ToMetrics(double level)
    {
        int[] filled = [.. Enumerable.Range(0, _segments.Count).Where(s => _segments[s].LogLoss.Rows > 0)];
        // All rows before and after a segment, merged from both ends: no difference of large sums.
        var before = new WeightedMoments[filled.Length + 1];
        var after = new WeightedMoments[filled.Length + 1];
        for (var i = 0; i < filled.Length; i++)
        {
            before[i + 1] = before[i];
            before[i + 1].Merge(_segments[filled[i]].LogLoss.Moments);
            var fromEnd = filled.Length - 1 - i;
            after[fromEnd] = after[fromEnd + 1];
            after[fromEnd].Merge(_segments[filled[fromEnd]].LogLoss.Moments);
        }
        SegmentMetrics[] segments =
        [
            .. filled.Select((s, i) =>
            {
                var others = before[i];
                others.Merge(after[i + 1]);
                return Of(s, others, before[^1], level);
            }),
        ];
        return
        [
            .. HolmAdjustment.Of(segments, s => s.PValue, (s, adjusted) => s with { AdjustedPValue = adjusted })
                .OrderBy(s => double.IsNaN(s.PValue)).ThenBy(s => s.PValue).ThenByDescending(s => Math.Abs(s.Difference)),
        ];
    }

    private SegmentMetrics Of(int segment, WeightedMoments others, WeightedMoments all, double level)
    {
        ref readonly var sums = ref _segments[segment].LogLoss;
        var own = sums.Moments;
        // Losses are skewed, so that a few rows of low loss vary little: they are taken to vary no less than all rows do.
        var error = Math.Max(own.StandardError, all.StandardError * Math.Sqrt(all.EffectiveCount / own.EffectiveCount));
        var welch = WelchTest.Of(own.Mean, error, own.EffectiveCount, others.Mean, others.StandardError, others.EffectiveCount);
        var share = own.Weight / all.Weight;
        return new()
        {
            Name = names[segment],
            IsMissing = segment == SegmentNames.Missing,
            IsLumped = segment == SegmentNames.Others,
            Rows = sums.Rows,
            Share = share,
            ShareInterval = BetaDistribution.ClopperPearson(share * all.EffectiveCount, all.EffectiveCount, level),
            LogLoss = sums.LogLoss,
            ClippedLogLoss = sums.ClippedLogLoss,
            LogLossInterval = StudentT.Interval(sums.ClippedLogLoss, own.StandardError, own.EffectiveCount - 1, level),
            Reliability = _segments[segment].Reliability.ToDiagram(),
            Difference = welch.Difference,
            DifferenceInterval = welch.Interval(level),
            PValue = welch.PValue,
        };
    }

    private Sums SumsOf(int segment)
    {
        while (_segments.Count <= segment)
            _segments.Add(new(reliabilityBins));
        return _segments[segment];
    }

    private sealed class Sums(int? reliabilityBins)
    {
        public LogLossSums LogLoss;

        public ReliabilityAccumulator Reliability { get; } = new(reliabilityBins);
    }
}

/// <summary>
/// Two means of independent rows: Welch (1947), "The generalization of Student's problem when several different population variances are
/// involved", Biometrika 34.
/// </summary>
internal readonly record struct WelchTest(double Difference, double StandardError, double DegreesOfFreedom)
{
    /// <summary>The two-sided p-value.</summary>
    public double PValue => StudentT.TwoSidedPValue(Difference, StandardError, DegreesOfFreedom);

    public static WelchTest Of(double mean, double error, double rows, double otherMean, double otherError, double otherRows)
    {
        double one = error * error, other = otherError * otherError, sum = one + other;
        return new(mean - otherMean, Math.Sqrt(sum), sum * sum / (one * one / (rows - 1) + other * other / (otherRows - 1)));
    }

    public ConfidenceInterval Interval(double level) => StudentT.Interval(Difference, StandardError, DegreesOfFreedom, level);
}
