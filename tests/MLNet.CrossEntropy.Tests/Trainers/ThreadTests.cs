using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Which threads a fit runs on, and what it needs of the machine: this class runs while no other test does.</summary>
[Collection(nameof(ThreadTests))]
[CollectionDefinition(nameof(ThreadTests), DisableParallelization = true)]
public class ThreadTests
{
    // Linux keeps the first 15 characters of a thread's name.
    private const string WorkersName = "cross-entropy S";

    [LinuxTheory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void One_thread_starts_none_and_three_start_two(string trainer)
    {
        var data = LabelledRows.Gaussian(4_000, 60).View();
        Assert.All(WorkersSeen(threads: 1), workers => Assert.Equal(0, workers));
        Assert.All(WorkersSeen(threads: 3), workers => Assert.Equal(2, workers));
        // A thread that has been joined still takes the system a moment to clear away.
        Assert.True(SpinWait.SpinUntil(() => Workers() == 0, TimeSpan.FromSeconds(10)), "Workers outlived the fit.");

        List<int> WorkersSeen(int threads)
        {
            var seen = new List<int>();
            EveryTrainer.Fit(trainer, data, options =>
            {
                (options.NumberOfThreads, options.BatchSize, options.NumberOfEpochs) = (threads, 2_000, 4);
                options.Progress = new Watch(() => seen.Add(Workers()));
            });
            Assert.Equal(4, seen.Count);
            return seen;
        }
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void One_trainer_on_many_threads_at_once_fits_the_bits_it_fits_alone(string trainer)
    {
        var data = LabelledRows.Gaussian(500, 5).View();
        foreach ((var solver, var cache) in (ReadOnlySpan<(Solver, bool)>)[(Solver.Auto, true), (Solver.Newton, true), (Solver.Sgd, false)])
        {
            var estimator = EveryTrainer.Create(trainer, new MLContext(seed: 1), options =>
                (options.Solver, options.Cache, options.NumberOfEpochs, options.NumberOfThreads) = (solver, cache, 5, 2));
            var alone = EveryTrainer.Parameters(estimator.Fit(data));
            float[][] together =
                [.. Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8)
                .Select(_ => EveryTrainer.Parameters(estimator.Fit(data)))];
            Assert.All(together, parameters => Assert.Equal(alone, parameters));
        }
    }

    [Fact]
    public void No_native_library_is_needed()
    {
        using var file = new PEReader(File.OpenRead(typeof(SoftmaxCrossEntropyTrainer).Assembly.Location));
        var metadata = file.GetMetadataReader();
        Assert.NotEqual(0, metadata.GetTableRowCount(TableIndex.MethodDef));
        Assert.Equal(0, metadata.GetTableRowCount(TableIndex.ModuleRef));
        Assert.Equal(0, metadata.GetTableRowCount(TableIndex.ImplMap));
    }

    private static int Workers()
        => Directory.GetDirectories("/proc/self/task").Count(thread => NameOf(thread) == WorkersName);

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd();
        }
        catch (IOException)
        {
            return "ended while they were counted";
        }
    }

    private sealed class Watch(Action look) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => look();
    }

    private sealed class LinuxTheoryAttribute : TheoryAttribute
    {
        public LinuxTheoryAttribute()
        {
            if (!OperatingSystem.IsLinux())
                Skip = "Only Linux shows the names of a process's threads as files.";
        }
    }
}
