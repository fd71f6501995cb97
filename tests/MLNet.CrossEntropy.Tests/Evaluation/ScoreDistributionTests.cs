using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Exact in small, close in large, and blind to the order of rows in both.</summary>
public sealed class ScoreDistributionTests
{
    private const int Bins = 15;

    [Fact]
    public void Equal_forecasts_share_a_group_and_groups_ascend()
    {
        var distribution = Of([(0.75, 1, 2), (0.25, 0, 1), (0.75, 0, 1), (0, 1, 1), (1, 1, 1)]);
        Assert.Equal(
            [new(0, 1, 1, 0, 1), new(0.25, 0.75, 0, 1, 1), new(0.75, 0.25, 2, 1, 5), new(1, 0, 1, 0, 1)],
            distribution.Groups());
        Assert.True(distribution.IsExact);
    }

    [Fact]
    public void Forecasts_near_1_keep_their_order_though_1_minus_them_is_tiny()
    {
        ScoreDistribution distribution = new(Bins);
        distribution.Add([ForecastKey.Of(1, 1e-20), ForecastKey.Of(1, 1e-30)], [1, 0], [1, 1]);
        Assert.Equal([1e-20, 1e-30], distribution.Groups().Select(g => g.Complement));
    }

    [Fact]
    public void Beyond_the_exact_rows_areas_stay_close()
    {
        (double, double, double)[] rows = Draw(2 * ScoreDistribution.ExactRows);
        var groups = Of(rows).Groups();
        Assert.True(groups.Count < ScoreDistribution.ExactRows);
        Assert.Equal(SlowAuc(rows), RankingMetrics.RocAuc(groups), 1e-5);
        Assert.Equal(rows.Sum(r => r.Item3), groups.Sum(g => g.Weight), 1e-6);
        Assert.Equal(groups.OrderBy(g => g.Probability), groups);

        var brier = rows.Sum(r => r.Item3 * (r.Item1 - r.Item2) * (r.Item1 - r.Item2)) / rows.Sum(r => r.Item3);
        Assert.Equal(brier, IsotonicDecomposition.Of(CollectionsMarshal.AsSpan(groups), new(1e-13, fromLogits: false)).Brier.Score, 1e-5);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(ScoreDistribution.ExactRows)]
    [InlineData(ScoreDistribution.ExactRows + 1)]
    public void Order_changes_nothing(int count)
    {
        (double, double, double)[] rows = Draw(count);
        var forward = Of(rows);
        Assert.Equal(count <= ScoreDistribution.ExactRows, forward.IsExact);
        var expected = RankingMetrics.RocAuc(forward.Groups());
        Array.Reverse(rows);
        Assert.Equal(expected, RankingMetrics.RocAuc(Of(rows).Groups()), 1e-12);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(1000)]
    public void Beyond_the_exact_rows_reliability_bins_hold_the_rows_that_are_theirs(int bins)
    {
        var rows = Draw(2 * ScoreDistribution.ExactRows);
        // Forecasts at the very edges belong to the bin below.
        for (var b = 1; b <= bins; b++)
            rows[b].Probability = (double)b / bins;
        var groups = Of(rows, bins).Groups();
        var actual = ReliabilityAccumulator.Of(groups, bins).Bins;
        for (var b = 0; b < bins; b++)
        {
            (double Probability, double Label, double Weight)[] inside =
                [.. rows.Where(r => r.Probability > (double)b / bins && r.Probability <= (b + 1.0) / bins)];
            var weight = inside.Sum(r => r.Weight);
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
            var p = 1 / (1 + Math.Exp(8 * (random.NextDouble() - 0.5)));
            return (p, random.NextDouble() < p ? 1.0 : 0, 0.5 + random.NextDouble());
        })];
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1000, true)]
    [InlineData(2 * ScoreDistribution.ExactRows, false)]
    [InlineData(2 * ScoreDistribution.ExactRows, true)]
    public void Plain_rows_all_at_once_are_the_rows_one_by_one(int count, bool weighedRowsToo)
    {
        (double Probability, double Label, double Weight)[] plain = [.. Draw(count).Select(r => (r.Probability, r.Label, 1.0))];
        plain[3].Probability = 1e-25;
        plain[4].Probability = 0;
        (double Probability, double Label, double Weight)[] weighed = weighedRowsToo ? [(0.3, 0.25, 1), (plain[7].Probability, 1, 2)] : [];
        ScoreDistribution oneByOne = Of([.. plain, .. weighed]), atOnce = Of(weighed);
        for (var start = 0; start < count; start += 1000)
        {
            var some = plain[start..Math.Min(count, start + 1000)];
            atOnce.AddPlain([.. some.Select(r => ForecastKey.Of(r.Probability, 1 - r.Probability))], Hits(some));
        }
        AssertClose(oneByOne.Groups(), atOnce.Groups());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(1000)]
    public void Probabilities_fall_where_their_keys_fall(int bins)
    {
        Random random = new(bins);
        List<float> probabilities = [0, 1, 1.0000001f, 0.5f, float.Epsilon, 1e-30f];
        for (var b = 1; b < bins; b++)
        {
            var edge = (float)((double)b / bins);
            probabilities.AddRange([edge, MathF.BitIncrement(edge), MathF.BitDecrement(edge)]);
        }
        while (probabilities.Count < 20_000)
            probabilities.AddRange([random.NextSingle(), MathF.Exp(-60 * random.NextSingle()), 1 - MathF.Exp(-16 * random.NextSingle())]);
        (double Probability, double Label, double Weight)[] rows =
            [.. probabilities.Select(p => ((double)Math.Min(p, 1), random.NextDouble() < 0.5 ? 1.0 : 0, 1.0))];

        // Beyond the exact rows in both; the second time round without any that is tiny.
        ScoreDistribution fromKeys = new(bins), fromProbabilities = new(bins);
        (double Probability, double Label, double Weight)[] added = [];
        for (var round = 0; round < 5; round++)
        {
            var some = round % 2 == 0 ? rows : [.. rows.Where(r => r.Probability is > 1e-18 and < 1)];
            added = [.. added, .. some];
            fromKeys.AddPlain([.. some.Select(r => ForecastKey.Of(r.Probability, 1 - r.Probability))], Hits(some));
            fromProbabilities.AddPlain([.. some.Select(r => (float)r.Probability)], Hits(some));
        }
        Assert.False(fromProbabilities.IsExact);
        Assert.Equal(fromKeys.Groups(), fromProbabilities.Groups());
        AssertClose(Of(added, bins).Groups(), fromProbabilities.Groups());
    }

    [Fact]
    public void Millions_of_rows_in_one_bucket_are_counted()
    {
        const int Rounds = 3000, AtOnce = 1000;
        float[] probabilities = [.. Enumerable.Repeat(MathF.BitDecrement(0.25f), AtOnce)];
        ScoreDistribution distribution = new(Bins);
        for (var round = 0; round < Rounds; round++)
            distribution.AddPlain(probabilities, [0, 1]);
        var group = Assert.Single(distribution.Groups());
        Assert.Equal((2.0 * Rounds, 998.0 * Rounds, 1000.0 * Rounds), (group.Positive, group.Negative, group.SquaredWeights));
        Assert.Equal(probabilities[0], group.Probability, 1e-15);
    }

    private static int[] Hits((double Probability, double Label, double Weight)[] rows) =>
        [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].Label == 1)];

    /// <summary>The same groups; means of tails to 2^-29, to which rows of weight 1 are kept.</summary>
    private static void AssertClose(List<ScoreGroup> expected, List<ScoreGroup> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((var e, var a) in expected.Zip(actual))
        {
            Assert.Equal(e.Positive, a.Positive, 1e-9);
            Assert.Equal(e.Negative, a.Negative, 1e-9);
            Assert.Equal(e.SquaredWeights, a.SquaredWeights, 1e-9);
            var tolerance = Math.Min(e.Probability, e.Complement) * Math.Pow(2, -28) + 1e-300;
            Assert.Equal(e.Probability, a.Probability, tolerance + 1e-16);
            Assert.Equal(Math.Min(e.Probability, e.Complement), Math.Min(a.Probability, a.Complement), tolerance);
        }
    }

    private static ScoreDistribution Of(IEnumerable<(double Probability, double Label, double Weight)> rows, int bins = Bins)
    {
        ScoreDistribution distribution = new(bins);
        foreach ((var p, var label, var weight) in rows)
            distribution.Add([ForecastKey.Of(p, 1 - p)], [label], [weight]);
        return distribution;
    }

    private static double SlowAuc((double Probability, double Label, double Weight)[] rows)
    {
        double wins = 0, negative = 0;
        foreach ((_, var label, var weight) in rows.OrderBy(r => r.Probability))
        {
            wins += label * weight * negative;
            negative += (1 - label) * weight;
        }
        return wins / negative / rows.Sum(r => r.Label * r.Weight);
    }
}

file static class ScoreDistributionGroups
{
    public static List<ScoreGroup> Groups(this ScoreDistribution distribution)
    {
        List<ScoreGroup> groups = [default];
        distribution.CopyGroupsTo(groups);
        return groups;
    }
}
