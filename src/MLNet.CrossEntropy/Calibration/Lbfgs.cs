namespace MLNet.CrossEntropy.Calibration;

/// <summary>
/// The limited-memory BFGS method for small smooth problems in double (Nocedal and Wright 2006, "Numerical Optimization", algorithms
/// 7.4 and 7.5).
/// </summary>
internal static class Lbfgs
{
    private const int Memory = 20;
    private const int MostHalvings = 60;
    private const double SufficientDecrease = 1e-4;

    // Near the minimum of a function of about 1, the value stops changing once the gradient is about the root of its rounding.
    private const double Resolution = 1e-8;

    /// <summary>Returns the function's value at a point and writes its gradient there.</summary>
    public delegate double Objective(double[] point, double[] gradient);

    /// <summary>
    /// Goes downhill from <paramref name="start"/> until no component of the gradient is above <paramref name="tolerance"/>.
    /// </summary>
    public static LbfgsResult Minimize(Objective objective, double[] start, double tolerance, int mostIterations)
    {
        double[] point = [.. start], gradient = new double[start.Length];
        var value = objective(point, gradient);
        List<(double[] Step, double[] Change, double Product)> history = [];
        var iteration = 0;
        for (; iteration < mostIterations && Norm(gradient) > tolerance; iteration++)
        {
            var direction = Direction(gradient, history);
            var slope = Dot(direction, gradient);
            double[] next = new double[point.Length], nextGradient = new double[point.Length];
            double length = 1, nextValue = double.PositiveInfinity;
            var halvings = 0;
            for (; halvings < MostHalvings; halvings++, length /= 2)
            {
                for (var j = 0; j < next.Length; j++)
                    next[j] = point[j] + length * direction[j];
                nextValue = objective(next, nextGradient);
                if (nextValue <= value + SufficientDecrease * length * slope)
                    break;
            }
            // At the resolution of the value no step is seen to go down any more.
            if (halvings == MostHalvings)
                break;
            Remember(history, point, next, gradient, nextGradient);
            (point, gradient, value) = (next, nextGradient, nextValue);
        }
        var norm = Norm(gradient);
        return new(point, value, norm, iteration, Converged: norm <= Math.Max(tolerance, Resolution));
    }

    private static void Remember(
        List<(double[] Step, double[] Change, double Product)> history,
        double[] from,
        double[] to,
        double[] gradientFrom,
        double[] gradientTo)
    {
        double[] step = [.. to.Zip(from, (a, b) => a - b)], change = [.. gradientTo.Zip(gradientFrom, (a, b) => a - b)];
        var product = Dot(step, change);
        if (product <= 0)
            return;
        if (history.Count == Memory)
            history.RemoveAt(0);
        history.Add((step, change, product));
    }

    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Change, double Product)> history)
    {
        double[] direction = [.. gradient.Select(g => -g)];
        var shares = new double[history.Count];
        for (var h = history.Count - 1; h >= 0; h--)
        {
            shares[h] = Dot(history[h].Step, direction) / history[h].Product;
            AddScaled(direction, -shares[h], history[h].Change);
        }
        if (history.Count > 0)
        {
            var scale = history[^1].Product / Dot(history[^1].Change, history[^1].Change);
            for (var j = 0; j < direction.Length; j++)
                direction[j] *= scale;
        }
        for (var h = 0; h < history.Count; h++)
            AddScaled(direction, shares[h] - Dot(history[h].Change, direction) / history[h].Product, history[h].Step);
        return direction;
    }

    private static void AddScaled(double[] target, double factor, double[] x)
    {
        for (var j = 0; j < target.Length; j++)
            target[j] += factor * x[j];
    }

    private static double Dot(double[] x, double[] y)
    {
        double sum = 0;
        for (var j = 0; j < x.Length; j++)
            sum += x[j] * y[j];
        return sum;
    }

    private static double Norm(double[] x) => x.Max(Math.Abs);
}

/// <summary>Where a minimisation ended.</summary>
/// <param name="Point">The best point found.</param>
/// <param name="Value">The function's value there.</param>
/// <param name="GradientNorm">The largest component of its gradient there.</param>
/// <param name="Iterations">How many steps it took.</param>
/// <param name="Converged">Whether the gradient is as small as was asked for, or as arithmetic allows.</param>
internal sealed record LbfgsResult(double[] Point, double Value, double GradientNorm, int Iterations, bool Converged);
