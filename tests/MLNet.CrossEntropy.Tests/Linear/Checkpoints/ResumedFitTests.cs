using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>A fit that crashes again and again and is taken up each time, against one that runs through: the same bits.</summary>
public sealed class ResumedFitTests : IDisposable
{
    // More than a certificate's rows and a few steps, fewer than the fit's: several crashes, each at another place of an epoch.
    private const int RowsBetweenCrashes = 473;

    private readonly TemporaryFolder _folder = new();

    private static readonly FitPlan Options = new()
    {
        Loss = new CrashingLoss(0),
        Outputs = 3,
        Epochs = 8,
        BatchSize = 8,
        Seed = 5,
        L2 = 1e-2,
        LearningRate = 0.02,
        Patience = 100,
    };

    public void Dispose() => _folder.Dispose();

    /// <summary>Sparse, solver, threads, validation, L1.</summary>
    public static TheoryData<bool, Solver, int, bool, double> Fits
    {
        get
        {
            var fits = new TheoryData<bool, Solver, int, bool, double>();
            foreach (var sparse in new[] { false, true })
            {
                foreach (var solver in new[] { Solver.Sgd, Solver.Saga })
                {
                    fits.Add(sparse, solver, 1, false, 0);
                    fits.Add(sparse, solver, 2, true, 1e-3);
                }
            }

            return fits;
        }
    }

    [Theory]
    [MemberData(nameof(Fits))]
    public void Every_form_and_method_ends_with_the_same_bits(bool sparse, Solver solver, int threads, bool validated, double l1)
    {
        // Wide enough that two threads take part in dense steps of 64 rows.
        var problem = RowTable.Gaussian(140, 300, 3).Thinned(sparse ? 0.1 : 1);
        var judged = RowTable.Gaussian(40, 300, 3, seed: 2);
        AssertSameBits(sparse ? problem.Sparse() : problem.Dense(), validated ? judged.Dense() : null, Options with
        {
            Solver = solver,
            Threads = threads,
            L1 = l1,
            BatchSize = threads > 1 ? 64 : 8,
            Epochs = threads > 1 ? 12 : 8,
        }, every: threads > 1 ? 1 : 3);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Newtons_method_ends_with_the_same_bits(bool sparse)
    {
        var problem = RowTable.Gaussian(140, 30, 3).Thinned(sparse ? 0.5 : 1);
        AssertSameBits(sparse ? problem.Sparse() : problem.Dense(), null, Options with
        {
            Solver = Solver.Newton,
            BatchSize = 0,
            LearningRate = null,
            L2 = 1e-6,
            Epochs = 20,
        }, every: 1, rowsBetweenCrashes: 1_000);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(6, 3)]
    [InlineData(7, 4)]
    public void With_rows_far_out_Newtons_method_ends_with_the_same_bits(int seed, int epochs)
    {
        // Whatever the others say of their feature, rows far out are of any class.
        var gaussian = RowTable.Gaussian(1_000, 6, 5);
        var random = new Random(seed);
        for (var i = 0; i < 12; i++)
        {
            var row = random.Next(1_000);
            (gaussian.X[row][random.Next(6)], gaussian.Y[row]) = (1e6f, random.Next(5));
        }

        var rows = gaussian.Dense();
        var plan = new FitPlan { Loss = new SoftmaxCrossEntropyLoss(), Outputs = 5, Solver = Solver.Newton, L2 = 1e-3 };
        var whole = LinearSolver.Fit(rows, null, plan);
        Assert.True(whole.History.Count > epochs);
        using var source = new CancellationTokenSource();
        var saved = plan with { Checkpoint = Checkpoint(every: null) };
        LinearSolver.Fit(rows, null, saved with
        {
            Cancellation = source.Token,
            OnEpoch = epoch =>
            {
                if (epoch.Epoch == epochs)
                    source.Cancel();
            },
        });
        var resumed = LinearSolver.Fit(rows, null, saved);
        Assert.Equal(epochs, resumed.ResumedFrom);
        AssertSame(whole, resumed);
    }

    [Fact]
    public void Where_Newtons_method_goes_on_after_SGD_it_ends_with_the_same_bits_too()
    {
        // So many rows that SGD goes first.
        var gaussian = RowTable.Gaussian(1_100, 6, 3);
        var problem = gaussian with { X = [.. gaussian.X.Select(row => row.Select(x => (float)Math.Exp(2 * x)).ToArray())] };
        var plan = Options with { Solver = Solver.Auto, BatchSize = 0, LearningRate = null, L2 = 1e-3, Epochs = 0 };
        var whole = LinearSolver.Fit(problem.Dense(), null, plan);
        Assert.Equal(Solver.Saga, whole.Start.Plan.Solver);
        Assert.Contains(whole.History, epoch => epoch.LearningRate == 1);
        AssertSameBits(problem.Dense(), null, plan, every: 1, rowsBetweenCrashes: 6_000, crashes: 1);
    }

    [Theory]
    [MemberData(nameof(AllOptimizers.Names), MemberType = typeof(AllOptimizers))]
    public void Every_optimizer_ends_with_the_same_bits(string name) =>
        AssertSameBits(RowTable.Gaussian(140, 7, 3).Dense(), null, Options with
        {
            Solver = Solver.Sgd,
            Optimizer = AllOptimizers.Rule(name),
            LearningRate = null,
            Schedule = AllOptimizers.ScheduleOf(name),
        }, every: 5);

    [Fact]
    public void A_derived_rate_is_not_derived_again() =>
        AssertSameBits(RowTable.Gaussian(70, 30, 3).Thinned(0.2).Sparse(), null, Options with { LearningRate = null, Epochs = 3 },
            every: 2, rowsBetweenCrashes: 3_000, crashes: 0);

    [Fact]
    public void Cuts_after_a_divergence_stay_cut()
    {
        var rows = RowTable.Gaussian(140, 6, 3).Dense();
        var options = Options with { LearningRate = 500, Epochs = 12, Solver = Solver.Sgd };
        Assert.True(LinearSolver.Fit(rows, null, options).History[0].LearningRate < 100);
        AssertSameBits(rows, null, options, every: 4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Streamed_rows_go_on_in_their_chunk(bool sparse)
    {
        var problem = RowTable.Gaussian(140, 9, 3).Thinned(sparse ? 0.3 : 1);
        AssertSameBits(sparse ? problem.Sparse(16) : problem.Dense(16), null, Options, every: 3, streamed: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(18)]
    [InlineData(40)]
    public void A_cancelled_fit_goes_on_from_the_very_step(int steps)
    {
        var rows = RowTable.Gaussian(140, 7, 3).Dense();
        var whole = LinearSolver.Fit(rows, null, Options with { Loss = new CancellingLoss(null, 0) });
        using var source = new CancellationTokenSource();
        var options = Options with { Checkpoint = Checkpoint(every: null), Cancellation = source.Token };
        var broken = LinearSolver.Fit(rows, null,
            options with { Loss = new CancellingLoss(source, (steps - 1) / 18 * 140 + (steps - 1) % 18 * 8 + 1) });
        Assert.Equal(steps, broken.Steps);
        var resumed = LinearSolver.Fit(rows, null, options with { Cancellation = default, Loss = new CancellingLoss(source, 0) });
        Assert.Equal(steps, resumed.ResumedFrom);
        Assert.Equal(whole.Weights, resumed.Weights);
        Assert.Empty(Directory.GetFiles(_folder.Name));
    }

    private CheckpointOptions Checkpoint(long? every) => new() { Path = _folder.File("fit.checkpoint"), EverySteps = every };

    private void AssertSameBits(
        List<RowBlock> rows, List<RowBlock>? judged, FitPlan options, long every, bool streamed = false,
            int rowsBetweenCrashes = RowsBetweenCrashes, int crashes = 2)
    {
        FittedLinearModel Fit(FitPlan with) => !streamed
            ? LinearSolver.Fit(rows, judged, with)
            : LinearSolver.Fit(new Chunks(rows), RowSummary.Of(new RowChunks(new Chunks(rows)), with.Loss, with.Outputs), judged, with);
        var whole = Fit(options);
        var saved = options with { Checkpoint = Checkpoint(every) };
        AssertSame(whole, Fit(saved));

        var crashed = 0;
        FittedLinearModel? resumed = null;
        while (resumed is null)
        {
            try
            {
                resumed = Fit(saved with { Loss = new CrashingLoss(rowsBetweenCrashes) });
            }
            catch (CrashingLoss.Crash)
            {
                Assert.InRange(++crashed, 1, 100);
            }
        }

        Assert.InRange(crashed, crashes, 100);
        Assert.Equal(crashes > 0, resumed.ResumedFrom > 0);
        AssertSame(whole, resumed);
        Assert.Empty(Directory.GetFiles(_folder.Name));
    }

    private static void AssertSame(FittedLinearModel expected, FittedLinearModel actual)
    {
        Assert.Equal(expected.Weights, actual.Weights);
        Assert.Equal(expected.Biases, actual.Biases);
        Assert.Equal(expected.Certificate, actual.Certificate);
        Assert.Equal((expected.Steps, expected.StopReason, expected.BestEpoch), (actual.Steps, actual.StopReason, actual.BestEpoch));
        Assert.Equal(expected.History.Select(WithoutTime), actual.History.Select(WithoutTime));
    }

    private static EpochReport WithoutTime(EpochReport epoch) => epoch with { Elapsed = TimeSpan.Zero };

    /// <summary>Blocks in memory as a source of chunks of two blocks.</summary>
    private sealed class Chunks(List<RowBlock> blocks) : IRowSource
    {
        IEnumerable<IReadOnlyList<RowBlock>> IRowSource.Chunks() => blocks.Chunk(2);
    }
}
