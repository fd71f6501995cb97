using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Shared;


namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Both products against plain loops in double, for awkward sizes.</summary>
public sealed unsafe class RowProductsTests
{
    public static TheoryData<int, int, int, bool, int> Sizes()
    {
        var sizes = new TheoryData<int, int, int, bool, int>();
        foreach (var (rows, features, outputs) in new[] { (1, 1, 1), (5, 3, 2), (300, 33, 1), (257, 16, 7), (600, 70, 10) })
        {
            foreach (var threads in new[] { 1, 3 })
            {
                sizes.Add(rows, features, outputs, true, threads);
                sizes.Add(rows, features, outputs, false, threads);
            }
        }

        return sizes;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Logits_and_gradients_are_those_of_plain_loops(int rows, int features, int outputs, bool dense, int threads)
    {
        var table = RowTable.Gaussian(rows, features, Math.Max(2, outputs));
        var random = new Random(5);
        float[] weights = [.. Enumerable.Range(0, outputs * features).Select(_ => random.NextSingle() - 0.5f)];
        float[] biases = [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle())];
        double[] expected = new double[outputs * features], expectedBiases = new double[outputs], actual = new double[outputs * features];
        for (var r = 0; r < rows; r++)
        {
            for (var k = 0; k < outputs; k++)
            {
                var error = Error(r, Logit(table.X[r], weights, biases, k));
                expectedBiases[k] += error;
                for (var j = 0; j < features; j++)
                    expected[k * features + j] += error * table.X[r][j];
            }
        }

        using var set = new RowSet(dense ? table.Dense() : table.Sparse());
        using var team = new WorkerTeam(threads);
        using RowProducts products = dense ? new DenseProducts(features, outputs, team) : new SparseProducts(set, outputs, team);
        products.SetModel(weights, biases);
        products.Pass(set, withLogits: true, (first, values) => MakeErrors(first, outputs, values), actual);

        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5 * (1 + rows));
        for (var k = 0; k < outputs; k++)
            Assert.Equal(expectedBiases[k], products.BiasGradient[k], 1e-5 * (1 + rows));

        var last = new float[outputs];
        fixed (float* logits = last)
            products.ComputeLogits(set, rows - 1, rows, logits);
        for (var k = 0; k < outputs; k++)
            Assert.Equal(Logit(table.X[^1], weights, biases, k), last[k], 1e-4);
    }

    [Fact]
    public void Without_logits_the_errors_are_the_maps_alone()
    {
        var table = RowTable.Gaussian(40, 4, 2);
        using var set = new RowSet(table.Sparse());
        using var team = new WorkerTeam(1);
        using var products = new SparseProducts(set, 1, team);
        var gradient = new double[4];
        products.Pass(set, withLogits: false, (row, values) => values[0] += row == 7 ? 2 : 0, gradient);
        for (var j = 0; j < 4; j++)
            Assert.Equal(2f * table.X[7][j], gradient[j], 1e-6);
        Assert.Equal(2, products.BiasGradient[0]);
    }

    private static double Logit(float[] x, float[] weights, float[] biases, int k) =>
        biases[k] + x.Select((value, j) => (double)value * weights[k * x.Length + j]).Sum();

    // Any function of row and logit that a mistaken row or logit would show in.
    private static double Error(int row, double logit) => (row % 3 + 1) * (logit - 0.25);

    private static void MakeErrors(int first, int outputs, Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)Error(first + i / outputs, values[i]);
    }
}
