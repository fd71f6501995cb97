using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Numerics;

public sealed class VectorMathTests
{
    private const double ExpTolerance = 1.0; // ulp
    private const double LogTolerance = 1.0; // ulp

    [Fact]
    public void Exp_is_within_one_ulp_over_its_whole_range()
    {
        var x = Enumerable.Range(0, 400_000).Select(i => -105f + i * 0.0005f).Where(v => v < 90).ToArray();
        AssertWithinUlps(x, VectorMath.Exp, Math.Exp, ExpTolerance);
    }

    [Fact]
    public void Exp_of_tiny_numbers_is_within_one_ulp()
    {
        var x = Enumerable.Range(0, 20_000).Select(i => MathF.Pow(10, -i / 500f) * (i % 2 == 0 ? 1 : -1)).ToArray();
        AssertWithinUlps(x, VectorMath.Exp, Math.Exp, ExpTolerance);
    }

    [Fact]
    public void Log_is_within_one_ulp_over_every_exponent_and_below_the_normal_range()
    {
        var x = new float[400_000];
        for (var i = 0; i < x.Length; i++)
            x[i] = BitConverter.UInt32BitsToSingle(1 + (uint)i * 5347u % 0x7f7fffffu);
        AssertWithinUlps(x, Log, Math.Log, LogTolerance);
    }

    [Fact]
    public void Log_near_one_is_within_one_ulp()
    {
        var x = Enumerable.Range(0, 200_000).Select(i => 0.5f + i * 7.5e-6f).ToArray();
        AssertWithinUlps(x, Log, Math.Log, LogTolerance);
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(-104f, 0f)]
    [InlineData(-1e4f, 0f)]
    [InlineData(1e4f, float.PositiveInfinity)]
    [InlineData(88.73f, float.PositiveInfinity)]
    [InlineData(88.72f, 3.3931806e38f)]
    [InlineData(-103f, 1e-45f)]
    public void Exp_of_special_values(float x, float expected) => AssertExp(expected, x);

    [Theory]
    [InlineData(1f, 0f)]
    [InlineData(0f, float.NegativeInfinity)]
    [InlineData(-1f, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Log_of_special_values(float x, float expected) =>
        Assert.Equal(Vector256.Create(expected), VectorMath.Log(Vector256.Create(x)));

    [Fact]
    public void Zero_may_carry_a_sign()
    {
        AssertExp(1f, -0f);
        Log_of_special_values(-0f, float.NegativeInfinity);
    }

    [Fact]
    public void Every_width_and_every_length_give_the_same_bits()
    {
        for (var length = 0; length <= 70; length++)
        {
            var random = new Random(length);
            var x = Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() * 200 - 110)).ToArray();
            if (length > 0)
                x[random.Next(length)] = float.NaN;
            Assert.Equal(x.Select(v => VectorMath.Exp(Vector128.Create(v))[0]), Apply(VectorMath.Exp, x));

            for (var i = 0; i + 16 <= length; i += 16)
            {
                Vector512<float> block = Vector512.Create<float>(x.AsSpan(i));
                Assert.Equal(VectorMath.Exp(block), Vector512.Create(VectorMath.Exp(block.GetLower()), VectorMath.Exp(block.GetUpper())));
                var lower = block.GetLower();
                Assert.Equal(VectorMath.Exp(lower), Vector256.Create(VectorMath.Exp(lower.GetLower()), VectorMath.Exp(lower.GetUpper())));
            }
        }
    }

    [Fact]
    public void Spans_may_be_the_same_but_not_of_different_lengths()
    {
        var x = Enumerable.Range(0, 37).Select(i => i - 20f).ToArray();
        var expected = Apply(VectorMath.Exp, x);
        VectorMath.Exp(x, x);
        Assert.Equal(expected, x);

        var error = Assert.Throws<ArgumentException>(() => VectorMath.Exp(new float[5], new float[4]));
        Assert.Contains("4", error.Message, StringComparison.Ordinal);
        Assert.Contains("5", error.Message, StringComparison.Ordinal);
    }

    private delegate void SpanFunction(ReadOnlySpan<float> x, Span<float> destination);

    private static float[] Apply(SpanFunction f, float[] x)
    {
        var y = new float[x.Length];
        f(x, y);
        return y;
    }

    private static void AssertWithinUlps(float[] x, SpanFunction f, Func<double, double> oracle, double ulps)
    {
        var y = Apply(f, x);
        double worst = 0;
        float at = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var expected = oracle(x[i]);
            var distance = UlpDistance(y[i], expected);
            if (distance > worst)
                (worst, at) = (distance, x[i]);
        }

        Assert.True(worst <= ulps, $"{worst} ulp at {at:R}");
    }

    private static double UlpDistance(float actual, double expected)
    {
        var rounded = (float)expected;
        if (float.IsInfinity(rounded) || rounded == 0)
            return actual == rounded ? 0 : double.PositiveInfinity;
        var ulp = MathF.BitIncrement(MathF.Abs(rounded)) - MathF.Abs(rounded);
        return Math.Abs(actual - expected) / (float.IsInfinity(ulp) ? MathF.Abs(rounded) - MathF.BitDecrement(MathF.Abs(rounded)) : ulp);
    }

    /// <summary>Logarithms by eights; the length must be a multiple.</summary>
    private static void Log(ReadOnlySpan<float> x, Span<float> destination)
    {
        for (var i = 0; i < x.Length; i += Vector256<float>.Count)
            VectorMath.Log(Vector256.Create(x[i..])).CopyTo(destination[i..]);
    }

    private static void AssertExp(float expected, float x)
    {
        Assert.Equal(Vector128.Create(expected), VectorMath.Exp(Vector128.Create(x)));
        Assert.Equal(Vector256.Create(expected), VectorMath.Exp(Vector256.Create(x)));
        Assert.Equal(Vector512.Create(expected), VectorMath.Exp(Vector512.Create(x)));
        Assert.Equal([expected], Apply(VectorMath.Exp, [x]));
    }
}
