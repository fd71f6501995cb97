using System.Runtime.ExceptionServices;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// A few threads that do one phase of a step together and wait for each other: member 0 is the caller, so a team of one
/// starts no thread. Steps are short (tens of microseconds), so members spin for a while before they sleep.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private const int Spins = 1_000;
    private const int Yields = 1_000;

    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private readonly int _spins;
    private Action<int>? _phase;
    private ExceptionDispatchInfo? _failure;
    private int _generation;
    private int _unfinished;
    private int _asleep;
    private bool _closing;

    public WorkerTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        // Spinning members of a team larger than the machine would keep the working ones from running.
        _spins = size <= Environment.ProcessorCount ? Spins + Yields : 50;
        _threads = new Thread[size - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var member = i + 1;
            _threads[i] = new Thread(() => Work(member)) { IsBackground = true, Name = $"cross-entropy SGD {member}" };
            _threads[i].Start();
        }
    }

    /// <summary>The number of members, the caller included.</summary>
    public int Size { get; }

    /// <summary>The half-open range of <paramref name="count"/> items that is <paramref name="member"/>'s share.</summary>
    public (int From, int To) Share(int member, int count) =>
        ((int)((long)count * member / Size), (int)((long)count * (member + 1) / Size));

    /// <summary>Runs <paramref name="phase"/> once on each member and returns when all are done; the first failure is rethrown.</summary>
    public void Run(Action<int> phase)
    {
        if (Size == 1)
        {
            phase(0);
            return;
        }

        _phase = phase;
        _failure = null;
        Volatile.Write(ref _unfinished, _threads.Length);
        Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _asleep) > 0)
        {
            lock (_gate)
                Monitor.PulseAll(_gate);
        }

        Do(phase, 0);
        var spin = default(SpinWait);
        while (Volatile.Read(ref _unfinished) > 0)
            spin.SpinOnce(sleep1Threshold: -1);
        _failure?.Throw();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closing = true;
            Interlocked.Increment(ref _generation);
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
            thread.Join();
    }

    private void Work(int member)
    {
        var seen = 0;
        while (true)
        {
            WaitForNextPhase(seen);
            seen++;
            if (_closing)
                return;
            Do(_phase!, member);
            Interlocked.Decrement(ref _unfinished);
        }
    }

    private void WaitForNextPhase(int seen)
    {
        for (var i = 0; i < _spins; i++)
        {
            if (Volatile.Read(ref _generation) != seen)
                return;
            // Spinning is for the next few microseconds; after that somebody else may need the core more.
            if (i < Spins)
                Thread.SpinWait(8);
            else
                Thread.Yield();
        }

        lock (_gate)
        {
            // Announced before the last look at the generation: whoever advances it later sees a sleeper and wakes it.
            Interlocked.Increment(ref _asleep);
            while (Volatile.Read(ref _generation) == seen)
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _asleep);
        }
    }

    private void Do(Action<int> phase, int member)
    {
        try
        {
            phase(member);
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
        }
    }
}
