namespace MLNet.CrossEntropy.Reporting;

/// <summary>One row of a chart of intervals.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Value">The figure; NaN where there is none.</param>
/// <param name="Lower">The interval's lower bound; NaN where there is none.</param>
/// <param name="Upper">Its upper bound.</param>
/// <param name="Remark">What stands beside it.</param>
internal sealed record Interval(string Name, double Value, double Lower, double Upper, string Remark);
