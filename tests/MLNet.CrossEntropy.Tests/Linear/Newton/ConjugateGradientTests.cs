using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Cholesky and conjugate gradients on systems whose solution is known beforehand.</summary>
public sealed class ConjugateGradientTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(40)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(131)]
    [InlineData(200)]
    public void Cholesky_solves(int n)
    {
        var (matrix, solution, right) = System(n);
        double[] shared = [.. matrix];
        using var team = new WorkerTeam(3);
        Cholesky.Factorize(shared, n, team);
        Cholesky.Factorize(matrix, n);
        for (var i = 0; i < n; i++)
            Assert.Equal(matrix.AsSpan(i * n, i + 1), shared.AsSpan(i * n, i + 1));
        Cholesky.Solve(matrix, n, right);
        for (var i = 0; i < n; i++)
            Assert.Equal(solution[i], right[i], 1e-9);
    }

    [Fact]
    public void A_singular_matrix_still_gives_a_finite_direction()
    {
        // The second coordinate is the first again, the third has no curvature at all.
        double[] matrix = [4, 0, 0, 4, 4, 0, 0, 0, 0], right = [2, 2, 1];
        Cholesky.Factorize(matrix, 3);
        Cholesky.Solve(matrix, 3, right);
        Assert.All(right, x => Assert.True(double.IsFinite(x) && Math.Abs(x) <= 1));
        Assert.Equal(0.5, right[0], 1e-12);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(30, false)]
    [InlineData(30, true)]
    public void Conjugate_gradients_solve(int n, bool preconditioned)
    {
        var (matrix, solution, right) = System(n);
        double[] gradient = [.. right.Select(b => -b)], factor = [.. matrix], sum = new double[n], last = new double[n];
        Cholesky.Factorize(factor, n);
        var solver = new ConjugateGradient(n);
        var products = solver.Solve(
            gradient,
            _ => 1e-12,
            residual =>
            {
                if (preconditioned)
                    Cholesky.Solve(factor, n, residual);
            },
            (v, product) =>
            {
                v.CopyTo(last, 0);
                for (var i = 0; i < n; i++)
                    product[i] = SpanMath.Dot(matrix.AsSpan(i * n, n), v);
            },
            step => SpanMath.AddScaled(sum, step, last));

        for (var i = 0; i < n; i++)
        {
            Assert.Equal(solution[i], solver.Solution[i], 1e-8);
            Assert.Equal(solver.Solution[i], sum[i], 1e-12);
        }

        Assert.InRange(products, 1, preconditioned ? 2 : 2 * n);
    }

    [Fact]
    public void A_flat_direction_ends_the_search()
    {
        var solver = new ConjugateGradient(2);
        var products = solver.Solve([1, 0], _ => 1e-3, _ => { }, (_, product) => Array.Clear(product), _ =>
            Assert.Fail("No step along a flat direction."));
        Assert.Equal(1, products);
        Assert.Equal([0, 0], solver.Solution);
    }

    /// <summary>g' H^-1 g of eigenvalues from 1 to 1e-4: few products find little of it, and say about how much is missing.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(200)]
    public void What_few_products_do_not_find_is_taken_into_account(int products)
    {
        const int Length = 200;
        double[] eigenvalues = [.. Enumerable.Range(0, Length).Select(i => Math.Pow(10, -4.0 * i / (Length - 1)))];
        double[] gradient = [.. eigenvalues.Select(value => Math.Pow(value, 0.75))];
        var truth = gradient.Zip(eigenvalues, (g, value) => g * g / value).Sum();
        var solver = new ConjugateGradient(Length);
        solver.Solve(gradient, _ => 1e-9, _ => { }, (v, product) =>
        {
            for (var i = 0; i < Length; i++)
                product[i] = eigenvalues[i] * v[i];
        }, _ => { }, products);
        var found = -SpanMath.Dot(gradient, solver.Solution);
        Assert.InRange(found, 0, truth * (1 + 1e-9));
        Assert.InRange(solver.Decrement(), found * (1 - 1e-9), 1.5 * truth);
        Assert.True(Math.Abs(solver.Decrement() - truth) <= Math.Abs(found - truth) + 1e-9 * truth);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(17)]
    public void Sums_of_products_take_every_element(int length)
    {
        double[] x = [.. Enumerable.Range(1, length).Select(i => (double)i)], y = [.. x.Select(value => value * value)];
        Assert.Equal(x.Sum(value => value * value * value), SpanMath.Dot(x, y), 1e-9);
        SpanMath.AddScaled(y, -0.5, x);
        Assert.Equal(x.Select(value => value * value - 0.5 * value), y);
    }

    /// <summary>A symmetric positive definite matrix <c>B'B + I</c>, a solution and its right side.</summary>
    private static (double[] Matrix, double[] Solution, double[] Right) System(int n)
    {
        var random = new Random(n);
        double[] b = [.. Enumerable.Range(0, n * n).Select(_ => random.NextDouble() - 0.5)], matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
                matrix[i * n + j] = (i == j ? 1 : 0) + Enumerable.Range(0, n).Sum(m => b[m * n + i] * b[m * n + j]);
        }

        double[] solution = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() * 4 - 2)];
        double[] right = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Sum(j => matrix[i * n + j] * solution[j]))];
        return (matrix, solution, right);
    }
}
