namespace MLNet.CrossEntropy.Calibration;

/// <summary>Where a minimisation ended.</summary>
/// <param name="Point">The best point found.</param>
/// <param name="Value">The function's value there.</param>
/// <param name="GradientNorm">The largest component of its gradient there.</param>
/// <param name="Iterations">How many steps it took.</param>
/// <param name="Converged">Whether the gradient is as small as was asked for, or as arithmetic allows.</param>
internal sealed record LbfgsResult(double[] Point, double Value, double GradientNorm, int Iterations, bool Converged);
