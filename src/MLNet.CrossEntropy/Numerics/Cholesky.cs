namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// The Cholesky factorisation <c>A = L L'</c> of a symmetric positive definite matrix (Golub and Van Loan 2013, section 4.2).
/// </summary>
internal static class Cholesky
{
    // A pivot this much smaller than its diagonal element is rounding, not curvature.
    private const double SmallestPivot = 1e-12;

    /// <summary>
    /// Replaces the lower triangle of <paramref name="a"/> by L. Where the matrix is singular along a coordinate, that coordinate is cut
    /// loose from the others with the largest diagonal element, so that solving moves along it as little as along any.
    /// </summary>
    /// <param name="a">A, <c>[n, n]</c>, row-major; only the lower triangle is read.</param>
    /// <param name="n">The size.</param>
    public static void Factorize(Span<double> a, int n)
    {
        var largest = 0.0;
        for (var i = 0; i < n; i++)
            largest = Math.Max(largest, a[i * n + i]);
        if (largest <= 0)
            largest = 1;
        for (var i = 0; i < n; i++)
        {
            var row = a.Slice(i * n, i + 1);
            var diagonal = row[i];
            for (var j = 0; j < i; j++)
                row[j] = (row[j] - SpanMath.Dot(row[..j], a.Slice(j * n, j))) / a[j * n + j];
            var pivot = row[i] - SpanMath.Dot(row[..i], row[..i]);
            if (!(pivot > SmallestPivot * diagonal))
            {
                row[..i].Clear();
                pivot = largest;
            }

            row[i] = Math.Sqrt(pivot);
        }
    }

    /// <summary>Replaces b by the solution x of <c>L L' x = b</c>.</summary>
    public static void Solve(ReadOnlySpan<double> l, int n, Span<double> b)
    {
        for (var i = 0; i < n; i++)
            b[i] = (b[i] - SpanMath.Dot(l.Slice(i * n, i), b[..i])) / l[i * n + i];
        for (var i = n - 1; i >= 0; i--)
        {
            b[i] /= l[i * n + i];
            SpanMath.AddScaled(b[..i], -b[i], l.Slice(i * n, i));
        }
    }
}
