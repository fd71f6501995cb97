using System.Reflection;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>What the functions add to the losses of rows: means, labels that are missing, checks.</summary>
public sealed class LossFunctionsTests
{
    private const int Classes = 3;
    private static readonly double[] Logits = [0.5, -1, 2, 3, 0.25, -0.75, -2, 1, 1, 0, 4, -4];
    private static readonly double[] LogProbabilities = LogSoftmax(Logits);
    private static readonly int[] Labels = [2, 0, 1, 0];
    private static readonly double[] OneHot = [0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0];

    private static readonly Dictionary<string, Function> Functions = new()
    {
        ["softmax CE"] = (z, y, g) => LossFunctions.SoftmaxCrossEntropy<double>(z, y, g),
        ["NLL"] = (z, y, g) => LossFunctions.NegativeLogLikelihood<double>(LogSoftmax(z), y, g),
        ["sigmoid CE"] = (z, y, g) => LossFunctions.SigmoidCrossEntropy(z, Cells(y), g),
        ["BCE"] = (z, y, g) => LossFunctions.BinaryCrossEntropy(Sigmoid(z), Cells(y), -100, g),
    };

    private delegate double Function(double[] logits, int[] labels, double[] gradient);

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_row_without_a_label_is_as_good_as_absent(string name)
    {
        double[] gradient = new double[12], ofThree = new double[9];
        var expected = Functions[name](Logits[..9], Labels[..3], ofThree);
        Assert.Equal(expected, Functions[name](Logits, [.. Labels[..3], -1], gradient));
        Assert.Equal([.. ofThree, 0, 0, 0], gradient);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mean_of_nothing_is_NaN_with_gradient_0(string name)
    {
        var gradient = Enumerable.Repeat(7.0, 12).ToArray();
        Assert.Equal(double.NaN, Functions[name](Logits, [-1, -1, -5, -100], gradient));
        Assert.All(gradient, g => Assert.Equal(0, g));
        Assert.Equal(double.NaN, Functions[name]([], [], []));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_is_the_slope_of_the_mean(string name)
    {
        var gradient = new double[12];
        _ = Functions[name](Logits, Labels, gradient);
        var expected = name switch
        {
            "NLL" => FiniteDifference.Gradient(p => LossFunctions.NegativeLogLikelihood<double>(p, Labels), LogProbabilities),
            "BCE" => FiniteDifference.Gradient(q => LossFunctions.BinaryCrossEntropy(q, Cells(Labels), -100), Sigmoid(Logits), 1e-4),
            _ => FiniteDifference.Gradient(z => Functions[name](z, Labels, []), Logits),
        };
        for (var i = 0; i < 12; i++)
            Assert.Equal(expected[i], gradient[i], 1e-8);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_does_not_fit_is_refused(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => Functions[name](Logits, Labels, new double[11]));
        Assert.ThrowsAny<ArgumentException>(() => Functions[name](Logits[..11], Labels, []));
        Assert.ThrowsAny<ArgumentException>(() => Functions[name](Logits, [], []));
    }

    [Fact]
    public void Softmax_mean_is_that_of_the_rows()
    {
        double[] gradient = new double[12], expected = new double[12];
        var loss = new SoftmaxCrossEntropyLoss();
        double sum = 0;
        for (var i = 0; i < 4; i++)
            sum += loss.LossAndGradient(Logits.AsSpan(3 * i, 3), RowTarget.Class(Labels[i]), expected.AsSpan(3 * i, 3));
        Tolerances.AssertClose(sum / 4, LossFunctions.SoftmaxCrossEntropy<double>(Logits, Labels, gradient), Tolerances.Double);
        Tolerances.AssertClose(expected.Select(g => g / 4), gradient, Tolerances.Double);
    }

    [Fact]
    public void One_hot_targets_give_the_same_bits_as_labels()
    {
        double[] hard = new double[12], soft = new double[12];
        Assert.Equal(
            LossFunctions.SoftmaxCrossEntropy<double>(Logits, Labels, hard),
            LossFunctions.SoftmaxCrossEntropy(Logits, new Target<double>(OneHot), Classes, soft));
        Assert.Equal(hard, soft);
        Assert.Equal(
            LossFunctions.NegativeLogLikelihood<double>(LogProbabilities, Labels, hard),
            LossFunctions.NegativeLogLikelihood(LogProbabilities, new Target<double>(OneHot), Classes, soft));
        Assert.Equal(hard, soft);
    }

    [Fact]
    public void NaN_cell_is_ignored_and_the_mean_knows_it()
    {
        double[] logits = [1, -2, 0.5, 3], gradient = new double[4];
        var mean = LossFunctions.SigmoidCrossEntropy(logits, new Target<double>([1, double.NaN, 0, double.NaN]), gradient);
        Tolerances.AssertClose((StableMath.Softplus(-1.0) + StableMath.Softplus(0.5)) / 2, mean, Tolerances.Double);
        Tolerances.AssertClose([-StableMath.Sigmoid(-1.0) / 2, 0, StableMath.Sigmoid(0.5) / 2, 0], gradient, Tolerances.Double);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SigmoidCrossEntropy(logits, new Target<double>([1, 2, 0, 0])));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SigmoidCrossEntropy(logits, new Target<double>([1, -1, 0, 0])));
    }

    [Fact]
    public void Binary_cross_entropy_of_an_impossible_event_is_infinite_unless_a_floor_is_asked_for()
    {
        double[] certain = [0, 1, 0, 1];
        Target<double> right = new Target<double>(certain), wrong = new Target<double>([1, 0, 1, 0]);
        Assert.Equal(0, LossFunctions.BinaryCrossEntropy(certain, right));
        Assert.Equal(double.PositiveInfinity, LossFunctions.BinaryCrossEntropy(certain, wrong));
        Assert.Equal(100, LossFunctions.BinaryCrossEntropy(certain, wrong, logFloor: -100));

        var gradient = new double[1];
        _ = LossFunctions.BinaryCrossEntropy([0.25], new Target<double>([0.75]), gradient: gradient);
        Tolerances.AssertClose(-0.75 / 0.25 + 0.25 / 0.75, gradient[0], Tolerances.Double);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.BinaryCrossEntropy([1.5], new Target<double>([1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.BinaryCrossEntropy([0.5], new Target<double>([1]), logFloor: 0));
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
            () => LossFunctions.SoftmaxCrossEntropy([1, 2], new Target<double>([3, 4]), classes: 2));
        Assert.Contains("sums to 7", counts.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SoftmaxCrossEntropy(Logits, new Target<double>(OneHot), classes: 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossFunctions.SoftmaxCrossEntropy(Logits, new Target<double>(OneHot), classes: 0));
        Assert.Throws<ArgumentException>(() => LossFunctions.SoftmaxCrossEntropy(Logits, new Target<double>(OneHot.AsSpan(3)), Classes));
    }

    [Fact]
    public void The_gradient_may_replace_the_logits()
    {
        double[] expected = new double[12], inPlace = [.. Logits];
        var loss = LossFunctions.SoftmaxCrossEntropy<double>(Logits, Labels, expected);
        Assert.Equal(loss, LossFunctions.SoftmaxCrossEntropy<double>(inPlace, Labels, inPlace));
        Assert.Equal(expected, inPlace);
    }

    /// <summary>Logits and target in the wrong order must not compile: no function takes both as the same type.</summary>
    [Fact]
    public void Logits_and_target_cannot_be_swapped()
    {
        var functions = typeof(LossFunctions).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);
        Assert.Equal(6, functions.Length);
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
        new Target<double>(labels.SelectMany(_ => Enumerable.Range(0, Classes), (y, k) => y < 0 ? double.NaN : y == k ? 1.0 : 0).ToArray());
}
