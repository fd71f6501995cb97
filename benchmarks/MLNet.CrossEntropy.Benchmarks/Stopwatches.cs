using System.Diagnostics;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Timing of the same work on several threads at once.</summary>
internal static class Stopwatches
{
    private static float _sink;

    /// <summary>
    /// The shortest of several runs, in seconds from the moment the first thread begins to the moment the last one is done. The first
    /// run warms up and is not counted. One thread means the caller's.
    /// </summary>
    public static double BestSeconds(int threads, int repetitions, Func<int, float> work)
    {
        var best = double.PositiveInfinity;
        for (var r = 0; r <= repetitions; r++)
        {
            var seconds = threads == 1 ? OnThisThread(work) : OnThreads(threads, work);
            if (r > 0)
                best = Math.Min(best, seconds);
        }

        return best;
    }

    private static double OnThisThread(Func<int, float> work)
    {
        var start = Stopwatch.GetTimestamp();
        Keep(work(0));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double OnThreads(int threads, Func<int, float> work)
    {
        // Each thread looks at the clock itself: whoever only waits for them may be woken when they are long under way.
        using var ready = new Barrier(threads);
        long[] began = new long[threads], ended = new long[threads];
        Thread[] all =
        [
            .. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
            {
                ready.SignalAndWait();
                began[thread] = Stopwatch.GetTimestamp();
                Keep(work(thread));
                ended[thread] = Stopwatch.GetTimestamp();
            })),
        ];
        foreach (var thread in all)
            thread.Start();
        foreach (var thread in all)
            thread.Join();
        return Stopwatch.GetElapsedTime(began.Min(), ended.Max()).TotalSeconds;
    }

    /// <summary>Uses a result, so that the work behind it cannot be optimised away.</summary>
    private static void Keep(float value) => Volatile.Write(ref _sink, value);
}
