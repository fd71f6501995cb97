using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Sums over rows, block by block; what two of them have summed over rows of their own merges to what is known of all.</summary>
internal interface IRowSums<TBlock, TSelf>
{
    void Add(TBlock block);

    void Merge(TSelf other);
}

/// <summary>
/// Streams rows through an evaluation. The first blocks go to one set of sums; those after them, a few at a time, to several sets in turn,
/// which are merged at the end: which block goes where depends on its number alone, so that the outcome is the same bits on any number of
/// threads. The caller's thread reads the blocks of the next turn while others evaluate those of this one, each block from scores to sums
/// on one thread, in whose cache it stays.
/// </summary>
internal sealed class EvaluationPipeline<TBlock, TSums>
    where TBlock : class
    where TSums : class, IRowSums<TBlock, TSums>
{
    private const int Sets = 4;
    private const int BlocksOfTurn = 4;

    // So many blocks, a few milliseconds' work, are worth neither a thread nor sums of their own.
    private const int BlocksAlone = 32;

    // All sets but the first share what it leaves them of the forecasts that are kept, some a turn more than others; a row may be two.
    private const int ExactRowsOfSet = ScoreDistribution.ExactRows / Sets + 2 * BlocksOfTurn * ScoredBlock.MostRows;

    private readonly Evaluator<TBlock> _evaluator;
    private readonly Func<int, TSums> _create;
    private readonly (TBlock Block, TSums Sums)?[] _sets = new (TBlock, TSums)?[Sets];
    private Wave _toRead = new();
    private Wave _toEvaluate = new();
    private int _nextSet;
    private bool _atEnd;

    private EvaluationPipeline(Evaluator<TBlock> evaluator, Func<int, TSums> create) => (_evaluator, _create) = (evaluator, create);

    /// <summary>The sums of all rows, from the first block, which has been read already, to the last.</summary>
    /// <param name="evaluator">Reads rows, on the caller's thread, and evaluates them.</param>
    /// <param name="create">Makes sums of no rows, given how many forecasts they may keep as they are.</param>
    /// <param name="threads">The number of threads, the caller's among them.</param>
    /// <exception cref="Exception">The error of the first row that has one, whether it could not be read or not be evaluated.</exception>
    public static TSums Run(Evaluator<TBlock> evaluator, Func<int, TSums> create, int threads) =>
        new EvaluationPipeline<TBlock, TSums>(evaluator, create).Run(threads);

    private TSums Run(int threads)
    {
        BusyProcessors others = new();
        var rows = _evaluator.First;
        _atEnd = rows.Count == 0;
        for (long block = 0; !_atEnd && (threads == 1 || block < BlocksAlone); block++)
        {
            Evaluate(block < BlocksAlone ? 0 : (int)((block - BlocksAlone) / BlocksOfTurn % Sets), rows);
            _atEnd = !_evaluator.Rows.Read(rows);
        }
        if (!_atEnd)
            // Some views, such as text files, read and compute on many threads themselves: those get their processors first.
            RunWaves(rows, Math.Max(threads - others.Count, 1));
        var sums = _sets[0]?.Sums ?? _create(0);
        foreach (var set in _sets.AsSpan(1))
        {
            if (set is { } other)
                sums.Merge(other.Sums);
        }
        return sums;
    }

    private void RunWaves(ScoredBlock first, int threads)
    {
        (_toRead.Rows[0], _toRead.Count) = (first, 1);
        Read();
        // Waves take long beside the waking of a thread: spinning would buy little and cost other programs much.
        using WorkerTeam team = new(Math.Min(threads, 1 + Sets), spins: 50);
        Action<int> work = Work;
        while (!_toRead.IsEmpty)
        {
            (_toRead, _toEvaluate) = (_toEvaluate, _toRead);
            (_toRead.Count, _nextSet) = (0, 0);
            team.Run(work);
            _toEvaluate.ThrowFirstError();
        }
    }

    private void Work(int member)
    {
        if (member == 0)
            Read();
        int set;
        while ((set = Interlocked.Increment(ref _nextSet) - 1) < Sets)
            EvaluateTurn(set);
    }

    private void Read()
    {
        try
        {
            while (!_atEnd && _toRead.Count < _toRead.Rows.Length)
            {
                if (_evaluator.Rows.Read(_toRead.Rows[_toRead.Count] ??= _evaluator.Rows.NewBlock()))
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

    private void EvaluateTurn(int set)
    {
        for (var block = set * BlocksOfTurn; block < Math.Min((set + 1) * BlocksOfTurn, _toEvaluate.Count); block++)
        {
            try
            {
                Evaluate(set, _toEvaluate.Rows[block]!);
            }
            catch (Exception error)
            {
                _toEvaluate.Errors[set] = ExceptionDispatchInfo.Capture(error);
                return;
            }
        }
    }

    private void Evaluate(int set, ScoredBlock rows)
    {
        var (block, sums) = _sets[set] ??= (_evaluator.NewBlock(), _create(set == 0 ? ScoreDistribution.ExactRows : ExactRowsOfSet));
        _evaluator.Evaluate(rows, block);
        sums.Add(block);
    }

    private sealed class Wave
    {
        public readonly ScoredBlock?[] Rows = new ScoredBlock?[Sets * BlocksOfTurn];

        /// <summary>What ended the turn of each set.</summary>
        public readonly ExceptionDispatchInfo?[] Errors = new ExceptionDispatchInfo?[Sets];

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

/// <summary>
/// How many processors the process keeps busy beside the caller's, from the making of this on. No result depends on it.
/// </summary>
internal sealed class BusyProcessors
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _spent = Environment.CpuUsage.TotalTime;

    public int Count =>
        Math.Max((int)Math.Round((Environment.CpuUsage.TotalTime - _spent) / Stopwatch.GetElapsedTime(_began)) - 1, 0);
}
