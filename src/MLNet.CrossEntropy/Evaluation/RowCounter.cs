namespace MLNet.CrossEntropy.Evaluation;

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
