using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What is wrong with a row, if anything.</summary>
internal delegate RowOutcome RowCheck(ScoredBlock rows, int row);

/// <summary>What is wrong with a row of scores, if anything.</summary>
internal delegate RowOutcome ScoreCheck(ReadOnlySpan<float> scores);

/// <summary>Finds rows that cannot be evaluated and treats them as the caller asked.</summary>
internal sealed class BadRows(EvaluationOptions options, ScoredRowReader source)
{
    /// <summary>Takes the good rows of a block and treats the others as the caller asked.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="block">What takes the good ones.</param>
    /// <param name="check">What is wrong with a row.</param>
    /// <param name="label">The label that is looked at, of several; -1 where there is one.</param>
    /// <exception cref="InvalidOperationException">The caller does not tolerate one of them.</exception>
    public void TakeGood(ScoredBlock rows, EvaluatedBlock block, RowCheck check, int label = -1)
    {
        block.StartFrom(rows);
        for (var row = 0; row < rows.Count; row++)
        {
            var outcome = check(rows, row);
            block.Outcomes.Add(outcome, 1);
            if (outcome == RowOutcome.Used)
                block.Take(rows, row);
            else
                Treat(rows, row, outcome, block, label);
        }
    }

    /// <summary>A check of weight and label, and then of the scores.</summary>
    public static RowCheck LabelThen(ScoreCheck check) => (rows, row) =>
        CheckLabel(rows.Labels[row], rows.Weights[row]) is not RowOutcome.Used and var bad ? bad : check(rows.Scores(row));

    /// <summary>What a row's weight and label say about it, before its scores are looked at.</summary>
    public static RowOutcome CheckLabel(int label, double weight) => weight == 0 ? RowOutcome.ZeroWeight
        : label == ScoreClasses.Missing ? RowOutcome.MissingLabel
        : label == ScoreClasses.Unknown ? RowOutcome.UnknownClass
        : RowOutcome.Used;

    private void Treat(ScoredBlock rows, int row, RowOutcome outcome, EvaluatedBlock block, int label)
    {
        var policy = PolicyFor(outcome);
        if (policy == BadRowPolicy.Throw)
            throw ErrorOf(rows, row, outcome, label);
        block.BadRows.Add((row, outcome, policy == BadRowPolicy.CountAsMistake));
        if (policy == BadRowPolicy.CountAsMistake)
        {
            block.Outcomes.AddMistake();
            block.Mistakes.Add((row, Math.Max(rows.Labels[row], -1), rows.Weights[row]));
        }
    }

    private InvalidOperationException ErrorOf(ScoredBlock rows, int row, RowOutcome outcome, int label)
    {
        var position = rows.FirstRow + row;
        if (label >= 0)
        {
            var answer = FormattableString.Invariant($"{rows.Target(row)[label]}");
            return EvaluationErrors.BadAnswer(outcome, position, source.ClassNames[label], answer, rows.Scores(row)[label]);
        }
        return outcome == RowOutcome.UnknownClass
            ? EvaluationErrors.UnknownClass(position, source.LabelAt(position), source.ClassNames)
            : EvaluationErrors.BadRow(outcome, position, rows.Scores(row));
    }

    private BadRowPolicy PolicyFor(RowOutcome outcome) => outcome switch
    {
        RowOutcome.MissingLabel => options.MissingLabel,
        RowOutcome.UnknownClass => options.UnknownClass,
        RowOutcome.Used or RowOutcome.ZeroWeight => BadRowPolicy.Skip,
        _ => options.InvalidScore,
    };
}

/// <summary>What became of a row.</summary>
internal enum RowOutcome
{
    Used,
    ZeroWeight,
    MissingLabel,
    UnknownClass,
    NonFiniteScore,
    OutOfRangeScore,
    RowSumNotOne,
}

/// <summary>Counts rows by what became of them.</summary>
internal sealed class RowCounter
{
    private readonly long[] _counts = new long[Enum.GetValues<RowOutcome>().Length];
    private long _mistakes;
    private long _distributions;

    public void Add(RowOutcome outcome, int rows) => _counts[(int)outcome] += rows;

    /// <summary>Counts a bad row that nevertheless enters log-loss and accuracy.</summary>
    public void AddMistake() => _mistakes++;

    /// <summary>Counts rows of scores taken for logits that might be probabilities.</summary>
    public void AddDistributions(int rows) => _distributions += rows;

    public void Clear()
    {
        Array.Clear(_counts);
        (_mistakes, _distributions) = (0, 0);
    }

    public void Merge(RowCounter other)
    {
        (_mistakes, _distributions) = (_mistakes + other._mistakes, _distributions + other._distributions);
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    /// <summary>Writes the counts, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw<long>(_counts);
        state.Raw(ref _mistakes);
        state.Raw(ref _distributions);
    }

    /// <summary>The counts, and those of the rows that <paramref name="sums"/> hold whose loss is a bound.</summary>
    public RowCounts ToCounts(in LogLossSums sums = default) => new()
    {
        Used = this[RowOutcome.Used],
        ZeroWeight = this[RowOutcome.ZeroWeight],
        MissingLabel = this[RowOutcome.MissingLabel],
        UnknownClass = this[RowOutcome.UnknownClass],
        NonFiniteScore = this[RowOutcome.NonFiniteScore],
        OutOfRangeScore = this[RowOutcome.OutOfRangeScore],
        RowSumNotOne = this[RowOutcome.RowSumNotOne],
        CountedAsMistake = _mistakes,
        Clipped = sums.ClippedRows,
        RoundedToZero = sums.RoundedRows,
        Distributions = _distributions,
    };

    private long this[RowOutcome outcome] => _counts[(int)outcome];
}
