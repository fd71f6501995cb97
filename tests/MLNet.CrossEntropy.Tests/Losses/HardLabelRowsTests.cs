using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>Many rows at a time against one row at a time, in double.</summary>
public sealed class HardLabelRowsTests
{
    private static readonly float[] Extremes = [0, -0f, 1e-4f, -3, 20, 88, -88, 1e4f, -1e4f, float.NegativeInfinity];

    public static TheoryData<int, int, bool> Sizes()
    {
        var sizes = new TheoryData<int, int, bool>();
        foreach (var classes in new[] { 2, 3, 10, 64 })
        {
            foreach (var rows in new[] { 1, 7, 8, 9, 32 })
            {
                sizes.Add(classes, rows, false);
                sizes.Add(classes, rows, true);
            }
        }

        return sizes;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Softmax_rows_are_those_of_one_at_a_time(int classes, int rows, bool weighted)
    {
        double[]? weights = weighted ? [.. Enumerable.Range(0, classes).Select(k => k % 3 * 0.75)] : null;
        Compare(new SoftmaxCrossEntropyLoss(classWeights: weights), classes, classes, rows);
    }

    [Theory]
    [InlineData(1, false, 1)]
    [InlineData(1, false, 8)]
    [InlineData(2.5, false, 9)]
    [InlineData(0, false, 35)]
    [InlineData(2.5, true, 35)]
    public void Sigmoid_rows_are_those_of_one_at_a_time(double positiveWeight, bool weighted, int rows)
    {
        Compare(new SigmoidCrossEntropyLoss(0, [positiveWeight], weighted ? [0.25, 3] : null), outputs: 1, classes: 2, rows);
        Compare(new SigmoidCrossEntropyLoss(0, [positiveWeight], weighted ? [0, 3] : null), outputs: 1, classes: 2, rows);
    }

    [Theory]
    [InlineData(1, false, 1)]
    [InlineData(1, false, 8)]
    [InlineData(2.5, false, 9)]
    [InlineData(0, false, 35)]
    [InlineData(2.5, true, 35)]
    public void Curvature_terms_of_sigmoid_rows_are_those_of_one_at_a_time(double positiveWeight, bool weighted, int rows)
    {
        var loss = new SigmoidCrossEntropyLoss(0, [positiveWeight], weighted ? [0.25, 3] : null);
        var (logits, labels) = Draw(outputs: 1, classes: 2, rows);
        float[] terms = new float[rows], expected = new float[1];
        Assert.True(loss.TryHardLabelTerms(labels, logits, terms));
        for (var r = 0; r < rows; r++)
        {
            loss.CurvatureTerms(logits.AsSpan(r, 1), RowTarget.Class(labels[r]), expected);
            Near(expected[0], terms[r]);
        }

        Assert.False(new SigmoidCrossEntropyLoss(labelSmoothing: 0.1).TryHardLabelTerms(labels, logits, terms));
        Assert.False(new SoftmaxCrossEntropyLoss().TryHardLabelTerms(labels, logits, terms));
    }

    [Fact]
    public void Where_logits_are_not_numbers_neither_is_the_loss()
    {
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity })
        {
            var softmax = Run(new SoftmaxCrossEntropyLoss(), 3, [1, bad, 2, 1, 2, 3], [0, 0]);
            Assert.False(double.IsFinite(softmax.Losses[0]));
            Assert.True(float.IsNaN(softmax.Gradients[1]));
            Assert.True(double.IsFinite(softmax.Losses[1]));
        }

        Assert.True(double.IsNaN(Run(new SigmoidCrossEntropyLoss(), 1, [float.NaN, 2], [1, 0]).Losses[0]));
    }

    [Fact]
    public void A_label_that_is_no_class_is_an_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(new SoftmaxCrossEntropyLoss(), 3, [1, 2, 3], [3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(new SigmoidCrossEntropyLoss(), 1, [1], [2]));
    }

    [Fact]
    public void What_has_no_such_code_is_left_to_one_at_a_time()
    {
        Assert.False(Try(new SoftmaxCrossEntropyLoss(labelSmoothing: 0.1), 2, [1, 2], [0]));
        Assert.False(Try(new SoftmaxCrossEntropyLoss(), 1, [1], [0]));
        Assert.False(Try(new SoftmaxCrossEntropyLoss(), 65, new float[65], [0]));
        Assert.False(Try(new SigmoidCrossEntropyLoss(labelSmoothing: 0.1), 1, [1], [0]));
        Assert.False(Try(new SigmoidCrossEntropyLoss(), 2, [1, 2], [0]));
        Assert.False(Try(new SoftmaxBrierLoss(), 2, [1, 2], [0]));
    }

    [Fact]
    public void Log1_p_keeps_the_digits_of_small_numbers()
    {
        for (var x = 1e-30f; x < 1e6f; x *= 1.37f)
        {
            double expected = StableMath.Log1P(x), actual = VectorMath.Log1P(Vector256.Create(x))[3];
            Assert.Equal(expected, actual, 4e-7 * expected);
        }

        Assert.Equal(0f, VectorMath.Log1P(default)[0]);
    }

    private static void Compare(LogitLoss loss, int outputs, int classes, int rows)
    {
        var (logits, labels) = Draw(outputs, classes, rows);
        var (losses, gradients, weights) = Run(loss, outputs, logits, labels);
        var expected = new double[outputs];
        for (var r = 0; r < rows; r++)
        {
            var target = RowTarget.Class(labels[r]);
            double[] row = [.. logits.Skip(r * outputs).Take(outputs).Select(z => (double)z)];
            var expectedLoss = loss.LossAndGradient(row, target, expected);
            Near(expectedLoss, losses[r]);
            Assert.Equal((float)loss.TargetWeight(target), weights[r]);
            for (var k = 0; k < outputs; k++)
                Near(expected[k], gradients[r * outputs + k]);
        }

        // The same row alone.
        var alone = Run(loss, outputs, logits[..outputs], labels[..1]);
        Assert.Equal(losses[0], alone.Losses[0]);
        Assert.Equal(gradients[..outputs], alone.Gradients);
    }

    private static (float[] Logits, int[] Labels) Draw(int outputs, int classes, int rows)
    {
        var random = new Random(outputs * 100 + rows);
        float[] logits = [.. Enumerable.Range(0, rows * outputs).Select(_ =>
            random.Next(4) == 0 ? Extremes[random.Next(Extremes.Length)] : (random.NextSingle() - 0.5f) * 12)];
        for (var r = 0; r < rows; r++)
            logits[r * outputs] = float.IsFinite(logits[r * outputs]) ? logits[r * outputs] : 0;
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(-1, classes))];
        return (logits, labels);
    }

    // Relative to the number itself: a slope of 1e-20 must be right in its digits too, down to where floats end. Beyond a few roundings,
    // differences of logits, of which those up to 104 matter, are rounded to 2^-24 of themselves, and exp hands that on as a relative
    // error.
    private static void Near(double expected, double actual)
    {
        const double Tolerance = 1e-6 + 104.0 / (1 << 24);
        if (double.IsFinite(expected))
            Assert.Equal(expected, actual, Tolerance * Math.Abs(expected) + 1e-37);
        else
            Assert.Equal(expected, actual);
    }

    private static bool Try(LogitLoss loss, int outputs, float[] logits, int[] labels) => loss.TryHardLabels(new HardLabelRows
    {
        Outputs = outputs,
        Labels = labels,
        Logits = logits,
        Gradients = new float[logits.Length],
        Losses = new double[labels.Length],
        TargetWeights = new float[labels.Length],
    });

    private static (double[] Losses, float[] Gradients, float[] Weights) Run(LogitLoss loss, int outputs, float[] logits, int[] labels)
    {
        var losses = new double[labels.Length];
        var gradients = new float[logits.Length];
        var weights = new float[labels.Length];
        Assert.True(loss.TryHardLabels(new HardLabelRows
        {
            Outputs = outputs,
            Labels = labels,
            Logits = logits,
            Gradients = gradients,
            Losses = losses,
            TargetWeights = weights,
        }));
        return (losses, gradients, weights);
    }
}
