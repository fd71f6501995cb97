using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Tests.Numerics;

public sealed class SpanMathTests
{
    /// <summary>Every length up to several vectors of any width, with the largest element and a NaN at every place.</summary>
    [Fact]
    public void Verbs_agree_with_their_plain_loops_at_every_length()
    {
        for (var length = 1; length <= 70; length++)
        {
            var random = new Random(length);
            var x = Enumerable.Range(0, length).Select(_ => random.Next(-1000, 1000) / 8f).ToArray();
            var y = new float[length];

            Assert.Equal(x.Sum(v => (double)v), SpanMath.Sum(x));
            SpanMath.Subtract(x, 2.5f, y);
            Assert.Equal(x.Select(v => v - 2.5f), y);
            SpanMath.Scale<float>(y, 3);
            Assert.Equal(x.Select(v => (v - 2.5f) * 3), y);
            double[] z = [.. x.Select(v => (double)v)];
            SpanMath.Scale(z, 1 / 3.0);
            Assert.Equal(x.Select(v => v * (1 / 3.0)), z);

            for (var place = 0; place < length; place++)
            {
                var before = x[place];
                x[place] = 126;
                Assert.Equal(126, SpanMath.Max(x));
                x[place] = float.NaN;
                Assert.Equal(float.NaN, SpanMath.Max(x));
                x[place] = before;
            }
        }
    }

    [Fact]
    public void Largest_of_negative_numbers_is_negative() => Assert.Equal(-1, SpanMath.Max([-5, -3, -1, -2, -9]));
}
