using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed unsafe class SparseKernelTests
{
    [Fact]
    public void Axpy_adds_a_multiple_at_every_length_and_touches_nothing_else()
    {
        for (var length = 0; length <= 70; length++)
        {
            float[] x = new float[length + 1], y = new float[length + 1];
            for (var i = 0; i <= length; i++)
                (x[i], y[i]) = (i + 0.5f, 100 - i);
            fixed (float* px = x, py = y)
                SparseKernels.Axpy(2f, px, py, length);
            for (var i = 0; i < length; i++)
                Assert.Equal(100 - i + 2 * (i + 0.5f), y[i]);
            Assert.Equal(100 - length, y[length]);
        }
    }

    [Fact]
    public void Every_width_takes_the_whole_vectors_and_leaves_the_rest()
    {
        float[] x = new float[40], y = new float[40];
        fixed (float* px = x, py = y)
        {
            Assert.Equal(37, SparseKernels.Range<float, OpsScalar>(1f, px, py, 0, 37));
            Assert.Equal(36, SparseKernels.Range<Vector128<float>, Ops128>(1f, px, py, 0, 37));
            Assert.Equal(32, SparseKernels.Range<Vector256<float>, Ops256>(1f, px, py, 0, 37));
            Assert.Equal(32, SparseKernels.Range<Vector512<float>, Ops512>(1f, px, py, 0, 37));
        }
    }
}
