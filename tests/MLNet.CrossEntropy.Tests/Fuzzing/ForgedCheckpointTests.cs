using System.Buffers.Binary;
using System.Security.Cryptography;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>
/// Checkpoints that somebody has changed, with a checksum that is right: taken up where they might be another state of the fit, else
/// refused by the one error there is for that, and the file before them used.
/// </summary>
public sealed class ForgedCheckpointTests : IDisposable
{
    private const int Header = 20;

    private static readonly Dictionary<string, Fit> Fits = new()
    {
        ["dense SGD"] = new(false, 64, new() { Loss = Softmax, Outputs = 3, Solver = Solver.Sgd, Epochs = 9, BatchSize = 8 }),
        ["dense Adam"] = new(false, 64, new()
        {
            Loss = Softmax,
            Outputs = 3,
            Solver = Solver.Sgd,
            Optimizer = new Adam(),
            LearningRate = 0.01,
            Epochs = 9,
            BatchSize = 8,
        }),
        ["dense SAGA, validated"] = new(false, 64, new() { Loss = Softmax, Outputs = 3, Solver = Solver.Saga, Epochs = 9, BatchSize = 8 })
        {
            IsValidated = true,
        },
        ["sparse SAGA"] = new(true, 64, new() { Loss = Softmax, Outputs = 3, Solver = Solver.Saga, Epochs = 9, BatchSize = 8, L1 = 1e-3 }),
        ["streamed"] = new(true, 16, new() { Loss = Softmax, Outputs = 3, Solver = Solver.Sgd, Epochs = 9, BatchSize = 8, L2 = 0.01 })
        {
            IsStreamed = true,
        },
        ["Newton"] = new(false, 64, new() { Loss = Softmax, Outputs = 3, Solver = Solver.Newton, L2 = 1e-4, Tolerance = 0 })
        {
            EverySteps = 1,
        },
        ["Auto in its second half"] = new(false, 1_100, new() { Loss = Softmax, Outputs = 3, L2 = 1e-4 })
        {
            IsSkewed = true,
            Rows = 1_100,
            EverySteps = 50,
            Epochs = 5,
        },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => [.. Fits.Keys];

    private static LogitLoss Softmax => new SoftmaxCrossEntropyLoss();

    private string Current => _folder.File("fit.checkpoint");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_forged_state_is_refused_or_a_state(string name)
    {
        var fit = Fits[name];
        var whole = fit.Run(null);
        var (good, before) = Save(fit);
        Fuzz.Run(60, random =>
        {
            File.WriteAllBytes(Current, Forge(random.Next(2) == 0 ? good : before, random));
            File.Delete(Current + ".previous");
            var model = Outcome(fit, out var error);
            if (error is InvalidDataException)
                AssertRefused(error.Message);
            else
                AssertModel(model, error);
        });

        // Whatever was read of it leaves no trace in what is read of the file before.
        Fuzz.Run(6, random =>
        {
            File.WriteAllBytes(Current, Forge(good, random));
            File.WriteAllBytes(Current + ".previous", before);
            List<string> warnings = [];
            var model = Outcome(fit, out var error, warnings.Add);
            if (warnings.Exists(warning => warning.Contains("goes on from the one before", StringComparison.Ordinal)))
                Assert.Equal(whole.Weights, model!.Weights);
            else
                AssertModel(model, error);
        });
    }

    /// <summary>Each 4 and 8 bytes behind the identity in turn, where numbers are that others depend on.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_count_is_checked(string name)
    {
        var fit = Fits[name];
        var good = Save(fit).Good;
        var state = Header + 4 + BinaryPrimitives.ReadInt32LittleEndian(good.AsSpan(Header));
        long[] values = [-1, int.MaxValue, int.MinValue, long.MaxValue, 0x7FF8_0000_0000_0000];
        for (var at = state; at < Math.Min(state + 160, good.Length - 40); at += 4)
        {
            foreach (var value in values)
            {
                byte[] forged = [.. good];
                BinaryPrimitives.WriteInt64LittleEndian(forged.AsSpan(at), value);
                File.WriteAllBytes(Current, Sealed(forged));
                File.Delete(Current + ".previous");
                var model = Outcome(fit, out var error);
                if (error is not InvalidDataException)
                    AssertModel(model, error);
            }
        }
    }

    /// <summary>A file of some kilobytes that promises an identity of two gigabytes.</summary>
    [Fact]
    public void Memory_is_taken_for_what_is_there_alone()
    {
        var fit = Fits["dense SGD"];
        var forged = Save(fit).Good;
        BinaryPrimitives.WriteInt32LittleEndian(forged.AsSpan(Header), int.MaxValue);
        File.WriteAllBytes(Current, Sealed(forged));
        File.Delete(Current + ".previous");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Outcome(fit, out var error);
        AssertRefused(Assert.IsType<InvalidDataException>(error).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    /// <summary>The orders of rows are not in the file; of the rest, nothing makes another permutation of them.</summary>
    [Fact]
    public void An_order_is_always_a_permutation()
    {
        var order = new RowOrder(50, seed: 3);
        order.NextEpoch();
        order.NextEpoch();
        using var stream = new MemoryStream();
        order.Serialize(new StateStream(stream), 9);
        Assert.Equal(sizeof(long), stream.Length);
        var other = new RowOrder(50, seed: 3);
        stream.Position = 0;
        other.Serialize(new StateStream(stream, stream.Length), 9);
        Assert.Equal(order.NextEpoch().ToArray(), other.NextEpoch().ToArray());
        Assert.Equal(Enumerable.Range(0, 50), order.NextEpoch().ToArray().Order());
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => other.Serialize(new StateStream(stream, stream.Length), 1));
    }

    private static void AssertRefused(string message)
    {
        Assert.Contains("cannot be used: ", message, StringComparison.Ordinal);
        Assert.Contains("delete it or name another file to begin anew", message, StringComparison.Ordinal);
    }

    /// <summary>A state that might be one of this fit leads to weights, or to the error of a fit that diverges.</summary>
    private static void AssertModel(FittedLinearModel? model, Exception? error)
    {
        if (error is InvalidOperationException)
            return;
        Assert.Null(error);
        Assert.All(model!.Weights.Concat(model.Biases), weight => Assert.True(float.IsFinite(weight)));
    }

    private static byte[] Forge(byte[] good, Random random)
    {
        byte[] forged = [.. good];
        var payload = forged.Length - Header - SHA256.HashSizeInBytes;
        switch (random.Next(5))
        {
            case 0:
                for (var flips = random.Next(1, 30); flips > 0; flips--)
                    forged[Header + random.Next(payload)] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                BinaryPrimitives.WriteInt64LittleEndian(forged.AsSpan(Header + random.Next(payload - 8)), random.NextInt64());
                break;
            case 2:
                BinaryPrimitives.WriteDoubleLittleEndian(forged.AsSpan(Header + random.Next(payload - 8)), random.Of(Fuzz.Odd));
                break;
            case 3:
                BinaryPrimitives.WriteSingleLittleEndian(forged.AsSpan(Header + random.Next(payload - 4)), (float)random.Of(Fuzz.Odd));
                break;
            default:
                var length = random.Next(payload);
                forged = [.. forged[..(Header + length)], .. new byte[random.Of(0, 1, 8, 1000)], .. new byte[SHA256.HashSizeInBytes]];
                break;
        }

        return Sealed(forged);
    }

    /// <summary>The same bytes with the length and the checksum that belong to them.</summary>
    private static byte[] Sealed(byte[] file)
    {
        var end = file.Length - SHA256.HashSizeInBytes;
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(12), end - Header);
        SHA256.HashData(file.AsSpan(0, end), file.AsSpan(end));
        return file;
    }

    /// <summary>The files of a fit that was broken off: the last, and the one before it, from the middle of an epoch.</summary>
    private (byte[] Good, byte[] Before) Save(Fit fit)
    {
        using var source = new CancellationTokenSource();
        fit.Run(new CheckpointOptions { Path = Current, EverySteps = fit.EverySteps }, epoch =>
        {
            if (epoch.Epoch < fit.Epochs)
                return;
            // Where SGD is skewed, Newton's method, whose rate is 1, has gone on from it.
            if (fit.IsSkewed)
                Assert.Equal(1, epoch.LearningRate);
            source.Cancel();
        }, source.Token);
        return (File.ReadAllBytes(Current), File.ReadAllBytes(Current + ".previous"));
    }

    private FittedLinearModel? Outcome(Fit fit, out Exception? error, Action<string>? warn = null)
    {
        try
        {
            error = null;
            return fit.Run(new CheckpointOptions { Path = Current, Warn = warn });
        }
        catch (Exception failure)
        {
            error = failure;
            return null;
        }
    }

    private sealed record Fit(bool IsSparse, int RowsPerBlock, FitPlan Plan)
    {
        public bool IsValidated { get; init; }

        public bool IsStreamed { get; init; }

        public bool IsSkewed { get; init; }

        public int Rows { get; init; } = 60;

        public int EverySteps { get; init; } = 5;

        /// <summary>It is broken off after so many epochs.</summary>
        public int Epochs { get; init; } = 3;

        public FittedLinearModel Run(
            CheckpointOptions? checkpoint, Action<EpochReport>? onEpoch = null, CancellationToken cancellation = default)
        {
            var table = RowTable.Gaussian(Rows, 5, 3);
            if (IsSkewed)
                table = table with { X = [.. table.X.Select(row => row.Select(x => (float)Math.Exp(3 * x)).ToArray())] };
            var rows = IsSparse ? table.Thinned(0.5).Sparse(RowsPerBlock) : table.Dense(RowsPerBlock);
            var judged = IsValidated ? RowTable.Gaussian(20, 5, 3, seed: 2).Dense() : null;
            var plan = Plan with
            {
                Checkpoint = checkpoint,
                Seed = 5,
                Patience = 100,
                OnEpoch = onEpoch,
                Cancellation = cancellation,
            };
            if (!IsStreamed)
                return LinearSolver.Fit(rows, judged, plan);
            var source = new Source(rows);
            return LinearSolver.Fit(source, RowSummary.Of(new RowChunks(source), plan.Loss, plan.Outputs), judged, plan);
        }
    }

    private sealed class Source(List<RowBlock> blocks) : IRowSource
    {
        public IEnumerable<IReadOnlyList<RowBlock>> Chunks() => blocks.Chunk(1);
    }
}
