using System.Diagnostics;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Files that are not what they should be: refused, and the one before them used.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private static readonly List<RowBlock> Rows = RowTable.Gaussian(60, 3, 3).Dense();

    private static readonly FitPlan Options = new()
    {
        Loss = new CancellingLoss(null, 0),
        Outputs = 3,
        Epochs = 9,
        BatchSize = 8,
        Seed = 5,
        LearningRate = 0.1,
    };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    private string Current => _folder.File("fit.checkpoint");

    private string Previous => _folder.File("fit.checkpoint.previous");

    private FitPlan Saving => Options with { Checkpoint = new CheckpointOptions { Path = Current, EverySteps = 10, Warn = _warnings.Add } };

    [Fact]
    public void A_pipe_and_a_link_to_nowhere_are_no_checkpoints()
    {
        if (OperatingSystem.IsWindows())
            return;
        using (var made = Process.Start("mkfifo", Current))
            made.WaitForExit();
        Assert.Contains("it has 0 bytes, too few", Refusal(), StringComparison.Ordinal);
        File.Move(Current, _folder.File("pipe"));
        File.CreateSymbolicLink(Current, _folder.File("pipe"));
        Assert.Contains("it has 0 bytes, too few", Refusal(), StringComparison.Ordinal);
        File.Delete(Current);
        File.CreateSymbolicLink(Current, _folder.File("nowhere"));
        Assert.Contains($"Could not find file '{_folder.File("nowhere")}', and there is none before it", Refusal(), StringComparison.Ordinal);

        string Refusal() => Assert.Throws<InvalidDataException>(() => LinearSolver.Fit(Rows, null, Saving)).Message;
    }

    [Fact]
    public void Any_byte_that_is_flipped_is_noticed()
    {
        BreakOff(steps: 25);
        var good = File.ReadAllBytes(Current);
        File.Delete(Previous);
        var masks = Gen.Choose(1, 255);
        var flips = Gen.Choose(0, good.Length - 1).SelectMany(at => masks.Select(mask => (at, mask))).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(1UL, 3UL), Prop.ForAll(flips, flip =>
        {
            byte[] bytes = [.. good];
            bytes[flip.at] ^= (byte)flip.mask;
            return IsRefused(bytes);
        }));

        // The header and the beginning of the payload, all of them.
        for (var at = 0; at < 40; at++)
        {
            byte[] bytes = [.. good];
            bytes[at] ^= 1;
            Assert.True(IsRefused(bytes), $"byte {at}");
        }
    }

    [Fact]
    public void A_file_that_is_torn_or_too_long_is_noticed()
    {
        BreakOff(steps: 25);
        var good = File.ReadAllBytes(Current);
        File.Delete(Previous);
        foreach (var length in Enumerable.Range(0, 80).Concat(Enumerable.Range(good.Length - 60, 60)))
            Assert.True(IsRefused(good[..length]), $"{length} bytes");
        Assert.True(IsRefused([.. good, 0]));
    }

    public static TheoryData<byte[], string> Foreign => new()
    {
        { [], "it has 0 bytes, too few for a checkpoint" },
        { new byte[100], "it is no checkpoint: it begins with 0000000000000000" },
        { [.. "CE-CKPT\n"u8, 3, 0, 0, 0, .. new byte[100]], "it has version 3 of the format, and this library reads version 4" },
        { [.. "CE-CKPT\n"u8, 4, 0, 0, 0, .. new byte[100]], "its length is 112 bytes where its header promises a payload of 0: it is "
            + "torn" },
        { [.. "CE-CKPT\n"u8, 4, 0, 0, 0, 100, .. new byte[139]], "its checksum is wrong" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void A_foreign_file_is_refused_with_what_it_is(byte[] bytes, string what)
    {
        File.WriteAllBytes(Current, bytes);
        var error = Assert.Throws<InvalidDataException>(() => LinearSolver.Fit(Rows, null, Saving));
        Assert.StartsWith($"The checkpoint '{Current}' cannot be used: {what}", error.Message, StringComparison.Ordinal);
        Assert.Contains("and there is none before it", error.Message, StringComparison.Ordinal);
        Assert.Contains("delete it or name another file to begin anew", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Current));
    }

    public static TheoryData<string, string> Others => new()
    {
        { "rows", "Training rows was 60 x 3, " },
        { "labels", "Training rows was 60 x 3, " },
        { "validation", "Validation rows was none and is now 20, " },
        { "rate", "LearningRate was 0.1 and is now 0.2" },
        { "seed", "Seed was 5 and is now 6" },
        { "l2", "L2 was 0 and is now 0.5" },
        { "epochs", "Epochs was 9 and is now 10" },
        { "loss", "Loss was CancellingLoss { Name = cancelling } and is now SoftmaxCrossEntropyLoss { ClassWeights = [], "
            + "LabelSmoothing = 0.1, " },
        { "optimizer", "Optimizer was none and is now Sgd { " },
        { "weights", "InitialWeights was none and is now [" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void A_file_of_another_fit_is_refused_with_what_differs(string other, string difference)
    {
        BreakOff(steps: 25);
        var table = RowTable.Gaussian(60, 3, 3);
        var rows = other switch
        {
            "rows" => RowTable.Gaussian(60, 3, 3, seed: 2).Dense(),
            "labels" => (table with { Y = [.. table.Y.Select((y, i) => i == 7 ? (y + 1) % 3 : y)] }).Dense(),
            _ => Rows,
        };
        var options = other switch
        {
            "rate" => Saving with { LearningRate = 0.2 },
            "seed" => Saving with { Seed = 6 },
            "l2" => Saving with { L2 = 0.5 },
            "epochs" => Saving with { Epochs = 10 },
            "loss" => Saving with { Loss = new SoftmaxCrossEntropyLoss(labelSmoothing: 0.1) },
            "optimizer" => Saving with { Optimizer = new Sgd { Momentum = 0.9 } },
            "weights" => Saving with { InitialWeights = new float[9] },
            _ => Saving,
        };
        var error = Assert.Throws<InvalidDataException>(() =>
            LinearSolver.Fit(rows, other == "validation" ? RowTable.Gaussian(20, 3, 3).Dense() : null, options));
        Assert.Contains($"it is of another fit: {difference}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"nor can the one before it, '{Previous}': it is of another fit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_changes_no_step_may_change()
    {
        BreakOff(steps: 25);
        var resumed = LinearSolver.Fit(Rows, null, Saving with { Threads = 2, OnEpoch = _ => { } });
        Assert.Equal(25, resumed.ResumedFrom);
    }

    [Theory]
    [InlineData("flipped")]
    [InlineData("torn")]
    [InlineData("missing")]
    public void Of_a_damaged_file_the_one_before_it_is_used(string damage)
    {
        var whole = LinearSolver.Fit(Rows, null, Options);
        BreakOff(steps: 25);
        var bytes = File.ReadAllBytes(Current);
        bytes[^40] ^= 4;
        if (damage == "missing")
            File.Delete(Current);
        else
            File.WriteAllBytes(Current, damage == "torn" ? bytes[..^1] : bytes);
        var resumed = LinearSolver.Fit(Rows, null, Saving);
        Assert.Equal(20, resumed.ResumedFrom);
        Assert.Equal(whole.Weights, resumed.Weights);
        if (damage == "missing")
            Assert.Empty(_warnings);
        else
            Assert.Contains("The fit goes on from the one before it", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_file_never_takes_the_place_of_the_good_one()
    {
        BreakOff(steps: 25);
        var previous = File.ReadAllBytes(Previous);
        File.WriteAllBytes(Current, [1, 2, 3]);
        BreakOff(steps: 23, from: 20);
        Assert.Equal(previous, File.ReadAllBytes(Previous));
    }

    [Fact]
    public void A_disk_that_fails_is_a_warning_once()
    {
        // A folder stands where the next file should be written.
        Directory.CreateDirectory(Current + ".next");
        var whole = LinearSolver.Fit(Rows, null, Options);
        Assert.Equal(whole.Weights, LinearSolver.Fit(Rows, null, Saving).Weights);
        Assert.Contains("could not be written", _warnings.Single(), StringComparison.Ordinal);
    }

    /// <summary>Numbers may overflow between two saves, of which the fit itself has more to say.</summary>
    [Fact]
    public void A_state_that_is_none_is_not_saved_and_a_warning_once()
    {
        var objective = 1.0;
        Checkpoint checkpoint = new(Saving.Checkpoint!, "a fit", state => state.Value(ref objective, -1, 1));
        checkpoint.Write(1, 1);
        var good = File.ReadAllBytes(Current);
        objective = double.NaN;
        checkpoint.Write(2, 2);
        checkpoint.Write(3, 3);
        Assert.Contains("could not be written: its objective is NaN, where -1 to 1 can be.", _warnings.Single(), StringComparison.Ordinal);
        Assert.Equal(good, File.ReadAllBytes(Current));
        Assert.Equal([Current], Directory.GetFiles(Path.GetDirectoryName(Current)!));
    }

    [Fact]
    public void A_disk_that_fails_now_and_then_is_a_warning_once()
    {
        var next = Current + ".next";
        var model = LinearSolver.Fit(Rows, null, Saving with
        {
            OnEpoch = epoch => _ = epoch.Epoch % 2 == 0 ? Directory.CreateDirectory(next) : Remove(next),
        });
        Assert.True(model.History.Count > 3);
        Assert.Contains("could not be written", _warnings.Single(), StringComparison.Ordinal);

        static DirectoryInfo? Remove(string folder)
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder);
            return null;
        }
    }

    [Fact]
    public void A_folder_where_the_file_should_be_is_an_error_at_once()
    {
        Directory.CreateDirectory(Current);
        var error = Assert.Throws<IOException>(() => LinearSolver.Fit(Rows, null, Saving));
        Assert.Contains("is a folder; name a file", error.Message, StringComparison.Ordinal);
        Assert.Equal([Current], Directory.GetFileSystemEntries(_folder.Name));
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_an_error_at_once()
    {
        var error = Assert.Throws<DirectoryNotFoundException>(() =>
            LinearSolver.Fit(Rows, null, Options with { Checkpoint = new CheckpointOptions { Path = _folder.File("none/fit") } }));
        Assert.Contains("create it", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, null, null, 4)]
    [InlineData(null, 10L, null, 7)]
    [InlineData(3, 30L, null, 2)]
    [InlineData(null, null, 1L, 72)]
    [InlineData(null, null, TimeSpan.TicksPerDay, 0)]
    public void Files_are_written_as_often_as_asked(int? epochs, long? steps, long? ticks, int expected)
    {
        // 9 epochs of 8 steps; the end of the last epoch needs no file. Each save has another time in it.
        HashSet<string> seen = [];
        void Look()
        {
            if (File.Exists(Current))
                seen.Add(Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Current))));
        }

        LinearSolver.Fit(Rows, null, Options with
        {
            Loss = new LookingLoss(Look),
            OnEpoch = _ => Look(),
            Checkpoint = Saving.Checkpoint! with
            {
                EveryEpochs = epochs,
                EverySteps = steps,
                Interval = ticks is { } time ? TimeSpan.FromTicks(time) : null,
            },
        });
        Assert.Equal(expected, seen.Count);
    }

    /// <summary>Fits so many steps, with a file after each ten and one at the end.</summary>
    private void BreakOff(int steps, int from = 0)
    {
        using var source = new CancellationTokenSource();
        var result = LinearSolver.Fit(Rows, null, Saving with
        {
            Cancellation = source.Token,
            Loss = new CancellingLoss(source, RowsBefore(steps - 1) - RowsBefore(from) + 1),
        });
        Assert.Equal(steps, result.Steps);
        Assert.Equal(StopReason.Cancelled, result.StopReason);

        static int RowsBefore(int step) => step / 8 * 60 + step % 8 * 8;
    }

    private bool IsRefused(byte[] bytes)
    {
        File.WriteAllBytes(Current, bytes);
        try
        {
            LinearSolver.Fit(Rows, null, Saving);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }
}
