using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What an evaluation adds up: the accumulators, and what each of them sees of a block.</summary>
internal sealed record EvaluationSums<TBlock>(params (MetricAccumulators Sums, Func<TBlock, EvaluatedBlock> Of)[] All)
{
    /// <summary>What else sees all blocks in the order of the rows, before all others.</summary>
    public (Action<TBlock> Add, Action<StateStream> Serialize) First { get; init; } = (static _ => { }, static _ => { });

    /// <summary>What adds a block up, but for what is counted, in steps that may run side by side.</summary>
    public Action<TBlock>[] Lanes =>
        [First.Add, .. All.SelectMany(one => one.Sums.Lanes.Select(add => (Action<TBlock>)(block => add(one.Of(block)))))];

    /// <summary>Writes all that has been added up, or reads it.</summary>
    public void Serialize(StateStream state)
    {
        First.Serialize(state);
        foreach ((var sums, _) in All)
            sums.Serialize(state);
    }

    /// <summary>Counts a block, in whatever order, in one part.</summary>
    public void Count(TBlock block, CountAccumulators[] part)
    {
        for (var i = 0; i < part.Length; i++)
            All[i].Sums.Count(All[i].Of(block), part[i]);
    }
}

/// <summary>
/// Streams rows through an evaluation. The caller's thread reads blocks and hands them to helpers; while these have enough to do it
/// evaluates what it reads itself. Whoever evaluates a block adds what needs no order to a part of its own at once, and the rest, lane by
/// lane, as soon as all blocks before it have been there. So a block stays in one processor's cache as far as may be, nobody waits for a
/// block of another, and the outcome is the same bits on any number of threads.
/// </summary>
internal sealed class EvaluationPipeline<TBlock>
    where TBlock : class
{
    // So many blocks, a millisecond's work, are not worth a thread.
    private const int BlocksAlone = 32;

    // Reading takes a fifth of the time or more: more threads would have nothing to do.
    private const int MostThreads = 8;

    // Evaluated blocks that a thread keeps until those before them have been added.
    private const int MostPending = 4;

    private readonly Evaluator<TBlock> _evaluator;
    private readonly EvaluationSums<TBlock> _sums;
    private readonly Slot[] _slots;
    private readonly Action<TBlock>[] _lanes;
    private readonly long[] _turns;
    private readonly object _gate = new();
    private ExceptionDispatchInfo? _error;
    private long _errorAt = long.MaxValue;
    private long _filled;
    private long _taken;
    private int _asleep;
    private bool _atEnd;

    private EvaluationPipeline(Evaluator<TBlock> evaluator, EvaluationSums<TBlock> sums, int helpers)
    {
        (_evaluator, _sums) = (evaluator, sums);
        _slots = [.. Enumerable.Range(0, 4 * helpers).Select(i => new Slot(evaluator.Rows.NewBlock(), i))];
        _lanes = sums.Lanes;
        _turns = new long[_lanes.Length];
    }

    /// <summary>Evaluates all rows, from the first block, which has been read already, to the last, and adds them up.</summary>
    /// <param name="evaluator">Reads rows, on the caller's thread, and evaluates them.</param>
    /// <param name="sums">What adds them up.</param>
    /// <param name="threads">The number of threads, the caller's among them.</param>
    /// <exception cref="Exception">The error of the first row that has one, whether it could not be read or not be evaluated.</exception>
    public static void Run(Evaluator<TBlock> evaluator, EvaluationSums<TBlock> sums, int threads)
    {
        if (evaluator.Rows.Shared is not { } shared)
        {
            RunAll(evaluator, sums, threads);
            return;
        }
        shared.TakeTurns(
            () =>
            {
                _ = evaluator.Rows.Read(evaluator.First);
                RunAll(evaluator, sums, threads);
            },
            sums.Serialize);
    }

    private static void RunAll(Evaluator<TBlock> evaluator, EvaluationSums<TBlock> sums, int threads)
    {
        var rows = evaluator.First;
        var block = evaluator.NewBlock();
        var lanes = sums.Lanes;
        CountAccumulators[] counts = [.. sums.All.Select(one => one.Sums.Counts)];
        for (var blocks = 0; rows.Count > 0; blocks++)
        {
            if (threads > 1 && blocks == BlocksAlone)
            {
                var helpers = Math.Min(threads, MostThreads) - 1;
                new EvaluationPipeline<TBlock>(evaluator, sums, helpers).RunTogether(rows, helpers);
                return;
            }
            evaluator.Evaluate(rows, block);
            sums.Count(block, counts);
            foreach (var add in lanes)
                add(block);
            if (!evaluator.Rows.Read(rows))
                return;
        }
    }

    /// <summary>Evaluates all blocks from one that has been read on.</summary>
    private void RunTogether(ScoredBlock rows, int helpers)
    {
        Worker own = new(this);
        Worker[] others = [.. Enumerable.Range(0, helpers).Select(_ => new Worker(this))];
        Thread[] threads = [.. others.Select(worker => new Thread(worker.TakeAll) { IsBackground = true, Name = "evaluation" })];
        foreach (var thread in threads)
            thread.Start();
        try
        {
            for (long at = 0; at < Volatile.Read(ref _errorAt) && TryRead(rows, at); at++)
            {
                if (!TryHandOver(rows, at))
                    own.Do(rows, at);
            }
        }
        finally
        {
            lock (_gate)
            {
                _atEnd = true;
                Monitor.PulseAll(_gate);
            }
            own.TakeAll();
            foreach (var thread in threads)
                thread.Join();
        }
        _error?.Throw();
        foreach (var worker in (Worker[])[own, .. others])
        {
            for (var i = 0; i < worker.Part.Length; i++)
                _sums.All[i].Sums.Counts.Merge(worker.Part[i]);
        }
    }

    /// <summary>Reads a block; the first one has been read.</summary>
    private bool TryRead(ScoredBlock rows, long at)
    {
        try
        {
            return at == 0 || _evaluator.Rows.Read(rows);
        }
        catch (Exception error)
        {
            Fail(at, error);
            return false;
        }
    }

    /// <summary>Gives the rows of a block to the helpers; false where they have enough to do.</summary>
    private bool TryHandOver(ScoredBlock rows, long at)
    {
        var slot = _slots[_filled % _slots.Length];
        if (Volatile.Read(ref slot.Next) != _filled)
            return false;
        slot.Rows.Swap(rows);
        slot.At = at;
        Publish();
        return true;
    }

    private void Publish()
    {
        // Either this sees that somebody sleeps, or who goes to sleep sees this.
        _ = Interlocked.Increment(ref _filled);
        // Waking a thread takes long: there should be something to do for it.
        if (Volatile.Read(ref _asleep) > 0 && _filled - Volatile.Read(ref _taken) >= _slots.Length / 2)
        {
            lock (_gate)
                Monitor.Pulse(_gate);
        }
    }

    private void Fail(long at, Exception error)
    {
        lock (_gate)
        {
            if (at < _errorAt)
                (_errorAt, _error) = (at, ExceptionDispatchInfo.Capture(error));
        }
    }

    /// <summary>Waits for a block; false when there will be none any more, or there is none now and the thread must not sleep.</summary>
    private bool WaitForBlock(bool mustNotSleep)
    {
        for (SpinWait spin = default; !spin.NextSpinWillYield; spin.SpinOnce())
        {
            if (Volatile.Read(ref _taken) < Volatile.Read(ref _filled))
                return true;
        }
        if (mustNotSleep)
            return false;
        lock (_gate)
        {
            _ = Interlocked.Increment(ref _asleep);
            while (Volatile.Read(ref _taken) >= Volatile.Read(ref _filled) && !_atEnd)
                _ = Monitor.Wait(_gate);
            _asleep--;
            return Volatile.Read(ref _taken) < Volatile.Read(ref _filled);
        }
    }

    /// <summary>One thread's work.</summary>
    private sealed class Worker(EvaluationPipeline<TBlock> pipeline)
    {
        private const int Evaluate = -1;

        // Blocks that wait for those before them, the oldest first, and those that are free, the last used last.
        private readonly List<(TBlock Block, long At, int Lane)> _pending = [];
        private readonly Stack<TBlock> _free = [];

        public CountAccumulators[] Part { get; } = [.. pipeline._sums.All.Select(one => one.Sums.Counts.NewPart())];

        /// <summary>Takes blocks and does all there is to do with them until there will be none any more.</summary>
        public void TakeAll()
        {
            while (pipeline.WaitForBlock(mustNotSleep: _pending.Count > 0) is var isThere && (isThere || _pending.Count > 0))
            {
                // With as many as it may keep it would wait for those that it has taken before, which wait for this one.
                if (!isThere || _pending.Count == MostPending || !TryTake())
                    AddPending();
            }
        }

        /// <summary>Evaluates the rows of a block, and adds it up as far as its turn has come.</summary>
        public void Do(ScoredBlock rows, long at)
        {
            for (SpinWait spin = default; _pending.Count == MostPending; AddPending())
                spin.SpinOnce(sleep1Threshold: -1);
            if (!_free.TryPop(out var block))
                block = pipeline._evaluator.NewBlock();
            Do(block, at, Evaluate, rows);
            _pending.Add((block, at, 0));
            AddPending();
        }

        private bool TryTake()
        {
            var taken = Volatile.Read(ref pipeline._taken);
            if (taken >= Volatile.Read(ref pipeline._filled)
                || Interlocked.CompareExchange(ref pipeline._taken, taken + 1, taken) != taken)
                return false;
            var slot = pipeline._slots[taken % pipeline._slots.Length];
            Do(slot.Rows, slot.At);
            Volatile.Write(ref slot.Next, taken + pipeline._slots.Length);
            return true;
        }

        private void AddPending()
        {
            var pending = CollectionsMarshal.AsSpan(_pending);
            foreach (ref var entry in pending)
            {
                for (; entry.Lane < pipeline._turns.Length && Volatile.Read(ref pipeline._turns[entry.Lane]) == entry.At; entry.Lane++)
                {
                    Do(entry.Block, entry.At, entry.Lane);
                    Volatile.Write(ref pipeline._turns[entry.Lane], entry.At + 1);
                }
            }
            for (var i = _pending.Count - 1; i >= 0; i--)
            {
                if (_pending[i].Lane < pipeline._turns.Length)
                    continue;
                _free.Push(_pending[i].Block);
                _pending.RemoveAt(i);
            }
        }

        /// <summary>Evaluates a block, or adds it in a lane, unless one before it has an error, which comes first.</summary>
        private void Do(TBlock block, long at, int lane, ScoredBlock? rows = null)
        {
            if (at >= Volatile.Read(ref pipeline._errorAt))
                return;
            try
            {
                if (lane == Evaluate)
                {
                    pipeline._evaluator.Evaluate(rows!, block);
                    pipeline._sums.Count(block, Part);
                }
                else
                {
                    pipeline._lanes[lane](block);
                }
            }
            catch (Exception error)
            {
                pipeline.Fail(at, error);
            }
        }
    }

    /// <summary>Room for a block: which one of those handed over may be put there next, and where in the rows it stands.</summary>
    private sealed class Slot(ScoredBlock rows, long next)
    {
        public long Next = next;

        public long At;

        public ScoredBlock Rows => rows;
    }
}
