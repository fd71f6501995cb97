using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Evaluations by several ranks, each of its own rows, beside that of all rows in one process: the same text, digit for digit.</summary>
public sealed class ClusterEvaluationTests
{
    /// <summary>After which of 10 parts of the rows each rank ends: even, and with ranks that have none, the first and the last among
    /// them.</summary>
    public static TheoryData<int[]> Splits => new([5, 10], [3, 3, 10], [0, 1, 10, 10], [1, 2, 4, 5, 5, 7, 9, 10]);

    [Theory]
    [MemberData(nameof(Splits))]
    public void Multiclass_metrics_have_the_bits_of_one_process(int[] ends) =>
        // More rows than are kept one by one, and a number that no block divides.
        AssertSame(Generate(80_011), ends, (data, cluster) => Evaluate(data, cluster, options =>
        {
            (options.IdColumnName, options.SegmentColumnName, options.ExampleWeightColumnName) = ("Id", "Segment", "Weight");
            (options.WorstRows, options.InvalidScore, options.UnknownClass) = (7, BadRowPolicy.CountAsMistake, BadRowPolicy.CountAsMistake);
        }));

    [Theory]
    [MemberData(nameof(Splits))]
    public void So_have_those_of_few_rows_of_many_segments(int[] ends) =>
        // Forecasts are kept one by one; there are more segments than are told apart, and ranks meet them in other orders.
        AssertSame(Generate(12_011), ends, (data, cluster) => Evaluate(data, cluster, options =>
            options.SegmentColumnName = "Many"));

    [Theory]
    [MemberData(nameof(Splits))]
    public void So_have_binary_metrics_where_a_score_shows_late_that_it_is_no_logit(int[] ends)
    {
        foreach (var disagreeing in (int[])[-1, 10_000])
        {
            var rows = Generate(12_011);
            if (disagreeing >= 0)
                rows[disagreeing].Logit = 9;
            AssertSame(rows, ends, (data, cluster) => new MLContext(1).BinaryClassification.EvaluateCrossEntropy(
                data, new BinaryEvaluationOptions { Cluster = cluster, LabelColumnName = "Yes", ScoreColumnName = "Logit" }).ToJson());
        }
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void So_have_multi_label_metrics(int[] ends) =>
        AssertSame(Generate(12_011), ends, (data, cluster) => new MLContext(1).MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            data, new MultiLabelEvaluationOptions { Cluster = cluster, LabelColumnName = "Answers", ScoreColumnName = "Logits" }).ToJson());

    [Fact]
    public void What_scores_are_the_first_rows_of_all_say()
    {
        // 16 blocks of 1,024 rows decide; the next row would say otherwise, and loud.
        var rows = Generate(20_000);
        foreach (var row in rows[(16 * 1_024)..])
            row.Score = [-1, 2, 0];
        AssertSame(rows, [0, 5, 10], (data, cluster) => Evaluate(data, cluster));
    }

    [Theory]
    [InlineData(29_000, "Rank 3 of 4: ", "'z'")]
    [InlineData(7_000, "Rank 1 of 4: ", "'z'")]
    // The last row of rank 0 fills no block; rank 1 gets it, without the text of its label.
    [InlineData(6_001, "Rank 1 of 4: ", "rank before")]
    public void A_bad_row_is_told_on_all_ranks_and_nobody_waits(int bad, string rank, string label)
    {
        var rows = Generate(30_011);
        rows[bad].Label = "z";
        var outcomes = ThreadCluster.Try(4, cluster => Evaluate(
            View(Part(rows, [2, 5, 7, 10], cluster.Rank)), cluster, options => options.UnknownClass = BadRowPolicy.Throw));
        Assert.All(outcomes, outcome => Assert.StartsWith(rank, outcome.Failure!.Message, StringComparison.Ordinal));
        Assert.All(outcomes, outcome => Assert.Contains(label, outcome.Failure!.Message, StringComparison.Ordinal));
        Assert.All(outcomes, outcome => Assert.Contains(
            bad.ToString(CultureInfo.InvariantCulture), outcome.Failure!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Ranks_of_other_classes_are_refused()
    {
        var outcomes = ThreadCluster.Try(2, cluster => Evaluate(
            View(Generate(100)), cluster, options => options.ClassNames = cluster.Rank == 0 ? ["a", "b", "c"] : ["a", "c", "b"]));
        Assert.All(outcomes, outcome => Assert.Contains("has Classes: a, c, b, and rank 0", outcome.Failure!.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Sums_travel_and_rows_do_not()
    {
        var rows = Generate(200_000);
        var bytes = ThreadCluster.Run(4, cluster =>
        {
            _ = Evaluate(View(Part(rows, [2, 5, 7, 10], cluster.Rank)), cluster);
            return cluster.Bytes;
        });
        // A row's label, weight and three scores are 24 bytes, which all ranks would tell three others.
        Assert.InRange(bytes.Sum(), 1, 24L * rows.Length * 3 / 2);
    }

    private static string Evaluate(IDataView data, ThreadCluster? cluster, Action<MulticlassEvaluationOptions>? set = null)
    {
        var options = new MulticlassEvaluationOptions { Cluster = cluster, ClassNames = ["a", "b", "c"] };
        set?.Invoke(options);
        return new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(data, options).ToJson();
    }

    private static void AssertSame(Scored[] rows, int[] ends, Func<IDataView, ThreadCluster?, string> evaluate)
    {
        var whole = evaluate(View(rows), null);
        Assert.All(
            ThreadCluster.Run(ends.Length, cluster => evaluate(View(Part(rows, ends, cluster.Rank)), cluster)),
            part => Assert.Equal(whole, part));
    }

    private static Scored[] Part(Scored[] rows, int[] ends, int rank) =>
        rows[(rank == 0 ? 0 : rows.Length * ends[rank - 1] / 10)..(rows.Length * ends[rank] / 10)];

    private static IDataView View(Scored[] rows) => new MLContext(1).Data.LoadFromEnumerable(rows);

    private static Scored[] Generate(int count)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            float[] scores = [random.NextSingle() + 0.01f, random.NextSingle() + 0.01f, random.NextSingle() + 0.01f];
            var logit = (float)(4 * random.NextDouble() - 2);
            return new Scored
            {
                Label = "abc"[random.Next(3)].ToString(),
                Score = i % 5_003 == 17 ? [float.NaN, 0, 0] : [.. scores.Select(score => score / scores.Sum())],
                Weight = i % 3_001 == 5 ? 0 : i % 7 == 0 ? 0.3f : 1,
                Id = $"row {i}",
                Segment = i % 11 == 0 ? "" : $"segment {i / 3_000}",
                Many = i % 1_300,
                Yes = random.Next(2) == 1,
                Logit = logit,
                Probability = (float)(1 / (1 + Math.Exp(-logit))),
                Answers = [random.Next(2), random.Next(20) == 0 ? float.NaN : random.Next(2)],
                Logits = [logit, 1 - logit],
            };
        })];
    }

    private sealed class Scored
    {
        public string Label { get; set; } = "";

        [VectorType(3)]
        public float[] Score { get; set; } = [];

        public float Weight { get; set; }

        public string Id { get; set; } = "";

        public string Segment { get; set; } = "";

        public float Many { get; set; }

        public bool Yes { get; set; }

        public float Logit { get; set; }

        public float Probability { get; set; }

        [VectorType(2)]
        public float[] Answers { get; set; } = [];

        [VectorType(2)]
        public float[] Logits { get; set; } = [];
    }
}
