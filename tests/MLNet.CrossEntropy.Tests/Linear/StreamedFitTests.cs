using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Fits to rows that are read anew in each epoch, against fits to rows in memory.</summary>
public sealed class StreamedFitTests
{
    private static readonly FitPlan ThreeClasses = new()
    {
        Loss = new SoftmaxCrossEntropyLoss(),
        Outputs = 3,
        Solver = Solver.Sgd,
        Epochs = 4,
        Seed = 5,
        L2 = 1e-3,
    };

    private static readonly JsonNode Golden = GoldenFile.Load("sklearn-fits.json");

    /// <summary>Form, and rows: more than the scaling looks at, and fewer.</summary>
    public static TheoryData<bool, int> Forms => new() { { false, 700 }, { true, 700 }, { false, 20_000 }, { true, 20_000 } };

    [Theory]
    [MemberData(nameof(Forms))]
    public void One_chunk_of_all_rows_gives_the_bits_of_rows_in_memory(bool sparse, int rows)
    {
        var blocks = Blocks(Weighted(RowTable.Gaussian(rows, 9, 3)), sparse);
        AssertSameBits(LinearSolver.Fit(blocks, null, ThreeClasses), Fit(new Source(blocks, blocks.Count), ThreeClasses));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chunks_of_one_batch_each_take_the_steps_of_rows_in_memory(bool sparse)
    {
        // One batch is all there is: chunks as large as the batch visit the same rows together, whatever the order within.
        var blocks = Blocks(Weighted(RowTable.Gaussian(16 * 20, 9, 3)), sparse);
        var streamed = Fit(new Source(blocks, 2), ThreeClasses with { BatchSize = 32, LearningRate = 0.05 });
        Assert.Equal(4 * 10, streamed.History[^1].Steps);
        Assert.Equal(streamed.Certificate.DataTerm,
            LinearSolver.Fit(blocks, null, ThreeClasses with { BatchSize = 32, LearningRate = 0.05 }).Certificate.DataTerm, 2e-2);
    }

    [Fact]
    public void A_batch_ends_with_its_chunk()
    {
        var blocks = RowTable.Gaussian(64 * 5 + 10, 4, 3).Dense();
        Assert.Equal(4 * (2 * 3 + 2), Fit(new Source(blocks, 2), ThreeClasses with { BatchSize = 50 }).History[^1].Steps);
        // A batch of more rows than a chunk is the chunk.
        Assert.Equal(4 * 3, Fit(new Source(blocks, 2), ThreeClasses with { BatchSize = 1_000 }).History[^1].Steps);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_changes_no_bit(bool sparse)
    {
        var blocks = Blocks(RowTable.Gaussian(700, 300, 3), sparse);
        var options = ThreeClasses with { BatchSize = 64, L1 = 1e-4 };
        var alone = Fit(new Source(blocks, 3), options with { Threads = 1 });
        foreach (var threads in new[] { 2, 8 })
            AssertSameBits(alone, Fit(new Source(blocks, 3), options with { Threads = threads }));
    }

    public static TheoryData<string, bool> GoldenFits => new()
    {
        { "iris", false },
        { "iris", true },
        { "breast_cancer", true },
    };

    [Theory]
    [MemberData(nameof(GoldenFits))]
    public void A_small_pool_comes_near_the_golden_optimum(string dataset, bool standardised)
    {
        var fit = Golden["fits"]!.AsArray().First(fit =>
            fit!["dataset"]!.GetValue<string>() == dataset && (fit["scaling"]!.GetValue<string>() == "standard") == standardised
            && fit["weighting"]?.GetValue<string>() is null && fit["class_weight"] is null && fit["l1"].Number() == 0)!;
        var ordered = RowTable.FromGolden(dataset, standardised) with { Weights = null };

        // A chunk is three blocks of 16 rows, and rows come mixed: iris is sorted by class.
        int[] mixed = [.. Enumerable.Range(0, ordered.Rows).Select(i => i * 7 % ordered.Rows)];
        Assert.Equal(ordered.Rows, mixed.Distinct().Count());
        var problem = ordered with { X = [.. mixed.Select(i => ordered.X[i])], Y = [.. mixed.Select(i => ordered.Y[i])] };
        var binary = fit["kind"]!.GetValue<string>() == "binary";
        var result = Fit(new Source(problem.Dense(rowsPerBlock: 16), 3), new FitPlan
        {
            Loss = binary ? new SigmoidCrossEntropyLoss() : new SoftmaxCrossEntropyLoss(),
            Outputs = binary ? 1 : problem.Classes,
            L2 = fit["l2"].Number(),
            Seed = 1,
        });
        var optimum = fit["objective"].Number();
        Assert.InRange(result.Certificate.Objective, optimum * (1 - 1e-5), optimum * 1.01);
    }

    [Fact]
    public void Every_pass_ends_before_the_next_begins_and_their_number_is_known()
    {
        var source = new Source(RowTable.Gaussian(600, 5, 3).Dense(), 2);
        Fit(source, ThreeClasses);
        // The summary, the scaling, the first chunk for the learning rate, four epochs, the certificate, and the rows of its estimate.
        Assert.Equal(9, source.Passes);
        Assert.Equal(8 * 5 + 1, source.ChunksGiven);
    }

    [Fact]
    public void Cancelling_in_the_middle_of_an_epoch_reads_no_further()
    {
        using var cancellation = new CancellationTokenSource();
        var source = new Source(RowTable.Gaussian(600, 5, 3).Dense(), 2);
        source.OnChunk = () =>
        {
            if (source.Passes == 5 && source.ChunksGiven % 5 == 3)
                cancellation.Cancel();
        };
        var result = Fit(source, ThreeClasses with { Cancellation = cancellation.Token });
        Assert.Equal(StopReason.Cancelled, result.StopReason);
        Assert.Single(result.History);
    }

    [Fact]
    public void An_explosion_retreats_as_it_does_in_memory()
    {
        var blocks = RowTable.Gaussian(300, 6, 3).Dense();
        var result = Fit(new Source(blocks, 2), ThreeClasses with { Epochs = 30, LearningRate = 3_000 });
        Assert.True(result.History[^1].LearningRate < 3_000);
        Assert.InRange(result.Certificate.DataTerm, 0, Math.Log(3));
    }

    [Fact]
    public void Saga_is_refused_and_auto_is_sgd()
    {
        var blocks = RowTable.Gaussian(200, 5, 3).Dense();
        var error = Assert.Throws<ArgumentException>(() => Fit(new Source(blocks, 2), ThreeClasses with { Solver = Solver.Saga }));
        Assert.Contains("Solver is Saga; it must be Sgd or Auto", error.Message, StringComparison.Ordinal);
        AssertSameBits(Fit(new Source(blocks, 2), ThreeClasses), Fit(new Source(blocks, 2), ThreeClasses with { Solver = Solver.Auto }));
    }

    [Fact]
    public void Chunks_that_are_not_alike_are_refused()
    {
        List<RowBlock> blocks = [.. RowTable.Gaussian(64, 5, 3).Dense(), .. RowTable.Gaussian(64, 6, 3).Dense()];
        var error = Assert.Throws<ArgumentException>(() => Fit(new Source(blocks, 1), ThreeClasses));
        Assert.Contains("from 64 on has 6 features", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Fit(new Source([], 1), ThreeClasses));
    }

    private static FittedLinearModel Fit(Source source, FitPlan options) =>
        LinearSolver.Fit(source, RowSummary.Of(new RowChunks(source), options.Loss, options.Outputs), null, options);

    private static List<RowBlock> Blocks(RowTable problem, bool sparse) => sparse ? problem.Thinned(0.2).Sparse() : problem.Dense();

    private static RowTable Weighted(RowTable problem) =>
        problem with { Weights = [.. Enumerable.Range(0, problem.Rows).Select(i => 0.3f + i % 4)] };

    private static void AssertSameBits(FittedLinearModel expected, FittedLinearModel actual)
    {
        Assert.Equal(expected.Weights, actual.Weights);
        Assert.Equal(expected.Biases, actual.Biases);
        Assert.Equal(expected.Certificate, actual.Certificate);
        Assert.Equal(expected.History.Select(report => report.Objective), actual.History.Select(report => report.Objective));
    }

    /// <summary>Blocks in memory as a source that gives one pass at a time, and spoils each block once it is given back.</summary>
    private sealed class Source(List<RowBlock> blocks, int poolBlocks) : IRowSource
    {
        private bool _isOpen;

        public int Passes { get; private set; }

        public int ChunksGiven { get; private set; }

        public Action? OnChunk { get; set; }

        public IEnumerable<IReadOnlyList<RowBlock>> Chunks()
        {
            Assert.False(_isOpen, "two passes at once");
            _isOpen = true;
            Passes++;
            try
            {
                foreach (var chunk in blocks.Chunk(poolBlocks))
                {
                    RowBlock[] copies = [.. chunk.Select(Copy)];
                    ChunksGiven++;
                    OnChunk?.Invoke();
                    yield return copies;
                    foreach (var copy in copies)
                        copy.Values.AsSpan().Fill(float.NaN);
                }
            }
            finally
            {
                _isOpen = false;
            }
        }

        private static RowBlock Copy(RowBlock block)
        {
            float[] values = [.. block.Values];
            var copy = block.IsSparse
                ? RowBlock.Sparse(block.Rows, block.Features, block.RowStarts!, block.Indices!, values)
                : RowBlock.Dense(block.Rows, block.Features, values);
            return copy with { Classes = block.Classes, Weights = block.Weights };
        }
    }
}
