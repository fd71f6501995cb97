namespace MLNet.CrossEntropy.Reporting;

/// <summary>One line of a <see cref="LineChart"/>.</summary>
/// <param name="Name">What the line is.</param>
/// <param name="Colour">The number of its colour.</param>
/// <param name="IsDashed">Whether it is dashed, with squares for marks, so that colour is not needed to tell it from others.</param>
/// <param name="Ring">Where along the x axis a ring marks it; null for none.</param>
/// <param name="Points">Its points, from left to right, all finite.</param>
internal sealed record ChartLine(string Name, int Colour, bool IsDashed, double? Ring, IReadOnlyList<(double X, double Y)> Points);
