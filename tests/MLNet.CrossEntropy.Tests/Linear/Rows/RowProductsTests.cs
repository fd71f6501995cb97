using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Both products against plain loops in double, for awkward sizes.</summary>
public sealed class RowProductsTests
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
        double[] expected = new double[outputs * features], expectedBiases = new double[outputs];
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
        using var products = RowProducts.For(Summary(set, outputs), team);
        using var model = new LinearWeights(outputs, features, !dense);
        model.Set(weights, biases);
        products.Clear();
        // Two passes over a part of the rows each; the first ends where a unit does.
        var middle = rows / 2 / RowProducts.UnitRows * RowProducts.UnitRows;
        products.Pass(model, set, 0, middle, MakeErrors);
        products.Pass(model, set, middle, rows, MakeErrors);

        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], products.Sums[i], 1e-5 * (1 + rows));
        for (var k = 0; k < outputs; k++)
            Assert.Equal(expectedBiases[k], products.BiasSums[k], 1e-5 * (1 + rows));

        var logits = new float[rows * outputs];
        products.PassLogits(model, set, 0, rows, (first, _, from, _) =>
            from.CopyTo(logits.AsSpan(first * outputs)));
        for (var r = 0; r < rows; r++)
        {
            for (var k = 0; k < outputs; k++)
                Assert.Equal(Logit(table.X[r], weights, biases, k), logits[r * outputs + k], 1e-4);
        }

        void MakeErrors(int first, int count, Span<float> from, Span<float> errors)
        {
            for (var i = 0; i < count * outputs; i++)
                errors[i] = (float)Error(first + i / outputs, from[i]);
        }
    }

    // Rows of several classes stand for targets of any number of outputs: their labels have no part in it.
    private static RowSummary Summary(RowSet rows, int outputs) =>
        RowSummary.Of([rows], new SoftmaxCrossEntropyLoss(), Math.Max(2, outputs)) with { OutputWeights = new double[outputs] };

    private static double Logit(float[] x, float[] weights, float[] biases, int k) =>
        biases[k] + x.Select((value, j) => (double)value * weights[k * x.Length + j]).Sum();

    // Any function of row and logit that a mistaken row or logit would show in.
    private static double Error(int row, double logit) => (row % 3 + 1) * (logit - 0.25);
}
