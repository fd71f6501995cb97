using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Tests.Shared;


namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Machines that each hold a part of the rows fit one model together; here a machine is a thread.</summary>
public sealed class GradientSumTests
{
    private static readonly RowTable Problem =
        RowTable.Gaussian(rows: 240, features: 37, classes: 3) with { Weights = [.. Enumerable.Range(0, 240).Select(i => 0.5f + i % 5)] };

    private static readonly SgdOptions Options = new()
    {
        Loss = new SoftmaxCrossEntropyLoss(),
        Outputs = 3,
        Solver = Solver.Sgd,
        Epochs = 25,
        BatchSize = 240,
        Shuffle = false,
        Standardization = Standardization.None,
        LearningRate = 0.2,
        InitialBiases = [0.1f, -0.2f, 0.1f],
        L2 = 0.01,
    };

    /// <summary>Parts of the rows, and the L1 penalty: halves of unequal weight, unequal parts, a part that weighs nothing.</summary>
    public static TheoryData<int, int, double> Parts => new()
    {
        { 120, 1, 0 },
        { 120, 2, 0.01 },
        { 17, 1, 0.01 },
        { 239, 2, 0 },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public void Two_machines_with_a_part_of_the_rows_each_fit_what_one_fits_to_all(int rowsOfFirst, int threads, double l1)
    {
        var options = Options with { L1 = l1, Threads = threads };
        var alone = SgdLoop.Fit(Problem.Dense(), null, options);
        var together = FitTogether(options, Part(0, rowsOfFirst), Part(rowsOfFirst, Problem.Rows));

        Assert.All(alone.Weights.Zip(together[0].Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(alone.Biases.Zip(together[0].Biases), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(together[0].Weights, together[1].Weights);
        Assert.Equal(together[0].Biases, together[1].Biases);
        Assert.Equal(alone.History[^1].Objective, together[0].History[^1].Objective, 1e-5);
        Assert.True(Distance(alone, SgdLoop.Fit(Part(0, rowsOfFirst).Dense(), null, options)) > 1e-3, "the other part changes nothing");
    }

    [Fact]
    public void A_machine_whose_rows_weigh_nothing_goes_along()
    {
        var weightless = Part(0, 120) with { Weights = [.. Enumerable.Range(0, 120).Select(i => i == 0 ? 1f : 0f)] };
        var rest = Part(120, Problem.Rows);
        var options = Options with { BatchSize = 40 };

        // Batches two and three of the first machine weigh nothing, and yet it takes the steps of the second's.
        var together = FitTogether(options, weightless, rest);
        Assert.Equal(together[0].Weights, together[1].Weights);
        Assert.Equal(3 * options.Epochs!.Value, together[0].History[^1].Steps);
    }

    [Fact]
    public void Machines_that_diverge_retreat_together()
    {
        var options = Options with { LearningRate = 40, Momentum = 0, BatchSize = 40, Epochs = 10 };
        var together = FitTogether(options, Part(0, 120), Part(120, Problem.Rows));
        Assert.True(together[0].History[^1].LearningRate < 10);
        Assert.Equal(together[0].Weights, together[1].Weights);
        Assert.All(together[0].Weights, weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void What_cannot_be_summed_is_refused()
    {
        var options = Options with { GradientSum = new Exchange(1).Member(0) };
        var saga = Assert.Throws<ArgumentException>(() => SgdLoop.Fit(Problem.Dense(), null, options with { Solver = Solver.Saga }));
        Assert.Contains("Solver is Saga", saga.Message, StringComparison.Ordinal);
        var sparse = Assert.Throws<ArgumentException>(() => SgdLoop.Fit(Problem.Sparse(), null, options));
        Assert.Contains("sparse rows", sparse.Message, StringComparison.Ordinal);
    }

    private static RowTable Part(int from, int to) =>
        Problem with { X = Problem.X[from..to], Y = Problem.Y[from..to], Weights = Problem.Weights![from..to] };

    private static double Distance(SgdResult one, SgdResult other) => one.Weights.Zip(other.Weights).Max(pair => Math.Abs(pair.First - pair.Second));

    private static SgdResult[] FitTogether(SgdOptions options, params RowTable[] parts)
    {
        using var exchange = new Exchange(parts.Length);
        var results = new SgdResult[parts.Length];
        Exception? failure = null;
        Thread[] threads = [.. parts.Select((part, i) => new Thread(() =>
        {
            try
            {
                results[i] = SgdLoop.Fit(part.Dense(), null, options with { GradientSum = exchange.Member(i) });
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return failure is null ? results : throw new InvalidOperationException("A machine failed.", failure);
    }

    /// <summary>Sums in memory: everybody puts his sums on the table, waits for the others, and adds all up in the same order.</summary>
    private sealed class Exchange(int members) : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

        private readonly float[]?[] _table = new float[members][];
        private readonly Barrier _barrier = new(members);

        public IGradientSum Member(int number) => new OneOf(this, number);

        public void Dispose() => _barrier.Dispose();

        private void Meet()
        {
            if (!_barrier.SignalAndWait(Patience))
                throw new TimeoutException("The machines do not take the same steps.");
        }

        private sealed class OneOf(Exchange exchange, int number) : IGradientSum
        {
            public void Sum(Span<float> sums)
            {
                exchange._table[number] = sums.ToArray();
                exchange.Meet();
                sums.Clear();
                foreach (var part in exchange._table)
                {
                    for (var i = 0; i < sums.Length; i++)
                        sums[i] += part![i];
                }

                exchange.Meet();
            }
        }
    }
}
