namespace MLNet.CrossEntropy;

/// <summary>A line of a chart in a report's section.</summary>
/// <param name="Name">What the line is.</param>
/// <param name="Points">Its points, from left to right; those that are not finite are left out.</param>
public sealed record ReportLine(string Name, IReadOnlyList<(double X, double Y)> Points);
