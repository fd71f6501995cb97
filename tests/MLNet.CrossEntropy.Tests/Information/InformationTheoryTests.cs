using System.Reflection;
using System.Text.Json.Nodes;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Information;

public sealed class InformationTheoryTests
{
    private static readonly JsonNode Torch = GoldenFile.Load("torch-losses.json");

    [Fact]
    public void Entropies_are_those_of_the_oracle()
    {
        var golden = Torch["entropy"]!;
        double[][] p = golden["p"].Matrix(), q = golden["q"].Matrix();
        for (var i = 0; i < p.Length; i++)
        {
            Target<double> target = new Target<double>(p[i]);
            Prediction<double> prediction = new Prediction<double>(q[i]);
            AssertGolden("nats", i, InformationTheory.Entropy<double>(p[i]));
            AssertGolden("bits", i, InformationTheory.Entropy<double>(p[i], inBits: true));
            AssertGolden("perplexity", i, InformationTheory.Perplexity<double>(p[i]));
            AssertGolden("cross_nats", i, InformationTheory.CrossEntropy(target, prediction));
            AssertGolden("cross_bits", i, InformationTheory.CrossEntropy(target, prediction, inBits: true));
            AssertGolden("kl_nats", i, InformationTheory.KullbackLeibler(target, prediction));

            float[] narrow = [.. p[i].Select(v => (float)v)];
            Assert.Equal(golden["nats"]![i].Number(), InformationTheory.Entropy<float>(narrow), 1e-6);
        }

        void AssertGolden(string name, int i, double actual) =>
            Tolerances.AssertClose(golden[name]![i].Number(), actual, Tolerances.Double, $"{name} {i}");
    }

    [Fact]
    public void Divergence_of_each_row_from_its_softmax_is_that_of_the_oracle()
    {
        foreach (var golden in Torch["kl_div"]!.AsArray())
        {
            var logTarget = golden!["log_target"]!.GetValue<bool>();
            double[][] logQ = golden["log_q"].Matrix(), none = golden["none"].Matrix();
            var target = golden["target"].Matrix();
            for (var i = 0; i < logQ.Length; i++)
            {
                var p = logTarget ? [.. target[i].Select(Math.Exp)] : target[i];
                double[] q = [.. logQ[i].Select(Math.Exp)];

                // A probability cannot say what its logarithm can: exp(-20000) is 0 and the event impossible.
                var impossible = p.Zip(q).Any(pair => pair.First > 0 && pair.Second == 0);
                var expected = impossible ? double.PositiveInfinity : none[i].Sum();
                var actual = InformationTheory.KullbackLeibler(new Target<double>(p), new Prediction<double>(q));
                Assert.Equal(expected, actual, 1e-13);
            }
        }
    }

    [Fact]
    public void Known_values()
    {
        Assert.Equal(0, InformationTheory.Entropy<double>([1]));
        Assert.Equal(0, InformationTheory.Entropy<float>([0, 1, 0]));
        Assert.Equal(3, InformationTheory.Entropy<float>(Enumerable.Repeat(0.125f, 8).ToArray(), inBits: true), 1e-15);
        Assert.Equal(8, InformationTheory.Perplexity<float>(Enumerable.Repeat(0.125f, 8).ToArray()), 1e-14);
        Assert.Equal(1, InformationTheory.JensenShannon<double>([1, 0], [0, 1], inBits: true), 1e-15);
        Assert.Equal(0, InformationTheory.JensenShannon<double>([0.25, 0.75], [0.25, 0.75]));
    }

    [Fact]
    public void Impossible_event_costs_infinity_and_an_event_that_never_happens_nothing()
    {
        Target<double> target = new Target<double>([0.5, 0.5, 0]);
        Prediction<double> rulesOut = new Prediction<double>([1, 0, 0]), sparesOne = new Prediction<double>([0.25, 0.25, 0.5]);
        Assert.Equal(double.PositiveInfinity, InformationTheory.CrossEntropy(target, rulesOut));
        Assert.Equal(double.PositiveInfinity, InformationTheory.KullbackLeibler(target, rulesOut));
        Assert.Equal(double.PositiveInfinity, InformationTheory.Perplexity(target, rulesOut));
        Assert.Equal(2, InformationTheory.CrossEntropy(target, sparesOne, inBits: true), 1e-15);
        Assert.Equal(1, InformationTheory.KullbackLeibler(target, sparesOne, inBits: true), 1e-15);
        Assert.Equal(4, InformationTheory.Perplexity(target, sparesOne), 1e-14);
    }

    [Fact]
    public void Probabilities_next_to_nothing_do_not_overflow()
    {
        var kl = InformationTheory.KullbackLeibler(new Target<double>([1, 0]), new Prediction<double>([1e-310, 1]));
        Tolerances.AssertClose(310 * Math.Log(10), kl, 1e-12);

        // A joint event of 1e-200 that fixes both x and y: p log(p / p^2) = 1e-200 x 460.5, not infinity.
        var mutual = InformationTheory.MutualInformation(new[,] { { 1.0, 0 }, { 0, 1e-200 } });
        Tolerances.AssertClose(200 * Math.Log(10) * 1e-200, mutual, 1e-12);
    }

    [Fact]
    public void Mutual_information_of_tables_whose_answer_is_known()
    {
        Assert.Equal(0, InformationTheory.MutualInformation(new[,] { { 0.12, 0.28 }, { 0.18, 0.42 } }), 1e-16);
        Assert.Equal(1, InformationTheory.MutualInformation(new[,] { { 0.5, 0 }, { 0, 0.5 } }, inBits: true), 1e-15);

        // Cover and Thomas, example 2.2.1: I(X; Y) = 3/8 bit.
        float[] of32 = [4, 2, 1, 1, 2, 4, 1, 1, 2, 2, 2, 2, 8, 0, 0, 0];
        float[] joint = [.. of32.Select(n => n / 32)];
        Assert.Equal(0.375, InformationTheory.MutualInformation<float>(joint, columns: 4, inBits: true), 1e-15);
    }

    [Fact]
    public void Sums_keep_their_digits_over_ten_thousand_events()
    {
        var uniform = Enumerable.Repeat(1e-4, 10_000).ToArray();
        Tolerances.AssertClose(Math.Log(10_000), InformationTheory.Entropy<double>(uniform), 1e-15);
    }

    [Theory]
    [InlineData(new double[] { }, "empty")]
    [InlineData(new[] { 0.5, -0.25, 0.75 }, "[1]", "-0.25", "1")]
    [InlineData(new[] { 0.5, 0.5, double.NaN }, "[2]", "NaN")]
    [InlineData(new[] { 0.5, 0.25 }, "0.75", "2 elements")]
    [InlineData(new[] { 2.0, 3, 5 }, "10", "divide it by its sum")]
    [InlineData(new[] { double.PositiveInfinity, 0 }, "Infinity")]
    public void What_is_no_distribution_is_refused_with_value_index_and_sum(double[] wrong, params string[] said)
    {
        var right = new double[wrong.Length];
        right.AsSpan(0, Math.Min(1, wrong.Length)).Fill(1);
        Action[] calls =
        [
            () => InformationTheory.Entropy<double>(wrong),
            () => InformationTheory.Perplexity<double>(wrong),
            () => InformationTheory.CrossEntropy(new Target<double>(wrong), new Prediction<double>(right)),
            () => InformationTheory.CrossEntropy(new Target<double>(right), new Prediction<double>(wrong)),
            () => InformationTheory.KullbackLeibler(new Target<double>(wrong), new Prediction<double>(right)),
            () => InformationTheory.KullbackLeibler(new Target<double>(right), new Prediction<double>(wrong)),
            () => InformationTheory.JensenShannon<double>(wrong, right),
            () => InformationTheory.JensenShannon<double>(right, wrong),
            () => InformationTheory.MutualInformation<double>(wrong, columns: 1),
        ];
        foreach (var call in calls)
        {
            var error = Assert.Throws<ArgumentException>(call);
            Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Tolerance_unit_and_lengths_are_checked()
    {
        double[] almost = [0.5, 0.499];
        Assert.Throws<ArgumentException>(() => InformationTheory.Entropy<double>(almost));
        Assert.Equal(0.6931, InformationTheory.Entropy<double>(almost, tolerance: 0.01), 1e-3);
        Assert.Throws<ArgumentOutOfRangeException>(() => InformationTheory.Entropy<double>(almost, tolerance: double.NaN));
        var lengths = Assert.Throws<ArgumentException>(
            () => InformationTheory.CrossEntropy(new Target<double>([1]), new Prediction<double>([0.5, 0.5])));
        Assert.Contains("same length", lengths.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => InformationTheory.MutualInformation<double>([0.5, 0.25, 0.25], columns: 2));
        Assert.Throws<ArgumentException>(() => InformationTheory.MutualInformation(new double[0, 3]));
    }

    /// <summary>Target and prediction in the wrong order must not compile: two types, and no way from one to the other.</summary>
    [Fact]
    public void Target_and_prediction_cannot_be_swapped()
    {
        MethodInfo[] asymmetric = [.. typeof(InformationTheory).GetMethods().Where(m => m.GetParameters().Any(p => p.Name == "target"))];
        Assert.Equal(["CrossEntropy", "KullbackLeibler", "Perplexity"], asymmetric.Select(m => m.Name).Order());
        Assert.All(asymmetric, method =>
        {
            Type[] types = [.. method.GetParameters().Take(2).Select(p => p.ParameterType.GetGenericTypeDefinition())];
            Assert.Equal([typeof(Target<>), typeof(Prediction<>)], types);
        });
        Type[] wrappers = [typeof(Target<>), typeof(Prediction<>)];
        Assert.All(wrappers, type => Assert.DoesNotContain(type.GetMethods(), m => m.Name is "op_Implicit"));
    }
}
