using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// The Cholesky factorisation <c>A = L L'</c> of a symmetric positive definite matrix (Golub and Van Loan 2013, section 4.2).
/// </summary>
internal static class Cholesky
{
    // A pivot this much smaller than its diagonal element is rounding, not curvature.
    private const double SmallestPivot = 1e-12;

    // Columns whose part in the rest is subtracted at once, as a product of matrices.
    private const int Panel = 64;

    // Rows by columns of the rest that are one tile of that product.
    private const int Tile = 3;

    /// <summary>
    /// Replaces the lower triangle of <paramref name="a"/> by L. Where the matrix is singular along a coordinate, that coordinate is cut
    /// loose from the others with the largest diagonal element, so that solving moves along it as little as along any.
    /// </summary>
    /// <param name="a">A, <c>[n, n]</c>, row-major; only the lower triangle is read.</param>
    /// <param name="n">The size.</param>
    /// <param name="team">Threads that share the work, to the same bits however many; null for the caller alone.</param>
    public static void Factorize(Memory<double> a, int n, WorkerTeam? team = null)
    {
        if (a.Length < (long)n * n)
            throw new ArgumentException($"A matrix of {n} x {n} has more than {a.Length} numbers.", nameof(a));
        var diagonal = new double[n];
        for (var i = 0; i < n; i++)
            diagonal[i] = a.Span[i * n + i];
        var largest = n > 0 && diagonal.Max() is > 0 and var most ? most : 1;
        for (var first = 0; first < n; first += Panel)
        {
            var (from, end) = (first, Math.Min(first + Panel, n));
            FactorizePanel(a.Span, n, from, end, diagonal, largest);
            if (end == n)
                return;
            if (team is null || n - end < Panel)
            {
                for (var row = end; row < n; row++)
                    SolveRow(a.Span, n, from, end, row);
                for (var row = end; row < n; row += Tile)
                    SubtractProducts(a.Span, n, from, end, row);
                continue;
            }

            team.Run(member =>
            {
                for (var row = end + member; row < n; row += team.Size)
                    SolveRow(a.Span, n, from, end, row);
            });
            team.Run(member =>
            {
                for (var row = end + Tile * member; row < n; row += Tile * team.Size)
                    SubtractProducts(a.Span, n, from, end, row);
            });
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

    /// <summary>The columns of <c>L^-1</c>, one a line; what is above the diagonal of <c>L^-1</c> stays 0.</summary>
    public static double[] InvertedColumns(ReadOnlyMemory<double> l, int n, WorkerTeam team)
    {
        var columns = new double[checked(n * n)];
        team.Run(member =>
        {
            var factor = l.Span;
            for (var j = member; j < n; j += team.Size)
            {
                var column = columns.AsSpan(j * n, n);
                column[j] = 1 / factor[j * n + j];
                for (var i = j + 1; i < n; i++)
                    column[i] = -SpanMath.Dot(factor.Slice(i * n + j, i - j), column[j..i]) / factor[i * n + i];
            }
        });
        return columns;
    }

    /// <summary>The square on the diagonal, from which the columns before it are subtracted already.</summary>
    private static void FactorizePanel(Span<double> a, int n, int from, int end, double[] diagonal, double largest)
    {
        for (var i = from; i < end; i++)
        {
            var row = a.Slice(i * n, i + 1);
            var before = row[from..i];
            for (var j = from; j < i; j++)
                row[j] = (row[j] - SpanMath.Dot(before[..(j - from)], a.Slice(j * n + from, j - from))) / a[j * n + j];
            var pivot = row[i] - SpanMath.Dot(before, before);
            if (!(pivot > SmallestPivot * diagonal[i]))
            {
                row[..i].Clear();
                pivot = largest;
            }

            row[i] = Math.Sqrt(pivot);
        }
    }

    /// <summary>The panel's columns of a row below it.</summary>
    private static void SolveRow(Span<double> a, int n, int from, int end, int row)
    {
        var line = a.Slice(row * n + from, end - from);
        for (var j = from; j < end; j++)
            line[j - from] = (line[j - from] - SpanMath.Dot(line[..(j - from)], a.Slice(j * n + from, j - from))) / a[j * n + j];
    }

    /// <summary>Subtracts the panel's products from a few rows of the rest.</summary>
    private static void SubtractProducts(Span<double> a, int n, int from, int end, int row)
    {
        var (rows, width) = (Math.Min(Tile, n - row), end - from);
        for (var column = end; column < row + rows; column += Tile)
        {
            var columns = Math.Min(Tile, n - column);
            if (rows == Tile && columns == Tile && width % Vector<double>.Count == 0)
            {
                SubtractTile(ref a[0], n, from, width, row, column);
                continue;
            }

            for (var i = row; i < row + rows; i++)
            {
                for (var j = column; j < Math.Min(column + columns, i + 1); j++)
                    a[i * n + j] -= SpanMath.Dot(a.Slice(i * n + from, width), a.Slice(j * n + from, width));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SubtractTile(ref double a, int n, int from, int width, int row, int column)
    {
        Vector<double> c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
        Vector<double> c20 = default, c21 = default, c22 = default;
        nuint r = (nuint)(row * n + from), c = (nuint)(column * n + from), stride = (nuint)n;
        for (nuint k = 0; k < (nuint)width; k += (nuint)Vector<double>.Count)
        {
            Vector<double> x = Vector.LoadUnsafe(ref a, r + k), y = Vector.LoadUnsafe(ref a, r + stride + k);
            Vector<double> z = Vector.LoadUnsafe(ref a, r + 2 * stride + k), v = Vector.LoadUnsafe(ref a, c + k);
            c00 = Vector.FusedMultiplyAdd(x, v, c00);
            c10 = Vector.FusedMultiplyAdd(y, v, c10);
            c20 = Vector.FusedMultiplyAdd(z, v, c20);
            v = Vector.LoadUnsafe(ref a, c + stride + k);
            c01 = Vector.FusedMultiplyAdd(x, v, c01);
            c11 = Vector.FusedMultiplyAdd(y, v, c11);
            c21 = Vector.FusedMultiplyAdd(z, v, c21);
            v = Vector.LoadUnsafe(ref a, c + 2 * stride + k);
            c02 = Vector.FusedMultiplyAdd(x, v, c02);
            c12 = Vector.FusedMultiplyAdd(y, v, c12);
            c22 = Vector.FusedMultiplyAdd(z, v, c22);
        }

        // Above the diagonal nothing is ever read: a tile on it may write there.
        Subtract(ref a, 0, c00, c01, c02);
        Subtract(ref a, 1, c10, c11, c12);
        Subtract(ref a, 2, c20, c21, c22);

        void Subtract(ref double start, int i, Vector<double> first, Vector<double> second, Vector<double> third)
        {
            ref var cell = ref Unsafe.Add(ref start, (row + i) * n + column);
            cell -= Vector.Sum(first);
            Unsafe.Add(ref cell, 1) -= Vector.Sum(second);
            Unsafe.Add(ref cell, 2) -= Vector.Sum(third);
        }
    }
}
