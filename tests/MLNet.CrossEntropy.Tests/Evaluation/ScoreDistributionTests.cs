namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Exact in small, close in large, and blind to the order of rows in both.</summary>
public sealed class ScoreDistributionTests
{
    private const int Bins = 15;

    [Fact]
    public void Equal_forecasts_share_a_group_and_groups_ascend()
    {
        ScoreDistribution distribution = Of([(0.75, 1, 2), (0.25, 0, 1), (0.75, 0, 1), (0, 1, 1), (1, 1, 1)]);
        Assert.Equal(
            [new(0, 1, 1, 0, 1), new(0.25, 0.75, 0, 1, 1), new(0.75, 0.25, 2, 1, 5), new(1, 0, 1, 0, 1)],
            distribution.ToGroups());
        Assert.True(distribution.IsExact);
    }

    [Fact]
    public void Forecasts_near_1_keep_their_order_though_1_minus_them_is_tiny()
    {
        ScoreDistribution distribution = new(Bins);
        distribution.Add([ForecastKey.Of(1, 1e-20), ForecastKey.Of(1, 1e-30)], [1, 0], [1, 1]);
        Assert.Equal([1e-20, 1e-30], distribution.ToGroups().Select(g => g.Complement));
    }

    [Fact]
    public void Beyond_the_exact_rows_areas_stay_close()
    {
        (double, double, double)[] rows = Draw(2 * ScoreDistribution.ExactRows);
        List<ScoreGroup> groups = Of(rows).ToGroups();
        Assert.True(groups.Count < ScoreDistribution.ExactRows);
        Assert.Equal(SlowAuc(rows), RankingMetrics.RocAuc(groups), 1e-5);
        Assert.Equal(rows.Sum(r => r.Item3), groups.Sum(g => g.Weight), 1e-6);
        Assert.Equal(groups.OrderBy(g => g.Probability), groups);

        double brier = rows.Sum(r => r.Item3 * (r.Item1 - r.Item2) * (r.Item1 - r.Item2)) / rows.Sum(r => r.Item3);
        Assert.Equal(brier, IsotonicDecomposition.OfBrier(groups).Score, 1e-5);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(ScoreDistribution.ExactRows)]
    [InlineData(ScoreDistribution.ExactRows + 1)]
    public void Order_and_merging_change_nothing(int count)
    {
        (double, double, double)[] rows = Draw(count);
        double expected = RankingMetrics.RocAuc(Of(rows).ToGroups());

        ScoreDistribution merged = Of(rows[..(count / 3)]);
        merged.Merge(Of(rows[(count / 3)..]));
        Assert.Equal(count <= ScoreDistribution.ExactRows, merged.IsExact);
        Assert.Equal(expected, RankingMetrics.RocAuc(merged.ToGroups()), 1e-12);

        Array.Reverse(rows);
        Assert.Equal(expected, RankingMetrics.RocAuc(Of(rows).ToGroups()), 1e-12);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1000)]
    public void Beyond_the_exact_rows_reliability_bins_hold_the_rows_that_are_theirs(int bins)
    {
        (double Probability, double Label, double Weight)[] rows = Draw(2 * ScoreDistribution.ExactRows);
        // Forecasts at the very edges belong to the bin below.
        for (int b = 1; b <= bins; b++)
            rows[b].Probability = (double)b / bins;
        List<ScoreGroup> groups = Of(rows, bins).ToGroups();
        IReadOnlyList<ReliabilityBin> actual = ReliabilityAccumulator.Of(groups, bins).Bins;
        for (int b = 0; b < bins; b++)
        {
            (double Probability, double Label, double Weight)[] inside = [.. rows.Where(r => r.Probability > (double)b / bins && r.Probability <= (b + 1.0) / bins)];
            double weight = inside.Sum(r => r.Weight);
            Assert.Equal(weight, actual[b].Weight, 1e-8);
            if (weight == 0)
                continue;
            Assert.Equal(inside.Sum(r => r.Weight * r.Probability) / weight, actual[b].Confidence, 1e-12);
            Assert.Equal(inside.Sum(r => r.Weight * r.Label) / weight, actual[b].Frequency, 1e-12);
        }
    }

    private static (double Probability, double Label, double Weight)[] Draw(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double p = 1 / (1 + Math.Exp(8 * (random.NextDouble() - 0.5)));
            return (p, random.NextDouble() < p ? 1.0 : 0, 0.5 + random.NextDouble());
        })];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Plain_rows_all_at_once_are_the_rows_one_by_one(bool weighedRowsFollow)
    {
        (double Probability, double Label, double Weight)[] rows = [.. Draw(2 * ScoreDistribution.ExactRows).Select(r => (r.Probability, r.Label, 1.0))];
        (double Probability, double Label, double Weight)[] before = rows[..(ScoreDistribution.ExactRows + 1)], plain = rows[before.Length..^333], after = [(0.3, 0.25, 1), (0.9, 1, 2)];
        ScoreDistribution oneByOne = Of([.. before, .. plain]), atOnce = Of(before);
        long[] keys = [.. plain.Select(r => ForecastKey.Of(r.Probability, 1 - r.Probability))];
        Assert.True(atOnce.TryAddPlain(keys, [.. Enumerable.Range(0, plain.Length).Where(i => plain[i].Label == 1)]));
        foreach ((double p, double label, double weight) in weighedRowsFollow ? after : [])
        {
            oneByOne.Add([ForecastKey.Of(p, 1 - p)], [label], [weight]);
            atOnce.Add([ForecastKey.Of(p, 1 - p)], [label], [weight]);
        }

        Assert.Equal(oneByOne.ToGroups(), atOnce.ToGroups());
        Assert.Equal(before.Length + plain.Length + (weighedRowsFollow ? 0.25 * 0.25 + 0.75 * 0.75 + 4 : 0), atOnce.ToGroups().Sum(g => g.SquaredWeights), 1e-6);
        Assert.Equal(!weighedRowsFollow, atOnce.TryAddPlain(keys, []));
    }

    [Fact]
    public void Plain_rows_are_refused_while_there_is_room_for_each() => Assert.False(new ScoreDistribution(Bins).TryAddPlain([ForecastKey.Half], [0]));

    private static ScoreDistribution Of(IEnumerable<(double Probability, double Label, double Weight)> rows, int bins = Bins)
    {
        ScoreDistribution distribution = new(bins);
        foreach ((double p, double label, double weight) in rows)
            distribution.Add([ForecastKey.Of(p, 1 - p)], [label], [weight]);
        return distribution;
    }

    private static double SlowAuc((double Probability, double Label, double Weight)[] rows)
    {
        double wins = 0, negative = 0;
        foreach ((_, double label, double weight) in rows.OrderBy(r => r.Probability))
        {
            wins += label * weight * negative;
            negative += (1 - label) * weight;
        }
        return wins / negative / rows.Sum(r => r.Label * r.Weight);
    }
}
