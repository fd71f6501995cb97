using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>What is wrong with a row of scores, if anything.</summary>
internal delegate RowOutcome ScoreCheck(ReadOnlySpan<float> scores);

/// <summary>Finds rows that cannot be evaluated and treats them as the caller asked.</summary>
internal static class BadRows
{
    /// <summary>Takes the good rows of a block and treats the others as the caller asked.</summary>
    /// <exception cref="InvalidOperationException">The caller does not tolerate one of them.</exception>
    public static void TakeGood(ScoredBlock rows, EvaluationOptions options, ScoreCheck check, EvaluatedBlock block)
    {
        block.StartFrom(rows);
        for (var row = 0; row < rows.Count; row++)
        {
            var outcome = CheckLabel(rows.Labels[row], rows.Weights[row]);
            if (outcome == RowOutcome.Used)
                outcome = check(rows.Scores(row));
            block.Outcomes.Add(outcome, 1);
            if (outcome == RowOutcome.Used)
                block.Take(rows, row);
            else
                TreatBad(rows, row, outcome, options, block);
        }
    }

    /// <summary>What a row's weight and label say about it, before its scores are looked at.</summary>
    public static RowOutcome CheckLabel(int label, double weight) => weight == 0 ? RowOutcome.ZeroWeight
        : label == ScoreClasses.Missing ? RowOutcome.MissingLabel
        : label == ScoreClasses.Unknown ? RowOutcome.UnknownClass
        : RowOutcome.Used;

    private static void TreatBad(ScoredBlock rows, int row, RowOutcome outcome, EvaluationOptions options, EvaluatedBlock block)
    {
        var policy = PolicyFor(outcome, options);
        if (policy == BadRowPolicy.Throw)
            throw EvaluationErrors.BadRow(outcome, rows.FirstRow + row, rows.Scores(row));
        block.BadRows.Add((row, outcome, policy == BadRowPolicy.CountAsMistake));
        if (policy == BadRowPolicy.CountAsMistake)
        {
            block.Outcomes.AddMistake();
            block.Mistakes.Add((row, Math.Max(rows.Labels[row], -1), rows.Weights[row]));
        }
    }

    private static BadRowPolicy PolicyFor(RowOutcome outcome, EvaluationOptions options) => outcome switch
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

    public void Add(RowOutcome outcome, int rows) => _counts[(int)outcome] += rows;

    /// <summary>Counts a bad row that nevertheless enters log-loss and accuracy.</summary>
    public void AddMistake() => _mistakes++;

    public void Clear()
    {
        Array.Clear(_counts);
        _mistakes = 0;
    }

    public void Merge(RowCounter other)
    {
        _mistakes += other._mistakes;
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    public RowCounts ToCounts(long clipped) => new()
    {
        Used = this[RowOutcome.Used],
        ZeroWeight = this[RowOutcome.ZeroWeight],
        MissingLabel = this[RowOutcome.MissingLabel],
        UnknownClass = this[RowOutcome.UnknownClass],
        NonFiniteScore = this[RowOutcome.NonFiniteScore],
        OutOfRangeScore = this[RowOutcome.OutOfRangeScore],
        RowSumNotOne = this[RowOutcome.RowSumNotOne],
        CountedAsMistake = _mistakes,
        Clipped = clipped,
    };

    private long this[RowOutcome outcome] => _counts[(int)outcome];
}
