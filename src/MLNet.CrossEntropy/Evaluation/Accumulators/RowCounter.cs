namespace MLNet.CrossEntropy;

/// <summary>Counts rows by what became of them.</summary>
internal sealed class RowCounter
{
    private readonly long[] _counts = new long[Enum.GetValues<RowOutcome>().Length];

    public void Add(RowOutcome outcome) => _counts[(int)outcome]++;

    public void Merge(RowCounter other)
    {
        for (int i = 0; i < _counts.Length; i++)
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
        Clipped = clipped,
    };

    private long this[RowOutcome outcome] => _counts[(int)outcome];
}
