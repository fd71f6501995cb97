using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// A few threads that do one phase of a step together and wait for each other: member 0 is the caller, so a team of one
/// starts no thread. Steps are short (tens of microseconds), so members spin for a while before they sleep.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private const int Spins = 1_000;
    private const int Yields = 1_000;

    // So many phases show whether the others are worth waiting for; if not, the caller works alone for so many steps, and each time longer.
    private const int TrialPhases = 16;
    private const long FirstSolo = 1_000;
    private const long LongestSolo = 1_000_000;

    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private readonly int _spins;
    private Action<int>? _phase;
    private ExceptionDispatchInfo? _failure;
    private int _generation;
    private int _unfinished;
    private int _asleep;
    private bool _closing;
    private long _working;
    private long _waiting;
    private int _phases;
    private long _solo;
    private long _nextSolo = FirstSolo;

    /// <param name="size">The number of members, the caller included.</param>
    public WorkerTeam(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Capacity = Size = size;
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
    public int Capacity { get; }

    /// <summary>The number of members that work: all, or the caller alone (see <see cref="Adapt"/>).</summary>
    public int Size { get; private set; }

    /// <summary>
    /// To be called between steps, whose phases must all be shared by the same members: where the caller waits for the others far longer
    /// than it works, because the machine has no processor to spare for them, it goes on alone for a while.
    /// </summary>
    public void Adapt()
    {
        if (_solo > 0)
        {
            if (--_solo == 0)
                Size = Capacity;
        }
        else if (_phases >= TrialPhases)
        {
            if (_waiting > 2 * _working)
            {
                Size = 1;
                _solo = _nextSolo;
                _nextSolo = Math.Min(2 * _nextSolo, LongestSolo);
            }

            (_phases, _waiting, _working) = (0, 0, 0);
        }
    }

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

        var began = Stopwatch.GetTimestamp();
        Do(phase, 0);
        var done = Stopwatch.GetTimestamp();
        var spin = default(SpinWait);
        while (Volatile.Read(ref _unfinished) > 0)
            spin.SpinOnce(sleep1Threshold: -1);
        _phases++;
        _working += done - began;
        _waiting += Stopwatch.GetTimestamp() - done;
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
