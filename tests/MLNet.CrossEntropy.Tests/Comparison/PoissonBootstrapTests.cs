using MLNet.CrossEntropy.Comparison;

namespace MLNet.CrossEntropy.Tests.Comparison;

public sealed class PoissonBootstrapTests
{
    [Fact]
    public void Weights_are_Poisson_of_mean_1()
    {
        const int Keys = 4000;
        var draws = new double[PoissonWeights.ChunkLength];
        var counts = new long[12];
        for (var key = 0; key < Keys; key++)
        {
            PoissonWeights.Draw(seed: 1, (ulong)key, chunk: 2, draws);
            foreach (var draw in draws)
                counts[(int)draw]++;
        }

        double n = Keys * draws.Length, probability = Math.Exp(-1);
        for (var k = 0; k < 7; k++)
        {
            // Five standard deviations of a binomial count.
            Assert.Equal(probability, counts[k] / n, 5 * Math.Sqrt(probability / n));
            probability /= k + 1;
        }
        Assert.Equal(1, counts.Select((count, k) => k * count).Sum() / n, 5 / Math.Sqrt(n));
    }

    [Fact]
    public void Weights_of_other_rows_resamples_and_seeds_are_other_draws()
    {
        double[][] draws =
            [.. new (ulong Seed, ulong Key, int Chunk)[] { (1, 1, 0), (1, 2, 0), (1, 1, 1), (2, 1, 0), (1, 1, 0) }.Select(d =>
        {
            var weights = new double[PoissonWeights.ChunkLength];
            PoissonWeights.Draw(d.Seed, d.Key, d.Chunk, weights);
            return weights;
        })];
        Assert.Equal(draws[0], draws[4]);
        Assert.Equal(4, draws.Take(4).DistinctBy(d => string.Join(' ', d)).Count());
    }

    [Fact]
    public void Agrees_with_the_analytic_interval_on_well_behaved_rows()
    {
        // 4,000 resamples: the standard error is known to 1 in 90, a 2.5 % quantile to 0.042 standard errors.
        var rows = Draw(2500);
        var actual = ComparedRows.Compare(rows, new() { BootstrapResamples = 4000, Seed = 1 });
        Assert.Equal(4000, actual.BootstrapResamples);
        Assert.Equal(1, actual.BootstrapStandardError!.Value / actual.StandardError, 0.05);
        var interval = actual.BootstrapInterval!.Value;
        Assert.Equal(0, (interval.Lower - actual.Interval.Lower) / actual.StandardError, 0.2);
        Assert.Equal(0, (interval.Upper - actual.Interval.Upper) / actual.StandardError, 0.2);
    }

    [Fact]
    public void Resamples_groups_as_a_whole()
    {
        // Each row eight times: the plain bootstrap takes the copies for news, the grouped one does not.
        ComparedRow[] rows = [.. Draw(200).Select((r, i) => r with { Weight = 1, Group = i })];
        ComparedRow[] copies = [.. Enumerable.Range(0, 8).SelectMany(_ => rows)];
        var once = ComparedRows.Compare(rows, new() { Seed = 1 }).BootstrapStandardError!.Value;
        var plain = ComparedRows.Compare(copies, new() { Seed = 1 }).BootstrapStandardError!.Value;
        var grouped = ComparedRows.Compare(copies, new() { Seed = 1, GroupColumnName = "Group" }).BootstrapStandardError!.Value;
        Assert.Equal(1 / Math.Sqrt(8), plain / once, 0.05);
        Assert.Equal(1, grouped / once, 0.1);
    }

    [Fact]
    public void The_same_bits_on_any_number_of_threads()
    {
        var rows = Draw(1700);
        (ConfidenceInterval?, double?)[] intervals =
            [.. new[] { 1, 2, 5 }.Select(threads => Bootstrap(rows, new() { Seed = 9, NumberOfThreads = threads }))];
        Assert.Equal(intervals[0], intervals[1]);
        Assert.Equal(intervals[0], intervals[2]);
    }

    [Fact]
    public void The_seed_decides()
    {
        var rows = Draw(100);
        var one = Bootstrap(rows, new() { Seed = 1 });
        Assert.Equal(one, Bootstrap(rows, new() { Seed = 1 }));
        Assert.NotEqual(one, Bootstrap(rows, new() { Seed = 2 }));

        // Without one it is the MLContext's to decide, and the result says what it was.
        CrossEntropyComparison drawn = ComparedRows.Run(rows, new()), again = ComparedRows.Run(rows, new());
        Assert.Equal(Of(drawn.Pairs[0]), Of(again.Pairs[0]));
        Assert.Equal(Of(drawn.Pairs[0]), Bootstrap(rows, new() { Seed = drawn.Seed }));
    }

    private static (ConfidenceInterval?, double?) Bootstrap(ComparedRow[] rows, ComparisonOptions options) =>
        Of(ComparedRows.Compare(rows, options));

    private static (ConfidenceInterval?, double?) Of(PairedComparison pair) => (pair.BootstrapInterval, pair.BootstrapStandardError);

    [Fact]
    public void Intervals_cover_the_truth_as_often_as_they_say()
    {
        // 400 data sets of 60 rows whose models are equally good: the count of covering 95 % intervals is binomial, standard deviation 4.4.
        const int Sets = 400;
        int analytic = 0, bootstrap = 0;
        for (var set = 0; set < Sets; set++)
        {
            var actual =
                ComparedRows.Compare(
                Draw(60, seed: set), new() { BootstrapResamples = 200, Seed = set, NumberOfThreads = 1 }, weighted: false);
            analytic += Covers(actual.Interval);
            bootstrap += Covers(actual.BootstrapInterval!.Value);
        }
        Assert.InRange(analytic, 0.95 * Sets - 18, 0.95 * Sets + 18);
        // Percentile intervals of 60 rows are a little short.
        Assert.InRange(bootstrap, 0.93 * Sets - 18, 0.95 * Sets + 18);

        static int Covers(ConfidenceInterval interval) => interval.Lower <= 0 && interval.Upper >= 0 ? 1 : 0;
    }

    /// <summary>Rows whose models are equally good: which of two forecasts is whose is a coin's toss.</summary>
    private static ComparedRow[] Draw(int count, int seed = 5)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int one = random.Next(10, 50), other = random.Next(10, 50);
            return new ComparedRow(0, [one, 1, 63 - one], [other, 1, 63 - other], random.Next(1, 4), Id: i);
        })];
    }
}
