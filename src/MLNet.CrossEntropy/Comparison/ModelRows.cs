using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Comparison;

/// <summary>One model's rows and their losses, one row after the other, as the evaluator judges them.</summary>
internal abstract class ModelRows : IDisposable
{
    private readonly RowCounter _outcomes = new();
    private readonly double _largestClippedLoss;
    private readonly ScoredBlock _block;
    private readonly IDisposable _reader;
    private readonly JudgedRow[] _judged;
    private int _row = -1;
    private LogLossSums _logLoss;
    private CompensatedSum _hits;
    private long _infinite;

    protected ModelRows(string name, IDisposable reader, ScoredBlock firstBlock, EvaluationOptions options)
    {
        Name = name;
        _reader = reader;
        _block = firstBlock;
        _judged = new JudgedRow[firstBlock.Capacity];
        _largestClippedLoss = new LossFloor(options.ProbabilityFloor, fromLogits: false).Largest;
    }

    /// <summary>The model's name.</summary>
    public string Name { get; }

    /// <summary>The names of classes or labels, in the order of the scores.</summary>
    public abstract string[] ClassNames { get; }

    /// <summary>False where the names are no more than the slot numbers.</summary>
    public abstract bool ClassesAreNamed { get; }

    /// <summary>The current row's position in the data.</summary>
    public long Row => _block.FirstRow + _row;

    /// <summary>What the current row's weight, label and scores say about it.</summary>
    public RowOutcome Outcome => _judged[_row].Outcome;

    /// <summary>Whether the current row has a loss: it is good, or counts as a mistake.</summary>
    public bool HasLoss => _judged[_row].HasLoss;

    /// <summary>The current row's class, or one of the marks of <see cref="ScoreClasses"/>.</summary>
    public int Label => _block.Labels[_row];

    /// <summary>The current row's soft label.</summary>
    public ReadOnlySpan<double> Target => _block.Target(_row);

    public double Weight => _block.Weights[_row];

    /// <summary>The current row's loss without a floor; it may be infinite.</summary>
    public double Loss => _judged[_row].Loss;

    /// <summary>The same with a floor under the probabilities.</summary>
    public double ClippedLoss => _judged[_row].ClippedLoss;

    protected abstract string ScoresUsed { get; }

    /// <summary>Goes to the next row; false behind the last.</summary>
    /// <exception cref="InvalidOperationException">A row is bad and the caller does not tolerate it.</exception>
    public bool MoveNext()
    {
        if (_row < 0)
        {
            // The first block has been read already.
            JudgeAll();
        }
        if (++_row == _block.Count)
        {
            if (!Read(_block))
                return false;
            JudgeAll();
            _row = 0;
        }
        return true;
    }

    /// <summary>Adds the current row to the model's own sums.</summary>
    public void AddLoss()
    {
        _logLoss.Add(Loss, ClippedLoss, Weight);
        _hits.Add(Weight * _judged[_row].Hit);
        if (double.IsPositiveInfinity(Loss))
            _infinite++;
    }

    public ComparedModel ToModel(double confidenceLevel) => new()
    {
        Name = Name,
        Rows = _outcomes.ToCounts(_logLoss.ClippedRows),
        ScoresUsed = ScoresUsed,
        LogLoss = _logLoss.LogLoss,
        ClippedLogLoss = _logLoss.ClippedLogLoss,
        LogLossStandardError = _logLoss.StandardError,
        LogLossInterval = ConfidenceInterval.Normal(_logLoss.ClippedLogLoss, _logLoss.StandardError, confidenceLevel),
        Accuracy = _hits.Value / _logLoss.Weight,
        InfiniteRows = _infinite,
    };

    public void Dispose() => _reader.Dispose();

    /// <summary>What <paramref name="open"/> makes of rows that are already being read; if it fails, the reading ends.</summary>
    protected static TRows Open<TRows>(IDisposable reader, Func<TRows> open)
        where TRows : ModelRows
    {
        try
        {
            return open();
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    protected abstract bool Read(ScoredBlock block);

    /// <summary>Judges a block: what became of its rows, and the losses and hits of the good ones in the same order.</summary>
    protected abstract (EvaluatedBlock Rows, double[] Losses, double[] ClippedLosses, double[] Hits) Judge(ScoredBlock block);

    private void JudgeAll()
    {
        (var rows, var losses, var clippedLosses, var hits) = JudgeOrExplain();
        _outcomes.Merge(rows.Outcomes);
        for (var i = 0; i < rows.Count; i++)
            _judged[rows.Sources[i]] = new(RowOutcome.Used, true, losses[i], clippedLosses[i], hits[i]);
        foreach ((var source, var outcome, var isMistake) in rows.BadRows)
            _judged[source] = new(outcome, isMistake, double.PositiveInfinity, _largestClippedLoss, 0);
    }

    private (EvaluatedBlock Rows, double[] Losses, double[] ClippedLosses, double[] Hits) JudgeOrExplain()
    {
        try
        {
            return Judge(_block);
        }
        catch (InvalidOperationException error)
        {
            throw Throw.BadRowOfModel(Name, error);
        }
    }

    private readonly record struct JudgedRow(RowOutcome Outcome, bool HasLoss, double Loss, double ClippedLoss, double Hit);
}
