using System.Runtime.ExceptionServices;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Streams rows through an evaluation in waves of a few blocks: while the caller's thread reads one wave, the blocks of the wave before are
/// judged and those of the wave before that are added up, on as many threads as there are. Every sum sees its blocks in the order
/// of the rows, so that the outcome is the same bits on any number of threads; memory is that of three waves.
/// </summary>
internal sealed class EvaluationPipeline<TBlock>
    where TBlock : class
{
    private const int MostBlocksPerWave = 8;

    // Rows that fit into so many waves, a few milliseconds' work, are not worth a thread.
    private const int WavesAlone = 4;

    private readonly IBlockEvaluation<TBlock> _evaluation;
    private readonly int _blocksPerWave;
    private Wave _toRead = new();
    private Wave _toJudge = new();
    private Wave _toAdd = new();
    private int _nextTask;
    private bool _atEnd;

    private EvaluationPipeline(IBlockEvaluation<TBlock> evaluation, int threads)
    {
        _evaluation = evaluation;
        // A single thread has nobody to keep busy: it is done with a block while that is still in the cache.
        _blocksPerWave = threads == 1 ? 1 : MostBlocksPerWave;
    }

    /// <summary>Runs an evaluation from its first block, which has been read already, to its last.</summary>
    /// <exception cref="Exception">The error of the first row that has one, whether it could not be read or not be judged.</exception>
    public static void Run(IBlockEvaluation<TBlock> evaluation, ScoredBlock first, int threads)
    {
        if (first.Count == 0)
            return;
        EvaluationPipeline<TBlock> pipeline = new(evaluation, threads);
        pipeline._toRead.Rows[0] = first;
        pipeline._toRead.Count = 1;
        pipeline.Read();
        using (WorkerTeam alone = new(size: 1))
        {
            if (!pipeline.Run(alone, threads == 1 ? int.MaxValue : WavesAlone))
                return;
        }
        var mostUseful = 1 + MostBlocksPerWave + evaluation.Lanes;
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
            (_toRead, _toJudge, _toAdd) = (_toAdd, _toRead, _toJudge);
            _toRead.Count = 0;
            if (_toJudge.IsEmpty && _toAdd.IsEmpty)
                return false;
            _nextTask = 0;
            team.Run(work);
            _toJudge.ThrowFirstError();
        }
        return true;
    }

    private void Work(int member)
    {
        if (member == 0)
            Read();
        var lanes = _toAdd.Count > 0 ? _evaluation.Lanes : 0;
        var tasks = lanes + _toJudge.Count;
        int task;
        while ((task = Interlocked.Increment(ref _nextTask) - 1) < tasks)
        {
            if (task < lanes)
                Add(task);
            else
                Judge(task - lanes);
        }
    }

    private void Read()
    {
        try
        {
            while (!_atEnd && _toRead.Count < _blocksPerWave)
            {
                var rows = _toRead.Rows[_toRead.Count] ??= _evaluation.NewRows();
                if (_evaluation.Read(rows))
                    _toRead.Count++;
                else
                    _atEnd = true;
            }
        }
        catch (Exception error)
        {
            // Kept until the rows before it are judged: one of them may have the first error.
            _toRead.ReadError = ExceptionDispatchInfo.Capture(error);
            _atEnd = true;
        }
    }

    private void Judge(int block)
    {
        try
        {
            _evaluation.Judge(_toJudge.Rows[block]!, _toJudge.Blocks[block] ??= _evaluation.NewBlock());
        }
        catch (Exception error)
        {
            _toJudge.Errors[block] = ExceptionDispatchInfo.Capture(error);
        }
    }

    private void Add(int lane)
    {
        for (var block = 0; block < _toAdd.Count; block++)
            _evaluation.Add(lane, _toAdd.Blocks[block]!);
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
