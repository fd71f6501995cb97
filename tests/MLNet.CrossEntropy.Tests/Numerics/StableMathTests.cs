using System.Numerics;
using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Numerics;

public sealed class StableMathTests
{
    private static readonly JsonNode Torch = GoldenFile.Load("torch-losses.json");

    [Fact]
    public void Softmax_and_its_relatives_are_those_of_the_oracle()
    {
        SoftmaxIsThatOfTheOracle<double>(Tolerances.Double);
        SoftmaxIsThatOfTheOracle<float>(Tolerances.Float);
    }

    [Fact]
    public void Sigmoid_and_its_relatives_are_those_of_the_oracle()
    {
        SigmoidIsThatOfTheOracle<double>(Tolerances.Double);
        SigmoidIsThatOfTheOracle<float>(Tolerances.Float);
    }

    [Theory]
    [InlineData(new[] { 7.5 }, 7.5)]
    [InlineData(new[] { 1e4, -1e4, 0 }, 1e4)]
    [InlineData(new[] { -1e4, -1e4 }, -1e4 + 0.6931471805599453)]
    [InlineData(new[] { double.NegativeInfinity, 3, double.NegativeInfinity }, 3)]
    [InlineData(new[] { double.NegativeInfinity, double.NegativeInfinity }, double.NegativeInfinity)]
    [InlineData(new[] { 1, double.PositiveInfinity }, double.PositiveInfinity)]
    [InlineData(new[] { 1, double.NaN, 2 }, double.NaN)]
    [InlineData(new[] { double.NaN, double.PositiveInfinity }, double.NaN)]
    public void Log_sum_exp_at_the_edges(double[] logits, double expected)
    {
        Tolerances.AssertClose(expected, StableMath.LogSumExp<double>(logits), 1e-15);
        float[] narrow = [.. logits.Select(z => (float)z)];
        Tolerances.AssertClose((float)expected, StableMath.LogSumExp<float>(narrow), 1e-7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10_000)]
    public void Equal_logits_share_the_probability_equally(int classes)
    {
        double[] logits = Enumerable.Repeat(-1e4, classes).ToArray(), q = new double[classes];
        Tolerances.AssertClose(-1e4 + Math.Log(classes), StableMath.LogSumExp<double>(logits), 1e-15);
        StableMath.Softmax<double>(logits, q);
        Assert.All(q, v => Tolerances.AssertClose(1.0 / classes, v, 1e-15));

        float[] narrow = [.. logits.Select(z => (float)z)];
        StableMath.Softmax<float>(narrow, narrow);
        Assert.All(narrow, v => Assert.Equal(1f / classes, v));
    }

    [Fact]
    public void Softmax_where_the_framework_of_logits_overflows()
    {
        float[] logits = [90, 2, -2], q = new float[3];
        StableMath.Softmax<float>(logits, q);
        Assert.Equal(1f, q[0]);
        Assert.Equal(Math.Exp(-88), q[1], 1e-44);
    }

    [Fact]
    public void A_logit_of_minus_infinity_has_probability_0_and_undefined_rows_are_NaN()
    {
        var q = new double[3];
        StableMath.Softmax<double>([0, double.NegativeInfinity, 0], q);
        Assert.Equal([0.5, 0, 0.5], q);
        StableMath.LogSoftmax<double>([0, double.NegativeInfinity, 0], q);
        Assert.Equal(double.NegativeInfinity, q[1]);

        const double Infinity = double.PositiveInfinity;
        double[][] undefined = [[-Infinity, -Infinity, -Infinity], [1, Infinity, 1], [1, double.NaN, 2]];
        foreach (var logits in undefined)
        {
            StableMath.Softmax<double>(logits, q);
            Assert.All(q, v => Assert.Equal(double.NaN, v));
        }
    }

    [Fact]
    public void Log1P_keeps_the_digits_of_small_numbers()
    {
        for (var exponent = -300; exponent <= 300; exponent++)
        {
            var x = Math.Pow(10, exponent);
            var expected = exponent < -3 ? x * (1 - x * (0.5 - x * (1 / 3.0 - x * (0.25 - x / 5)))) : Math.Log(1 + x);
            Tolerances.AssertClose(expected, StableMath.Log1P(x), exponent is >= -3 and <= 0 ? 1e-13 : 4e-16, $"1e{exponent}");
        }

        Assert.Equal(1e-20f, StableMath.Log1P(1e-20f));
        Assert.Equal(double.NegativeInfinity, StableMath.Log1P(-1.0));
        Assert.Equal(double.PositiveInfinity, StableMath.Log1P(double.PositiveInfinity));
        Assert.Equal(double.NaN, StableMath.Log1P(-2.0));
        Assert.Equal(double.NaN, StableMath.Log1P(double.NaN));
    }

    [Fact]
    public void Nothing_times_the_logarithm_of_anything_is_nothing()
    {
        Assert.Equal(0, StableMath.XLogY(0.0, 0.0));
        Assert.Equal(0, StableMath.XLogY(0.0, double.PositiveInfinity));
        Assert.Equal(double.NegativeInfinity, StableMath.XLogY(0.5, 0.0));
        Assert.Equal(2 * MathF.Log(3), StableMath.XLogY(2f, 3f));
        Assert.Equal(double.NaN, StableMath.XLogY(0.0, double.NaN));
        Assert.Equal(double.NaN, StableMath.XLogY(double.NaN, 1.0));
    }

    [Fact]
    public void Infinite_logits_have_certain_sigmoids()
    {
        const double Infinity = double.PositiveInfinity;
        Assert.Equal((0, 1), (StableMath.Sigmoid(-Infinity), StableMath.Sigmoid(Infinity)));
        Assert.Equal((0, Infinity), (StableMath.Softplus(-Infinity), StableMath.Softplus(Infinity)));
        Assert.Equal((-Infinity, 0), (StableMath.LogSigmoid(-Infinity), StableMath.LogSigmoid(Infinity)));
        Assert.True(double.IsNaN(StableMath.Sigmoid(double.NaN)) && double.IsNaN(StableMath.Softplus(double.NaN)));
    }

    [Fact]
    public void Spans_are_checked()
    {
        Assert.Throws<ArgumentException>(() => StableMath.LogSumExp<double>([]));
        Assert.Throws<ArgumentException>(() => StableMath.Softmax<double>([], []));
        Assert.Throws<ArgumentException>(() => StableMath.Softmax<double>([1, 2], new double[1]));
        Assert.Throws<ArgumentException>(() => StableMath.LogSoftmax<double>([1, 2], new double[3]));
    }

    private static void SoftmaxIsThatOfTheOracle<T>(double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach ((var name, var golden) in Torch["softmax"]!.AsObject())
        {
            var logits = Torch["logits"]![name].Matrix();
            for (var i = 0; i < logits.Length; i++)
            {
                T[] z = [.. logits[i].Select(T.CreateTruncating)], q = new T[z.Length];
                var lse = StableMath.LogSumExp<T>(z);
                Tolerances.AssertClose(golden!["logsumexp"]![i].Number(), double.CreateTruncating(lse), tolerance, name);
                StableMath.Softmax<T>(z, q);
                Tolerances.AssertClose(golden["softmax"]![i].Flat(), q.Select(double.CreateTruncating), tolerance, name);
                StableMath.LogSoftmax<T>(z, z);
                Tolerances.AssertClose(golden["log_softmax"]![i].Flat(), z.Select(double.CreateTruncating), tolerance, name);
            }
        }
    }

    private static void SigmoidIsThatOfTheOracle<T>(double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var golden = Torch["sigmoid"]!;
        T[] x = [.. golden["x"].Flat().Select(T.CreateTruncating)];
        AssertGolden("sigmoid", StableMath.Sigmoid);
        AssertGolden("logsigmoid", StableMath.LogSigmoid);
        AssertGolden("softplus_exact", StableMath.Softplus);

        void AssertGolden(string name, Func<T, T> function) =>
            Tolerances.AssertClose(golden[name].Flat(), x.Select(v => double.CreateTruncating(function(v))), tolerance, name);
    }
}
