using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Each width of the dense kernels against plain loops in double, at sizes that leave every kind of tail.</summary>
public sealed unsafe class DenseKernelTests
{
    public static TheoryData<int, int, int> Sizes()
    {
        var sizes = new TheoryData<int, int, int>();
        foreach (var rows in new[] { 1, 2, 3, 8, 17 })
        {
            foreach (var features in new[] { 1, 2, 3, 4, 7, 8, 15, 16, 17, 30, 31, 33, 64, 100 })
            {
                foreach (var outputs in new[] { 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 20, 26 })
                    sizes.Add(rows, features, outputs);
            }
        }

        return sizes;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Forward_is_the_product_of_rows_and_weights(int rows, int features, int outputs)
    {
        var problem = new Problem(rows, features, outputs);
        foreach (var forward in ForwardWidths)
        {
            var logits = problem.Forward(forward);
            for (var r = 0; r < rows; r++)
            {
                for (var k = 0; k < outputs; k++)
                {
                    double expected = k, magnitude = k;
                    for (var j = 0; j < features; j++)
                    {
                        expected += (double)problem.X[r][j] * problem.W[k * features + j];
                        magnitude += Math.Abs((double)problem.X[r][j] * problem.W[k * features + j]);
                    }

                    Assert.Equal(expected, logits[r * outputs + k], 2e-7 * (features + 2) * magnitude + 1e-30);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Backward_is_the_product_of_errors_and_rows(int rows, int features, int outputs)
    {
        var problem = new Problem(rows, features, outputs);
        foreach (var backward in BackwardWidths)
        {
            var gradient = problem.Backward(backward, 0, features);
            for (var k = 0; k < outputs; k++)
            {
                for (var j = 0; j < features; j++)
                {
                    double expected = 0, magnitude = 0;
                    for (var r = 0; r < rows; r++)
                    {
                        expected += (double)problem.D[r * outputs + k] * problem.X[r][j];
                        magnitude += Math.Abs((double)problem.D[r * outputs + k] * problem.X[r][j]);
                    }

                    Assert.Equal(expected, gradient[k * features + j], 2e-7 * (rows + 2) * magnitude + 1e-30);
                }
            }
        }
    }

    [Theory]
    [InlineData(13, 100, 7)]
    [InlineData(8, 784, 10)]
    public void Splitting_the_features_or_the_rows_changes_no_bit(int rows, int features, int outputs)
    {
        var problem = new Problem(rows, features, outputs);
        var whole = problem.Backward(BackwardWidths[^1], 0, features);
        for (var cut = 32; cut < features; cut += 32)
        {
            var left = problem.Backward(BackwardWidths[^1], 0, cut);
            var right = problem.Backward(BackwardWidths[^1], cut, features);
            for (var i = 0; i < whole.Length; i++)
                Assert.Equal(whole[i], i % features < cut ? left[i] : right[i]);
        }

        var together = problem.Forward(ForwardWidths[^1]);
        for (var r = 0; r < rows; r++)
        {
            var alone = new Problem(rows, features, outputs, onlyRow: r).Forward(ForwardWidths[^1]);
            Assert.Equal(together[(r * outputs)..((r + 1) * outputs)], alone);
        }
    }

    private delegate void Forward(float** rows, int rowCount, int features, float* weights, int stride, int outputs, float* logits);

    private delegate void Backward(float** rows, int rowCount, int from, int to, float* errors, int outputs, float* gradient, int stride);

    // The last of each is what the product calls; the others force one width, with the scalar code for the tail.
    private static readonly Forward[] ForwardWidths =
    [
        static (x, n, f, w, s, k, z) => DenseForward.Range<float, OpsScalar>(x, n, 0, f, w, s, k, z),
        static (x, n, f, w, s, k, z) =>
            DenseForward.Range<float, OpsScalar>(x, n, DenseForward.Range<Vector128<float>, Ops128>(x, n, 0, f, w, s, k, z), f, w, s, k, z),
        static (x, n, f, w, s, k, z) =>
            DenseForward.Range<float, OpsScalar>(x, n, DenseForward.Range<Vector256<float>, Ops256>(x, n, 0, f, w, s, k, z), f, w, s, k, z),
        static (x, n, f, w, s, k, z) =>
            DenseForward.Range<float, OpsScalar>(x, n, DenseForward.Range<Vector512<float>, Ops512>(x, n, 0, f, w, s, k, z), f, w, s, k, z),
        DenseForward.Accumulate,
    ];

    private static readonly Backward[] BackwardWidths =
    [
        static (x, n, a, b, d, k, g, s) => Tail(x, n, a, b, d, k, g, s),
        static (x, n, a, b, d, k, g, s) => Tail(x, n, DenseBackward.Range<Vector128<float>, Ops128>(x, n, a, b, d, k, g, s), b, d, k, g, s),
        static (x, n, a, b, d, k, g, s) => Tail(x, n, DenseBackward.Range<Vector256<float>, Ops256>(x, n, a, b, d, k, g, s), b, d, k, g, s),
        static (x, n, a, b, d, k, g, s) => Tail(x, n, DenseBackward.Range<Vector512<float>, Ops512>(x, n, a, b, d, k, g, s), b, d, k, g, s),
        static (x, n, a, b, d, k, g, s) => DenseBackward.Compute(x, n, a, b, d, k, g, s),
    ];

    private static void Tail(float** rows, int rowCount, int from, int to, float* errors, int outputs, float* gradient, int stride)
    {
        var done = DenseBackward.Range<float, OpsScalar>(rows, rowCount, from, to, errors, outputs, gradient, stride);
        if (done < to)
            DenseBackward.Compute(rows, rowCount, done, to, errors, outputs, gradient, stride);
    }

    private sealed class Problem
    {
        private readonly int _rows;
        private readonly int _features;
        private readonly int _outputs;

        public Problem(int rows, int features, int outputs, int? onlyRow = null)
        {
            var random = new Random(rows * 10_000 + features * 100 + outputs);
            X = new float[rows][];
            for (var r = 0; r < rows; r++)
                X[r] = Values(random, features);
            W = Values(random, outputs * features);
            D = Values(random, rows * outputs);
            if (onlyRow is { } row)
                X = [X[row]];
            (_rows, _features, _outputs) = (X.Length, features, outputs);
        }

        public float[][] X { get; }

        public float[] W { get; }

        public float[] D { get; }

        public float[] Forward(Forward forward)
        {
            var logits = new float[_rows * _outputs];
            for (var i = 0; i < logits.Length; i++)
                logits[i] = i % _outputs;
            WithRows(rows =>
            {
                fixed (float* w = W, z = logits)
                    forward(rows, _rows, _features, w, _features, _outputs, z);
            });
            return logits;
        }

        public float[] Backward(Backward backward, int from, int to)
        {
            var gradient = new float[_outputs * _features];
            WithRows(rows =>
            {
                fixed (float* d = D, g = gradient)
                    backward(rows, _rows, from, to, d, _outputs, g, _features);
            });
            return gradient;
        }

        private delegate void OnRows(float** rows);

        private void WithRows(OnRows action)
        {
            var copies = new float[_rows][];
            var pointers = stackalloc float*[_rows];
            for (var r = 0; r < _rows; r++)
            {
                copies[r] = GC.AllocateUninitializedArray<float>(_features, pinned: true);
                X[r].CopyTo(copies[r], 0);
                fixed (float* row = copies[r])
                    pointers[r] = row;
            }

            action(pointers);
            GC.KeepAlive(copies);
        }

        private static float[] Values(Random random, int length)
        {
            var values = new float[length];
            for (var i = 0; i < length; i++)
                values[i] = random.NextSingle() * 2 - 1;
            return values;
        }
    }
}
