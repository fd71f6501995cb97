using System.Reflection;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>What the batch functions add to the losses of rows: weights, labels that are missing, reductions, checks.</summary>
public sealed class LossFunctionsTests
{
    private const int Rows = 4;
    private const int Classes = 3;
    private static readonly double[] Logits = [0.5, -1, 2, 3, 0.25, -0.75, -2, 1, 1, 0, 4, -4];
    private static readonly double[] LogProbabilities = LogSoftmax(Logits);
    private static readonly int[] Labels = [2, 0, 1, 0];
    private static readonly double[] OneHot = [0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0];
    private static readonly double[] ClassWeights = [0.5, 2, 3];

    private static readonly Dictionary<string, Batch> Hard = new()
    {
        ["softmax CE"] = (z, y, w, r, g, l) => LossFunctions.SoftmaxCrossEntropy<double>(z, y, 0.1, ClassWeights, w, r, null, g, l),
        ["torch CE"] = (z, y, w, r, g, l) => LossFunctions.TorchCrossEntropy<double>(z, y, 0.1, ClassWeights, w, r, null, g, l),
        ["NLL"] = (z, y, w, r, g, l) => LossFunctions.NegativeLogLikelihood<double>(LogSoftmax(z), y, ClassWeights, w, r, null, g, l),
        ["Brier"] = (z, y, w, r, g, l) => LossFunctions.SoftmaxBrier<double>(z, y, w, r, null, g, l),
        ["sigmoid CE"] = (z, y, w, r, g, l) => LossFunctions.SigmoidCrossEntropy(z, Cells(y), 0.1, ClassWeights, PerCell(w), r, g, l),
        ["sigmoid Brier"] = (z, y, w, r, g, l) => LossFunctions.SigmoidBrier(z, Cells(y), PerCell(w), r, g, l),
        ["BCE"] = (z, y, w, r, g, l) => LossFunctions.BinaryCrossEntropy(Sigmoid(z), Cells(y), -100, PerCell(w), r, g, l),
    };

    private delegate double Batch(double[] logits, int[] labels, double[] weights, Reduction reduction, double[] gradient, double[] losses);

    public static TheoryData<string> Names => [.. Hard.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Weight_2_is_the_row_twice(string name)
    {
        double[] gradient = new double[12], twiceGradient = new double[15];
        var weighted = Hard[name](Logits, Labels, [1, 2, 1, 1], Reduction.Mean, gradient, []);
        var twice = Hard[name]([.. Logits, .. Logits[3..6]], [.. Labels, Labels[1]], [], Reduction.Mean, twiceGradient, []);
        Tolerances.AssertClose(twice, weighted, Tolerances.Double);
        for (var i = 0; i < 12; i++)
            Tolerances.AssertClose(twiceGradient[i] + (i is >= 3 and < 6 ? twiceGradient[i + 9] : 0), gradient[i], Tolerances.Double);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_of_weight_0_or_without_a_label_is_as_good_as_absent(string name)
    {
        var expected = Hard[name](Logits[..9], Labels[..3], [1, 2, 3], Reduction.Mean, [], []);
        var gradient = new double[12];
        Assert.Equal(expected, Hard[name](Logits, Labels, [1, 2, 3, 0], Reduction.Mean, gradient, []));
        Assert.All(gradient[9..], g => Assert.Equal(0, g));
        Assert.Equal(expected, Hard[name](Logits, [.. Labels[..3], -1], [1, 2, 3, 5], Reduction.Mean, gradient, []));
        Assert.All(gradient[9..], g => Assert.Equal(0, g));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mean_of_nothing_is_NaN_with_gradient_0_and_its_sum_is_0(string name)
    {
        (int[] Labels, double[] Weights)[] nothing = [(Labels, [0, 0, 0, 0]), ([-1, -1, -5, -100], []), ([-1, 0, -1, -1], [1, 0, 1, 1])];
        foreach ((var labels, var weights) in nothing)
        {
            var gradient = Enumerable.Repeat(7.0, 12).ToArray();
            Assert.Equal(double.NaN, Hard[name](Logits, labels, weights, Reduction.Mean, gradient, []));
            Assert.All(gradient, g => Assert.Equal(0, g));
            Assert.Equal(0, Hard[name](Logits, labels, weights, Reduction.Sum, [], []));
        }

        Assert.Equal(double.NaN, Hard[name]([], [], [], Reduction.Mean, [], []));
        Assert.Equal(0, Hard[name]([], [], [], Reduction.None, [], []));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_multiply_and_reductions_agree(string name)
    {
        var results = name.StartsWith("sigmoid", StringComparison.Ordinal) || name == "BCE" ? Rows * Classes : Rows;
        double[] plain = new double[results], weighted = new double[results], gradient = new double[12], weightedGradient = new double[12];
        double[] weights = [3, 0.5, 1.25, 2];
        _ = Hard[name](Logits, Labels, [], Reduction.None, gradient, plain);
        var sum = Hard[name](Logits, Labels, weights, Reduction.None, weightedGradient, weighted);
        for (var i = 0; i < results; i++)
            Tolerances.AssertClose(weights[i * Rows / results] * plain[i], weighted[i], Tolerances.Double);
        for (var i = 0; i < 12; i++)
            Tolerances.AssertClose(weights[i / Classes] * gradient[i], weightedGradient[i], Tolerances.Double);
        Tolerances.AssertClose(weighted.Sum(), sum, Tolerances.Double);
        Assert.Equal(sum, Hard[name](Logits, Labels, weights, Reduction.Sum, [], []));

        var mean = Hard[name](Logits, Labels, weights, Reduction.Mean, gradient, []);
        var scale = sum / mean;
        for (var i = 0; i < 12; i++)
            Tolerances.AssertClose(weightedGradient[i], scale * gradient[i], Tolerances.Double);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_is_the_slope_of_the_mean(string name)
    {
        double[] weights = [3, 0.5, 1.25, 2], gradient = new double[12];
        _ = Hard[name](Logits, Labels, weights, Reduction.Mean, gradient, []);
        var expected = FiniteDifference.Gradient(z => Hard[name](z, Labels, weights, Reduction.Mean, [], []), Logits);
        if (name == "NLL")
        {
            expected = FiniteDifference.Gradient(
                p => LossFunctions.NegativeLogLikelihood<double>(p, Labels, ClassWeights, weights), LogProbabilities);
        }

        if (name == "BCE")
        {
            expected = FiniteDifference.Gradient(
                q => LossFunctions.BinaryCrossEntropy(q, Cells(Labels), -100, PerCell(weights)), Sigmoid(Logits), 1e-4);
        }

        for (var i = 0; i < 12; i++)
            Assert.Equal(expected[i], gradient[i], 1e-8);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_does_not_fit_is_refused(string name)
    {
        var batch = Hard[name];
        Action[] wrong =
        [
            () => batch(Logits, Labels, [1, 2, 3, 4, 5], Reduction.Mean, [], []),
            () => batch(Logits, Labels, [1, -2, 1, 1], Reduction.Mean, [], []),
            () => batch(Logits, Labels, [1, double.NaN, 1, 1], Reduction.Mean, [], []),
            () => batch(Logits, Labels, [], Reduction.Mean, new double[11], []),
            () => batch(Logits, Labels, [], Reduction.Mean, [], new double[3]),
            () => batch(Logits, Labels, [], Reduction.None, [], []),
            () => batch(Logits, Labels, [], (Reduction)9, [], []),
            () => batch(Logits[..11], Labels, [], Reduction.Mean, [], []),
        ];
        Assert.All(wrong, call => Assert.ThrowsAny<ArgumentException>(call));
    }

    /// <summary>The mean is sum(w l) / sum(w) with w = the example's weight times the class's, for hard and soft labels alike.</summary>
    [Fact]
    public void Mean_divides_by_example_weight_times_class_weight()
    {
        double[] weights = [3, 0.5, 1.25, 2], losses = new double[4];
        var sum = LossFunctions.SoftmaxCrossEntropy<double>(Logits, Labels, 0.1, ClassWeights, weights, Reduction.None, losses: losses);
        var weightSum = weights.Zip(Labels, (w, y) => w * ClassWeights[y]).Sum();
        var mean = LossFunctions.SoftmaxCrossEntropy<double>(Logits, Labels, 0.1, ClassWeights, weights);
        Tolerances.AssertClose(sum / weightSum, mean, Tolerances.Double);
        Assert.Equal(mean, LossFunctions.SoftmaxCrossEntropy(Logits, Target.Of<double>(OneHot), Classes, 0.1, ClassWeights, weights));
    }

    [Fact]
    public void One_hot_targets_give_the_same_bits_as_labels_with_weights_too()
    {
        double[] weights = [3, 0.5, 1.25, 2];
        Target<double> target = Target.Of<double>(OneHot);
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            double[] hard = new double[12], soft = new double[12], a = new double[4], b = new double[4];
            Assert.Equal(
                LossFunctions.SoftmaxCrossEntropy<double>(Logits, Labels, 0.1, ClassWeights, weights, reduction, null, hard, a),
                LossFunctions.SoftmaxCrossEntropy(Logits, target, Classes, 0.1, ClassWeights, weights, reduction, soft, b));
            AssertEqual();
            Assert.Equal(
                LossFunctions.NegativeLogLikelihood<double>(LogProbabilities, Labels, ClassWeights, weights, reduction, null, hard, a),
                LossFunctions.NegativeLogLikelihood(LogProbabilities, target, Classes, ClassWeights, weights, reduction, soft, b));
            AssertEqual();
            Assert.Equal(
                LossFunctions.SoftmaxBrier<double>(Logits, Labels, weights, reduction, null, hard, a),
                LossFunctions.SoftmaxBrier(Logits, target, Classes, weights, reduction, soft, b));
            AssertEqual();

            void AssertEqual()
            {
                Assert.Equal(hard, soft);
                Assert.Equal(a, b);
            }
        }
    }

    [Fact]
    public void NaN_cell_is_ignored_and_the_mean_knows_it()
    {
        double[] logits = [1, -2, 0.5, 3], gradient = new double[4];
        var mean = LossFunctions.SigmoidCrossEntropy(logits, Target.Of<double>([1, double.NaN, 0, double.NaN]), gradient: gradient);
        Tolerances.AssertClose((StableMath.Softplus(-1.0) + StableMath.Softplus(0.5)) / 2, mean, Tolerances.Double);
        Tolerances.AssertClose([-StableMath.Sigmoid(-1.0) / 2, 0, StableMath.Sigmoid(0.5) / 2, 0], gradient, Tolerances.Double);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SigmoidCrossEntropy(logits, Target.Of<double>([1, 2, 0, 0])));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SigmoidBrier(logits, Target.Of<double>([1, -1, 0, 0])));
    }

    [Fact]
    public void Binary_cross_entropy_of_an_impossible_event_is_infinite_unless_a_floor_is_asked_for()
    {
        double[] certain = [0, 1, 0, 1];
        Target<double> right = Target.Of<double>(certain), wrong = Target.Of<double>([1, 0, 1, 0]);
        Assert.Equal(0, LossFunctions.BinaryCrossEntropy(certain, right));
        Assert.Equal(double.PositiveInfinity, LossFunctions.BinaryCrossEntropy(certain, wrong));
        Assert.Equal(100, LossFunctions.BinaryCrossEntropy(certain, wrong, logFloor: -100));

        var gradient = new double[1];
        _ = LossFunctions.BinaryCrossEntropy([0.25], Target.Of<double>([0.75]), gradient: gradient);
        Tolerances.AssertClose(-0.75 / 0.25 + 0.25 / 0.75, gradient[0], Tolerances.Double);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.BinaryCrossEntropy([1.5], Target.Of<double>([1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.BinaryCrossEntropy([0.5], Target.Of<double>([1]), logFloor: 0));
    }

    [Fact]
    public void Log_probabilities_above_0_are_taken_for_the_mistake_they_are()
    {
        var error = Assert.Throws<ArgumentException>(() => LossFunctions.NegativeLogLikelihood<double>([0.25, 0.75], [1]));
        Assert.Contains("0.25", error.Message, StringComparison.Ordinal);
        var impossible = LossFunctions.NegativeLogLikelihood<double>([0, double.NegativeInfinity], [1]);
        Assert.Equal(double.PositiveInfinity, impossible);
        Assert.Equal(0, LossFunctions.NegativeLogLikelihood<double>([0, double.NegativeInfinity], [0]));
    }

    [Fact]
    public void Labels_beyond_the_classes_and_targets_that_are_no_distribution_are_refused()
    {
        var label = Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SoftmaxCrossEntropy<double>(Logits, [0, 1, 3, 2]));
        Assert.Contains("3", label.Message, StringComparison.Ordinal);
        var counts = Assert.Throws<ArgumentException>(
            () => LossFunctions.SoftmaxCrossEntropy([1, 2], Target.Of<double>([3, 4]), classes: 2));
        Assert.Contains("sums to 7", counts.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SoftmaxBrier(Logits, Target.Of<double>(OneHot), classes: 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SoftmaxBrier(Logits, Target.Of<double>(OneHot), classes: 0));
    }

    [Fact]
    public void The_gradient_may_replace_the_logits()
    {
        double[] expected = new double[12], inPlace = [.. Logits];
        var loss = LossFunctions.SoftmaxCrossEntropy<double>(Logits, Labels, gradient: expected);
        Assert.Equal(loss, LossFunctions.SoftmaxCrossEntropy<double>(inPlace, Labels, gradient: inPlace));
        Assert.Equal(expected, inPlace);
    }

    /// <summary>Logits and target in the wrong order must not compile: no function takes both as the same type.</summary>
    [Fact]
    public void Logits_and_target_cannot_be_swapped()
    {
        var functions = typeof(LossFunctions).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
        Assert.True(functions.Length >= 10);
        Assert.All(functions, function =>
        {
            var second = function.GetParameters()[1].ParameterType;
            Assert.True(second == typeof(ReadOnlySpan<int>) || second.GetGenericTypeDefinition() == typeof(Target<>), function.ToString());
        });
    }

    private static double[] LogSoftmax(double[] logits)
    {
        double[] logProbabilities = [.. logits];
        for (var i = 0; i + Classes <= logits.Length; i += Classes)
            StableMath.LogSoftmax<double>(logits.AsSpan(i, Classes), logProbabilities.AsSpan(i, Classes));
        return logProbabilities;
    }

    private static double[] Sigmoid(double[] logits) => [.. logits.Select(StableMath.Sigmoid)];

    private static Target<double> Cells(int[] labels) =>
        Target.Of<double>(labels.SelectMany(_ => Enumerable.Range(0, Classes), (y, k) => y < 0 ? double.NaN : y == k ? 1.0 : 0).ToArray());

    private static double[] PerCell(double[] weights) => [.. weights.SelectMany(w => Enumerable.Repeat(w, Classes))];
}
