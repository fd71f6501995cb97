using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>Limits on the gradient, applied in place before an optimizer sees it.</summary>
/// <remarks>Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks, Algorithm 1 (the norm).</remarks>
public static class GradientClipping
{
    /// <summary>Keeps the division of a gradient of norm 0 finite, as PyTorch does.</summary>
    private const double Epsilon = 1e-6;

    /// <summary>The sum of squares, in double and always in the same order: sums of several parts add up to that of the whole gradient.</summary>
    internal static double SumOfSquares<T>(ReadOnlySpan<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Four sums, because one would wait for each addition to finish.
        double a = 0, b = 0, c = 0, d = 0;
        var i = 0;
        for (; i <= gradient.Length - 4; i += 4)
        {
            a += Square(gradient[i]);
            b += Square(gradient[i + 1]);
            c += Square(gradient[i + 2]);
            d += Square(gradient[i + 3]);
        }

        for (; i < gradient.Length; i++)
            a += Square(gradient[i]);
        return a + b + (c + d);
    }

    /// <summary>What a gradient of the given norm must be multiplied by: <c>min(1, maximum / (norm + 1e-6))</c>.</summary>
    /// <param name="norm">The joint Euclidean norm of all parts of the gradient.</param>
    /// <param name="maximum">The largest norm allowed, above 0.</param>
    /// <returns>
    /// The factor; 1 when <paramref name="norm"/> is not finite, since no factor mends such a gradient and the caller must see it.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximum"/> is not a finite number above 0.</exception>
    internal static double NormFactor(double norm, double maximum)
    {
        CheckLimit(maximum, nameof(maximum));
        return double.IsFinite(norm) ? Math.Min(1, maximum / (norm + Epsilon)) : 1;
    }

    /// <summary>Scales a gradient down to a Euclidean norm of <paramref name="maximum"/> if it is longer.</summary>
    /// <returns>The norm before; when it is not finite, the gradient is left as it was.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximum"/> is not a finite number above 0.</exception>
    public static double ClipNorm<T>(Span<T> gradient, double maximum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var norm = Math.Sqrt(SumOfSquares<T>(gradient));
        var factor = NormFactor(norm, maximum);
        if (factor < 1)
        {
            var scale = T.CreateTruncating(factor);
            foreach (ref var element in gradient)
                element *= scale;
        }

        return norm;
    }

    /// <summary>Moves every element into <c>[-limit, limit]</c>; NaN stays NaN.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is not a finite number above 0.</exception>
    public static void ClipValue<T>(Span<T> gradient, double limit)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = T.CreateTruncating(CheckLimit(limit, nameof(limit)));
        foreach (ref var element in gradient)
            element = T.Clamp(element, -largest, largest);
    }

    private static double Square<T>(T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var wide = double.CreateTruncating(value);
        return wide * wide;
    }

    private static double CheckLimit(double limit, string name) => Guard.Positive(limit, name, "Leave clipping out for no limit");
}
