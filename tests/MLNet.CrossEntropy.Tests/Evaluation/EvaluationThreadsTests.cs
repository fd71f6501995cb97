using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>Evaluations on several threads: the same bits, the same errors, flat memory.</summary>
public sealed class EvaluationThreadsTests
{
    // More than the exact rows of a score distribution, and several waves of blocks.
    private const int Rows = 80_000;

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false, true, 2)]
    [InlineData(false, true, 3)]
    [InlineData(false, true, 8)]
    [InlineData(true, true, 2)]
    [InlineData(true, true, 8)]
    [InlineData(false, false, 2)]
    [InlineData(true, false, 3)]
    public void Multiclass_metrics_are_the_same_bits_on_any_number_of_threads(bool logits, bool weighted, int threads)
    {
        GeneratedScores view = new(Rows, logits);
        Assert.Equal(Multiclass(view, 1, weighted: weighted).ToJson(), Multiclass(view, threads, weighted: weighted).ToJson());
    }

    [Fact]
    public void Exact_metrics_drawn_on_several_threads_are_the_same_bits()
    {
        GeneratedScores view = new(60_000, logits: false);
        var expected = Multiclass(view, 1, weighted: false);
        Assert.True(expected.HasExactDistributions);
        Assert.Equal(expected.ToJson(), Multiclass(view, 3, weighted: false).ToJson());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Binary_and_multi_label_metrics_are_the_same_bits_on_any_number_of_threads(int threads)
    {
        GeneratedScores view = new(Rows, logits: false);
        Assert.Equal(Binary(view, 1).ToJson(), Binary(view, threads).ToJson());
        Assert.Equal(MultiLabel(view, 1).ToJson(), MultiLabel(view, threads).ToJson());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_first_bad_row_is_the_one_reported(int threads)
    {
        GeneratedScores view = new(Rows, logits: false, badRows: [30_000, 30_001, 61_000]);
        var error = Assert.Throws<InvalidOperationException>(() => Multiclass(view, threads, BadRowPolicy.Throw));
        Assert.StartsWith("Row 30000 has a score that is not finite", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_row_that_cannot_be_read_is_reported_unless_one_before_it_is_bad(int threads)
    {
        GeneratedScores unreadable = new(Rows, logits: false, badRows: [], unreadableRow: 30_000);
        Assert.Equal("row 30000", Assert.Throws<IOException>(() => Multiclass(unreadable, threads, BadRowPolicy.Throw)).Message);

        // The bad row is in an earlier block than the unreadable one, which has been read by the time the bad one is judged.
        GeneratedScores both = new(Rows, logits: false, badRows: [20_000], unreadableRow: 30_000);
        Assert.StartsWith(
            "Row 20000 ", Assert.Throws<InvalidOperationException>(() => Multiclass(both, threads, BadRowPolicy.Throw)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_read_on_the_callers_thread()
    {
        GeneratedScores view = new(Rows, logits: false);
        _ = Multiclass(view, 4);
        Assert.Equal([Environment.CurrentManagedThreadId], view.ReadingThreads);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_rows()
    {
        // ML.NET's own allocations a cursor are small and the same for both.
        long Allocated(int rows)
        {
            GeneratedScores view = new(rows, logits: false);
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = Multiclass(view, 1);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        _ = Allocated(Rows);
        long few = Allocated(Rows), many = Allocated(4 * Rows);
        Assert.True(many - few < 64 * 1024, $"{few} bytes for {Rows} rows, {many} for {4 * Rows}");
    }

    [Fact]
    public void A_bad_number_of_threads_is_refused()
        => Assert.Contains(
            "NumberOfThreads", Assert.Throws<ArgumentOutOfRangeException>(() => Multiclass(new(10, logits: false), 0)).Message,
            StringComparison.Ordinal);

    private MulticlassCrossEntropyMetrics Multiclass(
        GeneratedScores view, int threads, BadRowPolicy invalidScore = BadRowPolicy.Skip, bool weighted = true) =>
        _ml.MulticlassClassification.EvaluateCrossEntropy(view, new MulticlassEvaluationOptions
        {
            NumberOfThreads = threads,
            InvalidScore = invalidScore,
            ExampleWeightColumnName = weighted ? "Weight" : null,
        });

    private BinaryCrossEntropyMetrics Binary(GeneratedScores view, int threads) =>
        _ml.BinaryClassification.EvaluateCrossEntropy(view, new BinaryEvaluationOptions
        {
            NumberOfThreads = threads,
            LabelColumnName = "IsFirst",
            ScoreColumnName = null,
            ProbabilityColumnName = "First",
            ExampleWeightColumnName = "Weight",
        });

    private MultiLabelCrossEntropyMetrics MultiLabel(GeneratedScores view, int threads) =>
        _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(view, new MultiLabelEvaluationOptions
        {
            NumberOfThreads = threads,
            LabelColumnName = "Labels",
            ExampleWeightColumnName = "Weight",
        });
}
