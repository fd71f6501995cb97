namespace MLNet.CrossEntropy;

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
