using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>One model's rows and their losses, one row after the other, as its evaluator sees them.</summary>
internal sealed class ModelRows(string name, Evaluator evaluator, double probabilityFloor) : IDisposable
{
    private readonly double _largestClippedLoss = -Math.Log(probabilityFloor);
    private readonly ScoredBlock _block = evaluator.First;
    private readonly EvaluatedRow[] _rows = new EvaluatedRow[evaluator.First.Capacity];
    private int _row = -1;

    /// <summary>The model's name.</summary>
    public string Name => name;

    /// <summary>The names of classes or labels, in the order of the scores.</summary>
    public string[] ClassNames => evaluator.Rows.ClassNames;

    /// <summary>False where the names are no more than the slot numbers.</summary>
    public bool ClassesAreNamed => evaluator.Rows.ClassesAreNamed;

    /// <summary>What the losses are computed from.</summary>
    public string ScoresUsed => evaluator.ScoresUsed;

    /// <summary>What became of all rows so far.</summary>
    public RowCounter Outcomes { get; } = new();

    /// <summary>The current row's position in the data.</summary>
    public long Row => _block.FirstRow + _row;

    /// <summary>What the current row's weight, label and scores say about it.</summary>
    public RowOutcome Outcome => _rows[_row].Outcome;

    /// <summary>Whether the current row has a loss: it is good, or counts as a mistake.</summary>
    public bool HasLoss => _rows[_row].HasLoss;

    /// <summary>The current row's class, or one of the marks of <see cref="ScoreClasses"/>.</summary>
    public int Label => _block.Labels[_row];

    /// <summary>The current row's soft label.</summary>
    public ReadOnlySpan<double> Target => _block.Target(_row);

    /// <summary>The current row's weight; of several labels some of which have no answer, its part that counts.</summary>
    public double Weight => _rows[_row].Weight;

    /// <summary>The weight that the current row has in the data.</summary>
    public double GivenWeight => _block.Weights[_row];

    /// <summary>The current row's loss without a floor; it may be infinite.</summary>
    public double Loss => _rows[_row].Loss;

    /// <summary>The same with a floor under the probabilities.</summary>
    public double ClippedLoss => _rows[_row].ClippedLoss;

    /// <summary>Whether the current row's loss is the least that single precision leaves open.</summary>
    public bool IsRounded => _rows[_row].IsRounded;

    /// <summary>The share of the current row that is predicted right.</summary>
    public double Hit => _rows[_row].Hit;

    /// <summary>Goes to the next row; false behind the last.</summary>
    /// <exception cref="InvalidOperationException">A row is bad and the caller does not tolerate it.</exception>
    public bool MoveNext()
    {
        if (_row < 0)
        {
            // The first block has been read already.
            Evaluate();
        }
        if (++_row == _block.Count)
        {
            if (!evaluator.Rows.Read(_block))
                return false;
            Evaluate();
            _row = 0;
        }
        return true;
    }

    public void Dispose() => evaluator.Dispose();

    private void Evaluate()
    {
        var rows = EvaluateOrExplain();
        Outcomes.Merge(rows.Outcomes);
        for (var i = 0; i < rows.Count; i++)
        {
            _rows[rows.Sources[i]] = new(
                RowOutcome.Used, true, rows.Losses[i], rows.ClippedLosses[i], rows.Hits[i], rows.Weights[i], rows.IsRounded(i));
        }
        foreach ((var source, var outcome, var isMistake) in rows.BadRows)
            _rows[source] = new(outcome, isMistake, double.PositiveInfinity, _largestClippedLoss, 0, _block.Weights[source], false);
    }

    private EvaluatedBlock EvaluateOrExplain()
    {
        try
        {
            return evaluator.LossesOf(_block);
        }
        catch (InvalidOperationException error)
        {
            throw ComparisonErrors.BadRow(Name, error);
        }
    }

    private readonly record struct EvaluatedRow(
        RowOutcome Outcome, bool HasLoss, double Loss, double ClippedLoss, double Hit, double Weight, bool IsRounded);
}
