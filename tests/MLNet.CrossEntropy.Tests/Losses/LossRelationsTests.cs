using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>What one loss must say about another.</summary>
public sealed class LossRelationsTests
{
    /// <summary>A softmax loss of two classes, the sigmoid loss of the logits' difference, and the factor between them.</summary>
    private static readonly Dictionary<string, (LogitLoss Softmax, LogitLoss Sigmoid, double Factor)> Pairs = new()
    {
        ["CE"] = (new SoftmaxCrossEntropyLoss(), new SigmoidCrossEntropyLoss(), 1),
        ["CE, smoothed"] = (new SoftmaxCrossEntropyLoss(0.2), new SigmoidCrossEntropyLoss(0.2), 1),
        ["CE, weighted"] = (new SoftmaxCrossEntropyLoss(0, [1, 2.5]), new SigmoidCrossEntropyLoss(0, [2.5]), 1),
        ["CE, class weights"] = (new SoftmaxCrossEntropyLoss(0, [0.5, 3]), new SigmoidCrossEntropyLoss(classWeights: [0.5, 3]), 1),
        ["CE, everything"] = (new SoftmaxCrossEntropyLoss(0.2, [0, 3]), new SigmoidCrossEntropyLoss(0.2, [1], [0, 3]), 1),
        ["Brier"] = (new SoftmaxBrierLoss(), new SigmoidBrierLoss(), 2),
        ["Brier, class weights"] = (new SoftmaxBrierLoss([0.5, 3]), new SigmoidBrierLoss([0.5, 3]), 2),
    };

    public static TheoryData<string> PairNames => [.. Pairs.Keys];

    [Theory]
    [MemberData(nameof(PairNames))]
    public void Two_class_softmax_is_the_sigmoid_of_the_difference(string name)
    {
        (var softmax, var sigmoid, var factor) = Pairs[name];
        double[][] rows = [[0.5, -1.25], [-3, 4], [2, 2], [0, 30], [1e4, -1e4]];
        foreach (var logits in rows)
        {
            for (var label = 0; label < 2; label++)
            {
                (var two, var ofTwo) = softmax.Of(logits, RowTarget.Class(label));
                (var one, var ofOne) = sigmoid.Of([logits[1] - logits[0]], RowTarget.Class(label));
                Tolerances.AssertClose(factor * one, two, Tolerances.Double, $"{name} {label}");
                Tolerances.AssertClose([-factor * ofOne[0], factor * ofOne[0]], ofTwo, Tolerances.Double, $"{name} {label}");
            }
        }
    }

    /// <summary>Where a row is nearly certain, its loss and gradient keep all their digits: 1 - q is never computed as 1 - q.</summary>
    [Fact]
    public void Confident_rows_keep_their_digits()
    {
        var m = Math.Exp(-60);
        AssertRow(new SoftmaxCrossEntropyLoss(), [60, 0], m, -m);
        AssertRow(new SigmoidCrossEntropyLoss(), [60, -60], 2 * m, -m, m);
        AssertRow(new SoftmaxBrierLoss(), [60, 0], 2 * m * m, -4 * m * m);
        AssertRow(new SigmoidBrierLoss(), [60, -60], 2 * m * m, -2 * m * m, 2 * m * m);

        static void AssertRow(LogitLoss loss, double[] logits, double expected, double slope, double? other = null)
        {
            (var value, var gradient) = loss.Of(logits, RowTarget.Class(0));
            AssertRelative(expected, value, 1e-12);
            AssertRelative(slope, gradient[0], 1e-12);
            AssertRelative(other ?? -slope, gradient[1], 1e-12);
            (var narrow, var narrowGradient) = loss.Of([.. logits.Select(z => (float)z)], RowTarget.Class(0));
            AssertRelative(expected, narrow, Tolerances.Float);
            if (Math.Abs(slope) > 1e-37)
                AssertRelative(slope, narrowGradient[0], Tolerances.Float);
        }

        static void AssertRelative(double expected, double actual, double tolerance) =>
            Assert.True(Math.Abs(actual / expected - 1) <= tolerance, $"expected {expected:R}, got {actual:R}");
    }

    /// <summary>(1 - a) p + a/K, not a/(K - 1): with a = 0.3 and K = 3 the true class keeps 0.8, not 0.7.</summary>
    [Fact]
    public void Smoothing_takes_from_the_true_class_too()
    {
        double[] logits = [1, -0.5, 2];
        (var expected, var gradient) = new SoftmaxCrossEntropyLoss().Of(logits, RowTarget.Values([0.1f, 0.8f, 0.1f]));
        (var actual, var actualGradient) = new SoftmaxCrossEntropyLoss(0.3).Of(logits, RowTarget.Class(1));
        Assert.Equal(expected, actual, 1e-7);
        for (var k = 0; k < 3; k++)
            Assert.Equal(gradient[k], actualGradient[k], 1e-7);
    }

    /// <summary>pytorch issue 104776: a rare class of great weight must not take over what smoothing gives it in every row.</summary>
    [Fact]
    public void Class_weight_is_that_of_the_true_class_and_multiplies_the_whole_smoothed_loss()
    {
        double[] weights = [1, 1, 100], logits = [2, 0.5, -1];
        (var smoothed, var gradient) = new SoftmaxCrossEntropyLoss(0.1).Of(logits, RowTarget.Class(0));
        (var weighted, var weightedGradient) = new SoftmaxCrossEntropyLoss(0.1, weights).Of(logits, RowTarget.Class(0));
        Assert.Equal(smoothed, weighted);
        Assert.Equal(gradient, weightedGradient);

        // PyTorch's l = sum_k w_k s_k (LSE(z) - z_k).
        var plainLoss = new SoftmaxCrossEntropyLoss();
        var torch = Enumerable.Range(0, 3).Sum(
            k => weights[k] * ((k == 0 ? 0.9 : 0) + 0.1 / 3) * plainLoss.Of(logits, RowTarget.Class(k)).Gradient[0]);
        Assert.True(gradient[0] < 0, "ours still pulls towards the true class");
        Assert.True(torch > 0, "PyTorch's pushes away from it");

        (var rare, var rareGradient) = new SoftmaxCrossEntropyLoss(0.1, weights).Of(logits, RowTarget.Class(2));
        (var plain, var plainGradient) = new SoftmaxCrossEntropyLoss(0.1).Of(logits, RowTarget.Class(2));
        Tolerances.AssertClose(100 * plain, rare, Tolerances.Double);
        Tolerances.AssertClose(plainGradient.Select(g => 100 * g), rareGradient, Tolerances.Double);
    }

    [Fact]
    public void Soft_label_brings_the_expected_class_weight()
    {
        var loss = new SoftmaxCrossEntropyLoss(classWeights: [1, 2, 5]);
        RowTarget target = RowTarget.Values([0.25f, 0.75f, 0]);
        Assert.Equal(1.75, loss.TargetWeight(target));
        Assert.Equal(5, loss.TargetWeight(RowTarget.Class(2)));
        var expected = 1.75 * new SoftmaxCrossEntropyLoss().Loss([1, 2, 3], target);
        Tolerances.AssertClose(expected, loss.Loss([1, 2, 3], target), Tolerances.Double);
        Assert.Throws<ArgumentException>(() => loss.Loss([1, 2], RowTarget.Class(0)));
    }

    [Fact]
    public void Class_weights_are_part_of_every_loss()
    {
        double[] four = [0.5, 2, 1.25, 3], logits = [1, -2, 0.5, 0.25];
        foreach (LogitLoss loss in (LogitLoss[])[new SoftmaxCrossEntropyLoss(0.1), new SoftmaxBrierLoss()])
            AssertWeighted(loss, loss.WithClassWeights(four), logits, [0.25f, 0.5f, 0, 0.25f], four[1], 0.5 * 0.25 + 1 + 0.75);
        foreach (LogitLoss loss in (LogitLoss[])[new SigmoidCrossEntropyLoss(0.1, [3]), new SigmoidBrierLoss()])
        {
            AssertWeighted(loss, loss.WithClassWeights([0.5, 4]), [0.75], [0.25f], 4, 0.75 * 0.5 + 1);
            var error = Assert.Throws<ArgumentException>(() => loss.WithClassWeights([1, 2]).Of(logits, RowTarget.Class(0)));
            Assert.Contains("4 independent outputs", error.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => loss.WithClassWeights(four));
        }

        static void AssertWeighted(
            LogitLoss loss, LogitLoss weighted, double[] logits, float[] soft, double weightOfSecond, double weightOfSoft)
        {
            foreach ((var target, var weight) in new[] { (new TargetCase(1), weightOfSecond), (new TargetCase(soft), weightOfSoft) })
            {
                Assert.Equal(weight, weighted.TargetWeight(target.Row), 1e-15);
                Assert.Equal(0, weighted.TargetWeight(RowTarget.Class(-1)));
                (var plain, var gradient) = loss.Of(logits, target.Row);
                (var actual, var actualGradient) = weighted.Of(logits, target.Row);
                Tolerances.AssertClose(weight * plain, actual, Tolerances.Double);
                Tolerances.AssertClose(gradient.Select(g => weight * g), actualGradient, Tolerances.Double);
                Assert.Equal(weighted.TargetWeight(target.Row), weighted.LogLoss.TargetWeight(target.Row));
            }
        }
    }

    /// <summary>The best constant prediction is the class prior: there the gradients of all rows cancel.</summary>
    [Theory]
    [InlineData("softmax CE")]
    [InlineData("softmax Brier")]
    [InlineData("sigmoid CE")]
    [InlineData("sigmoid Brier")]
    public void Bias_only_fit_of_a_proper_loss_is_the_prior(string name)
    {
        double[] prior = [0.125, 0.5, 0.0625, 0.3125], total = new double[4];
        double[] best = [.. prior.Select(p => AllLosses.IsSoftmax(name) ? Math.Log(p) : Math.Log(p / (1 - p)))];
        for (var label = 0; label < prior.Length; label++)
        {
            var gradient = AllLosses.Get(name).Of(best, RowTarget.Class(label)).Gradient;
            for (var k = 0; k < total.Length; k++)
                total[k] += prior[label] * gradient[k];
        }

        Assert.All(total, g => Assert.Equal(0, g, 1e-15));
    }

    [Fact]
    public void One_class_is_always_right_and_ten_thousand_keep_their_sum()
    {
        LogitLoss[] softmax =
            [new SoftmaxCrossEntropyLoss(), new SoftmaxCrossEntropyLoss(0.1), new SoftmaxBrierLoss()];
        double[] logits = [.. Enumerable.Range(0, 10_000).Select(k => Math.Sin(k) * 20)];
        float[] narrow = [.. logits.Select(z => (float)z)];
        Assert.All(softmax, loss =>
        {
            (var nothing, var flat) = loss.Of([3.5], RowTarget.Class(0));
            Assert.Equal(0, nothing);
            Assert.Equal(0, flat[0]);

            (var value, var gradient) = loss.Of(logits, RowTarget.Class(4321));
            (var valueInFloat, var gradientInFloat) = loss.Of(narrow, RowTarget.Class(4321));
            Assert.True(double.IsFinite(value));
            Assert.Equal(0, gradient.Sum(), 1e-12);
            Tolerances.AssertClose(value, valueInFloat, Tolerances.Float);
            Assert.Equal(0, gradientInFloat.Sum(g => (double)g), 1e-6);
        });
    }

    [Fact]
    public void Binary_labels_come_as_a_class_or_as_a_cell()
    {
        var loss = new SigmoidCrossEntropyLoss(positiveWeights: [3]);
        Assert.Equal(loss.Of([0.7], RowTarget.Class(1)), loss.Of([0.7], RowTarget.Values([1])), Same);
        Assert.Equal(loss.Of([0.7], RowTarget.Class(0)), loss.Of([0.7], RowTarget.Values([0])), Same);
        Tolerances.AssertClose(3 * StableMath.Softplus(-0.7), loss.Loss([0.7], RowTarget.Class(1)), Tolerances.Double);
        Tolerances.AssertClose(StableMath.Softplus(0.7), loss.Loss([0.7], RowTarget.Class(0)), Tolerances.Double);
        Assert.Throws<ArgumentOutOfRangeException>(() => loss.Loss([0.7], RowTarget.Class(2)));

        static bool Same((double Loss, double[] Gradient) a, (double Loss, double[] Gradient) b) =>
            a.Loss == b.Loss && a.Gradient.SequenceEqual(b.Gradient);
    }

    [Fact]
    public void Losses_refuse_parameters_out_of_range()
    {
        Action[] wrong =
        [
            () => _ = new SoftmaxCrossEntropyLoss(-0.1),
            () => _ = new SoftmaxCrossEntropyLoss(1.1),
            () => _ = new SoftmaxCrossEntropyLoss(double.NaN),
            () => _ = new SoftmaxCrossEntropyLoss(0, [1, -1]),
            () => _ = new SigmoidCrossEntropyLoss(2),
            () => _ = new SigmoidCrossEntropyLoss(0, [double.PositiveInfinity]),
            () => _ = new SigmoidCrossEntropyLoss(0, null, [1, -1]),
            () => _ = new SoftmaxBrierLoss([double.NaN]),
            () => _ = new SigmoidBrierLoss([1, double.NaN]),
        ];
        Assert.All(wrong, create => Assert.Throws<ArgumentOutOfRangeException>(create));
        Assert.Throws<ArgumentException>(() => RowTarget.Values([]));
    }

    [Fact]
    public void A_loss_keeps_its_own_copy_of_the_weights()
    {
        double[] weights = [1, 2, 3];
        var loss = new SoftmaxCrossEntropyLoss(classWeights: weights);
        var before = loss.Loss([0, 0, 0], RowTarget.Class(2));
        weights[2] = 100;
        Assert.Equal(before, loss.Loss([0, 0, 0], RowTarget.Class(2)));
    }

    // Why one trains with cross-entropy and not with the squared error of probabilities: where the model is confidently wrong, the squared
    // error is nearly flat, so that the worst rows teach nothing.
    // A positive at z = -10: cross-entropy pulls with s - 1, the squared error with 2 (s - 1) s (1 - s).
    [Fact]
    public void Squared_error_hardly_pulls_at_a_confidently_wrong_row()
    {
        Assert.Equal(-0.99995, new SigmoidCrossEntropyLoss().Of([-10.0], RowTarget.Class(1)).Gradient[0], 1e-5);
        Assert.Equal(-0.00009, new SigmoidBrierLoss().Of([-10.0], RowTarget.Class(1)).Gradient[0], 1e-5);
    }

    [Fact]
    public void The_more_wrong_the_more_cross_entropy_pulls_and_the_less_the_squared_error_does()
    {
        double[] wrong = [-2, -4, -8, -16, -32];
        double[] pulls = [.. wrong.Select(z => -new SigmoidCrossEntropyLoss().Of([z], RowTarget.Class(1)).Gradient[0])];
        double[] weakPulls = [.. wrong.Select(z => -new SigmoidBrierLoss().Of([z], RowTarget.Class(1)).Gradient[0])];
        Assert.Equal(pulls.Order(), pulls);
        Assert.Equal(weakPulls.OrderDescending(), weakPulls);
        Assert.True(pulls[^1] > 0.999 && weakPulls[^1] < 1e-13);
    }

    [Fact]
    public void Steps_of_gradient_descent_until_the_mistake_is_mended()
    {
        Assert.InRange(StepsUntilRight(new SigmoidCrossEntropyLoss()), 1, 15);
        Assert.True(StepsUntilRight(new SigmoidBrierLoss()) > 10_000);
    }

    // z <- z - dl/dz from z = -10 until the positive is more likely than not.
    private static int StepsUntilRight(LogitLoss loss)
    {
        double[] z = [-10];
        var steps = 0;
        for (; z[0] <= 0 && steps < 100_000; steps++)
            z[0] -= loss.Of(z, RowTarget.Class(1)).Gradient[0];
        return steps;
    }
}
