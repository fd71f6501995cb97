using System.Runtime.ExceptionServices;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Streams rows through an evaluation in waves of a few blocks: while the caller's thread reads one wave, the blocks of the wave before are
/// evaluated and those of the wave before that are added up, on as many threads as there are. Every sum sees its blocks in the order
/// of the rows, so that the outcome is the same bits on any number of threads; memory is that of three waves.
/// </summary>
internal sealed class EvaluationPipeline<TBlock>
    where TBlock : class
{
    private const int MostBlocksPerWave = 8;

    // So many blocks, a few milliseconds' work, are not worth a thread.
    private const int BlocksAlone = 32;

    private readonly Evaluator<TBlock> _evaluator;
    private readonly IReadOnlyList<Action<TBlock>> _lanes;
    private Wave _toRead = new();
    private Wave _toEvaluate = new();
    private Wave _toAdd = new();
    // A single thread has nobody to keep busy: it is done with a block while that is still in the cache.
    private int _blocksPerWave = 1;
    private int _nextTask;
    private bool _atEnd;

    private EvaluationPipeline(Evaluator<TBlock> evaluator, IReadOnlyList<Action<TBlock>> lanes)
        => (_evaluator, _lanes) = (evaluator, lanes);

    /// <summary>Evaluates all rows, from the first block, which has been read already, to the last, and adds them up.</summary>
    /// <param name="evaluator">Reads rows, on the caller's thread, and evaluates them.</param>
    /// <param name="lanes">What adds blocks up, in parts that may run side by side; each sees all blocks in the order of the rows, one
    /// after the other.</param>
    /// <param name="threads">The number of threads, the caller's among them.</param>
    /// <param name="serialize">Writes what the lanes have added up, or reads it.</param>
    /// <exception cref="Exception">The error of the first row that has one, whether it could not be read or not be evaluated.</exception>
    public static void Run(
        Evaluator<TBlock> evaluator, IReadOnlyList<Action<TBlock>> lanes, int threads, Action<StateStream> serialize)
    {
        if (evaluator.Rows.Shared is not { } shared)
        {
            Run(evaluator, lanes, threads);
            return;
        }
        shared.TakeTurns(
            () =>
            {
                _ = evaluator.Rows.Read(evaluator.First);
                Run(evaluator, lanes, threads);
            },
            serialize);
    }

    private static void Run(Evaluator<TBlock> evaluator, IReadOnlyList<Action<TBlock>> lanes, int threads)
    {
        if (evaluator.First.Count == 0)
            return;
        EvaluationPipeline<TBlock> pipeline = new(evaluator, lanes);
        pipeline._toRead.Rows[0] = evaluator.First;
        pipeline._toRead.Count = 1;
        pipeline.Read();
        using (WorkerTeam alone = new(size: 1))
        {
            if (!pipeline.Run(alone, threads == 1 ? int.MaxValue : BlocksAlone))
                return;
        }
        pipeline._blocksPerWave = MostBlocksPerWave;
        var mostUseful = 1 + MostBlocksPerWave + lanes.Count;
        // Waves take long beside the waking of a thread: spinning would buy little and cost other programs much.
        using WorkerTeam team = new(Math.Min(threads, mostUseful), spins: 50);
        _ = pipeline.Run(team, int.MaxValue);
    }

    /// <summary>Runs so many waves; false when none is left.</summary>
    private bool Run(WorkerTeam team, int waves)
    {
        Action<int> work = Work;
        for (var wave = 0; wave < waves; wave++)
        {
            (_toRead, _toEvaluate, _toAdd) = (_toAdd, _toRead, _toEvaluate);
            _toRead.Count = 0;
            if (_toEvaluate.IsEmpty && _toAdd.IsEmpty)
                return false;
            _nextTask = 0;
            team.Run(work);
            _toEvaluate.ThrowFirstError();
        }
        return true;
    }

    private void Work(int member)
    {
        if (member == 0)
            Read();
        var lanes = _toAdd.Count > 0 ? _lanes.Count : 0;
        var tasks = lanes + _toEvaluate.Count;
        int task;
        while ((task = Interlocked.Increment(ref _nextTask) - 1) < tasks)
        {
            if (task < lanes)
                Add(task);
            else
                Evaluate(task - lanes);
        }
    }

    private void Read()
    {
        try
        {
            while (!_atEnd && _toRead.Count < _blocksPerWave)
            {
                var rows = _toRead.Rows[_toRead.Count] ??= _evaluator.Rows.NewBlock();
                if (_evaluator.Rows.Read(rows))
                    _toRead.Count++;
                else
                    _atEnd = true;
            }
        }
        catch (Exception error)
        {
            // Kept until the rows before it are evaluated: one of them may have the first error.
            _toRead.ReadError = ExceptionDispatchInfo.Capture(error);
            _atEnd = true;
        }
    }

    private void Evaluate(int block)
    {
        try
        {
            _evaluator.Evaluate(_toEvaluate.Rows[block]!, _toEvaluate.Blocks[block] ??= _evaluator.NewBlock());
        }
        catch (Exception error)
        {
            _toEvaluate.Errors[block] = ExceptionDispatchInfo.Capture(error);
        }
    }

    private void Add(int lane)
    {
        for (var block = 0; block < _toAdd.Count; block++)
            _lanes[lane](_toAdd.Blocks[block]!);
    }

    private sealed class Wave
    {
        public readonly ScoredBlock?[] Rows = new ScoredBlock?[MostBlocksPerWave];
        public readonly TBlock?[] Blocks = new TBlock?[MostBlocksPerWave];
        public readonly ExceptionDispatchInfo?[] Errors = new ExceptionDispatchInfo?[MostBlocksPerWave];

        /// <summary>The number of blocks.</summary>
        public int Count { get; set; }

        /// <summary>What ended the reading after these blocks.</summary>
        public ExceptionDispatchInfo? ReadError { get; set; }

        public bool IsEmpty => Count == 0 && ReadError is null;

        public void ThrowFirstError()
        {
            foreach (var error in Errors)
                error?.Throw();
            ReadError?.Throw();
        }
    }
}
