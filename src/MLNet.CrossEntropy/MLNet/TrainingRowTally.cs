namespace MLNet.CrossEntropy.MLNet;

/// <summary>What became of the rows of a data view.</summary>
/// <param name="Counts">How many were used, and how many were not, by kind.</param>
/// <param name="WeightSum">The sum of the used rows' weights; their number when they have none.</param>
/// <param name="FirstSkipped">Where the first skipped row is and why; null when none was skipped.</param>
internal sealed record TrainingRowTally(TrainingRowCounts Counts, double WeightSum, string? FirstSkipped);
