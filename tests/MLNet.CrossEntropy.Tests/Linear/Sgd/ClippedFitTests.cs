using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Tests.Shared;


namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class ClippedFitTests
{
    private static readonly SgdOptions Options = new()
    {
        Loss = new SoftmaxCrossEntropyLoss(),
        Outputs = 3,
        Solver = Solver.Sgd,
        Momentum = 0,
        Standardization = Standardization.None,
        Schedule = Schedule.Constant(0.5),
        Shuffle = false,
        Epochs = 5,
        BatchSize = 40,
        L2 = 0.1,
        InitialBiases = new float[3],
    };

    [Theory]
    [InlineData(0.05, null)]
    [InlineData(null, 0.02)]
    [InlineData(0.05, 0.02)]
    public void Steps_are_those_of_a_clipped_gradient_descent(double? norm, double? value)
    {
        RowTable rows = RowTable.Gaussian(40, 37, 3);
        var fitted = SgdLoop.Fit(rows.Dense(), null, Options with { ClipNorm = norm, ClipValue = value });
        double[] expected = Reference(rows, norm, value), actual = [.. fitted.Weights.Concat(fitted.Biases).Select(weight => (double)weight)];
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 2e-6);
        Assert.NotEqual(SgdLoop.Fit(rows.Dense(), null, Options).Weights, fitted.Weights);
    }

    [Fact]
    public void A_limit_that_is_never_reached_changes_no_bit()
    {
        var rows = RowTable.Gaussian(200, 40, 3).Dense();
        var options = Options with { Standardization = Standardization.Auto, Momentum = 0.9, L1 = 1e-3, Shuffle = true };
        SgdResult free = SgdLoop.Fit(rows, null, options), limited = SgdLoop.Fit(rows, null, options with { ClipNorm = 1e9, ClipValue = 1e9 });
        Assert.Equal(free.Weights, limited.Weights);
        Assert.Equal(free.Biases, limited.Biases);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var rows = RowTable.Gaussian(300, 300, 3).Dense();
        var options = Options with { BatchSize = 64, ClipNorm = 0.1, ClipValue = 0.05 };
        var alone = SgdLoop.Fit(rows, null, options);
        foreach (var threads in new[] { 2, 8 })
            Assert.Equal(alone.Weights, SgdLoop.Fit(rows, null, options with { Threads = threads }).Weights);
    }

    [Fact]
    public void Sparse_rows_and_saga_are_refused_and_auto_is_sgd()
    {
        RowTable rows = RowTable.Gaussian(60, 4, 3);
        var clipped = Options with { ClipNorm = 1 };
        Assert.Contains("the rows are sparse", Assert.Throws<ArgumentException>(() => SgdLoop.Fit(rows.Sparse(), null, clipped)).Message, StringComparison.Ordinal);
        Assert.Contains("Solver is Saga", Assert.Throws<ArgumentException>(() => SgdLoop.Fit(rows.Dense(), null, clipped with { Solver = Solver.Saga })).Message, StringComparison.Ordinal);
        Assert.Equal(SgdLoop.Fit(rows.Dense(), null, clipped).Weights, SgdLoop.Fit(rows.Dense(), null, clipped with { Solver = Solver.Auto }).Weights);
    }

    /// <summary>Full-batch gradient descent in double: elements limited, then the norm of all of them.</summary>
    private static double[] Reference(RowTable rows, double? norm, double? value)
    {
        var problem = new LinearProblem([.. rows.X.Select(row => row.Select(x => (double)x).ToArray())], rows.Y, 3, [.. rows.Y.Select(_ => 1.0)]);
        double[] parameters = new double[problem.Parameters], gradient = new double[problem.Parameters];
        for (var step = 0; step < 5; step++)
        {
            problem.Loss(parameters, gradient);
            for (var i = 0; i < problem.Weights; i++)
                gradient[i] += 0.1 * parameters[i];
            if (value is { } limit)
                gradient = [.. gradient.Select(g => Math.Clamp(g, -limit, limit))];
            var length = Math.Sqrt(gradient.Sum(g => g * g));
            var factor = norm is { } most && length > most ? most / length : 1;
            for (var i = 0; i < parameters.Length; i++)
                parameters[i] -= 0.5 * factor * gradient[i];
        }

        return parameters;
    }
}
