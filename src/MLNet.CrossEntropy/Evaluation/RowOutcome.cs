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
