namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>The oracle for gradients.</summary>
internal static class FiniteDifference
{
    /// <summary>The fourth-order central difference of f at x, coordinate by coordinate.</summary>
    public static double[] Gradient(Func<double[], double> f, double[] x, double step = 1e-3)
    {
        var gradient = new double[x.Length];
        double[] moved = [.. x];
        for (var i = 0; i < x.Length; i++)
        {
            double At(double steps)
            {
                moved[i] = x[i] + steps * step;
                return f(moved);
            }

            gradient[i] = (At(-2) - 8 * At(-1) + 8 * At(1) - At(2)) / (12 * step);
            moved[i] = x[i];
        }

        return gradient;
    }
}
