using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Losses;

/// <summary>What holds for every loss of the table.</summary>
public sealed class EveryLossTests
{
    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Gradient_is_the_slope_of_the_loss(string name)
    {
        var loss = AllLosses.Get(name);
        foreach (var target in AllLosses.TargetsFor(name))
        {
            foreach (var logits in AllLosses.Logits())
            {
                var expected = FiniteDifference.Gradient(z => loss.Loss(z, target.Row), logits);
                var actual = loss.Of(logits, target.Row).Gradient;
                for (var k = 0; k < logits.Length; k++)
                    Assert.Equal(expected[k], actual[k], Tolerances.FiniteDifference * (1 + Math.Abs(expected[k])));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Curvature_is_the_slope_of_the_gradient(string name)
    {
        var loss = AllLosses.Get(name);
        float[] direction = [1.5f, -0.25f, 0.75f, -2];
        float[] terms = new float[AllLosses.Outputs], product = new float[AllLosses.Outputs], diagonal = new float[AllLosses.Outputs];
        if (!loss.HasCurvature)
        {
            var error = Assert.Throws<NotSupportedException>(() => loss.CurvatureTerms(product, RowTarget.Class(0), terms));
            Assert.Contains(loss.Name, error.Message, StringComparison.Ordinal);
            Assert.Throws<NotSupportedException>(() => loss.CurvatureProduct(terms, product));
            Assert.Throws<NotSupportedException>(() => loss.CurvatureDiagonal(terms, diagonal));
            return;
        }

        foreach (var target in AllLosses.TargetsFor(name))
        {
            foreach (var logits in AllLosses.Logits())
            {
                float[] narrow = [.. logits.Select(z => (float)z)];
                direction.CopyTo(product, 0);
                loss.CurvatureTerms(narrow, target.Row, terms);
                loss.CurvatureProduct(terms, product);
                loss.CurvatureDiagonal(terms, diagonal);
                for (var k = 0; k < logits.Length; k++)
                {
                    var row = FiniteDifference.Gradient(z => loss.Of(z, target.Row).Gradient[k], logits);
                    Assert.Equal(row.Select((h, i) => h * direction[i]).Sum(), product[k], 1e-5);
                    Assert.Equal(row[k], diagonal[k], 1e-5);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Curvature_of_coupled_outputs_is_a_sum_over_their_pairs(string name)
    {
        var loss = AllLosses.Get(name);
        float[] terms = new float[AllLosses.Outputs], pairs = new float[AllLosses.Outputs * (AllLosses.Outputs - 1) / 2];
        if (!loss.HasCurvature || loss.HasIndependentOutputs)
        {
            Assert.Throws<NotSupportedException>(() => loss.CurvaturePairs(terms, pairs));
            return;
        }

        foreach (var target in AllLosses.TargetsFor(name))
        {
            foreach (var logits in AllLosses.Logits())
            {
                loss.CurvatureTerms([.. logits.Select(z => (float)z)], target.Row, terms);
                loss.CurvaturePairs(terms, pairs);
                Assert.All(pairs, pair => Assert.True(pair >= 0));
                for (var k = 0; k < logits.Length; k++)
                {
                    var product = new float[logits.Length];
                    product[k] = 1;
                    loss.CurvatureProduct(terms, product);
                    for (var l = 0; l < k; l++)
                        Assert.Equal(-product[l], pairs[k * (k - 1) / 2 + l], 1e-6);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Float_agrees_with_double(string name)
    {
        var loss = AllLosses.Get(name);
        foreach (var target in AllLosses.TargetsFor(name))
        {
            foreach (var logits in AllLosses.Logits())
            {
                float[] narrow = [.. logits.Select(z => (float)z)];
                double[] rounded = [.. narrow.Select(z => (double)z)];
                (var expected, var expectedGradient) = loss.Of(rounded, target.Row);
                (var actual, var gradient) = loss.Of(narrow, target.Row);
                Tolerances.AssertClose(expected, actual, Tolerances.Float, $"{target}");
                for (var k = 0; k < logits.Length; k++)
                    Assert.Equal(expectedGradient[k], gradient[k], 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Loss_is_never_negative_and_logits_of_ten_thousand_are_harmless(string name)
    {
        var loss = AllLosses.Get(name);
        double[][] extremes = [[1e4, -1e4, 0, 5], [-1e4, -1e4, -1e4, -1e4], [1e4, 1e4, -1e4, 1e4], [-1e4, 0, 0, 1e4]];
        foreach (var target in AllLosses.TargetsFor(name))
        {
            foreach (var logits in AllLosses.Logits().Concat(extremes))
            {
                (var value, var gradient) = loss.Of(logits, target.Row);
                Assert.True(double.IsFinite(value) && value >= 0, $"{target}: {value}");
                Assert.All(gradient, g => Assert.True(double.IsFinite(g)));
                (var narrow, var narrowGradient) = loss.Of([.. logits.Select(z => (float)z)], target.Row);
                Tolerances.AssertClose(value, narrow, Tolerances.Float, $"{target}");
                Assert.All(narrowGradient, g => Assert.True(float.IsFinite(g)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void One_hot_soft_label_gives_the_same_bits_as_the_hard_label(string name)
    {
        var loss = AllLosses.Get(name);
        for (var label = 0; label < AllLosses.Outputs; label++)
        {
            var oneHot = new float[AllLosses.Outputs];
            oneHot[label] = 1;
            foreach (var logits in AllLosses.Logits())
            {
                AssertSame(loss.Of(logits, RowTarget.Class(label)), loss.Of(logits, RowTarget.Values(oneHot)));
                float[] narrow = [.. logits.Select(z => (float)z)];
                AssertSame(loss.Of(narrow, RowTarget.Class(label)), loss.Of(narrow, RowTarget.Values(oneHot)));
            }

            Assert.Equal(loss.TargetWeight(RowTarget.Class(label)), loss.TargetWeight(RowTarget.Values(oneHot)));
        }
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Row_without_a_label_counts_for_nothing(string name)
    {
        var loss = AllLosses.Get(name);
        TargetCase[] missing = [new(-1), new(-100), new(float.NaN, float.NaN, float.NaN, float.NaN)];
        TargetCase[] missingForSoftmax = [new(0, 0, 0, 0), new(1, -1, 0.5f, 0.5f), new(float.NaN, 1, 0, 0)];
        foreach (var target in AllLosses.IsSoftmax(name) ? missing.Concat(missingForSoftmax) : missing)
        {
            (var value, var gradient) = loss.Of([1.0, 2.0, 3.0, -1.0], target.Row);
            Assert.Equal(0, value);
            Assert.All(gradient, g => Assert.Equal(0, g));
            Assert.Equal(0, loss.TargetWeight(target.Row));
        }

        Assert.Equal(0, loss.Loss([1, 2, 3, -1], default));
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Arguments_that_do_not_fit_are_named(string name)
    {
        var loss = AllLosses.Get(name);
        double[] logits = [1, 2, 3, 4];
        var unknown = Assert.Throws<ArgumentOutOfRangeException>(() => loss.Loss(logits, RowTarget.Class(4)));
        Assert.Contains("4", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => loss.Loss(logits, RowTarget.Values([0.5f, 0.5f, 0])));
        Assert.Throws<ArgumentException>(() => loss.LossAndGradient(logits, RowTarget.Class(0), new double[3]));
        Assert.Throws<ArgumentException>(() => loss.LossAndGradient(logits, RowTarget.Class(0), logits));
        var wrong = Assert.ThrowsAny<ArgumentException>(() => loss.Loss(logits, RowTarget.Values([1.5f, 0, 0, 0])));
        Assert.Contains("1.5", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllLosses.SoftmaxNames), MemberType = typeof(AllLosses))]
    public void Softmax_gradient_sums_to_zero_and_a_constant_added_to_all_logits_changes_nothing(string name)
    {
        var loss = AllLosses.Get(name);
        foreach (var target in AllLosses.TargetsFor(name))
        {
            foreach (var logits in AllLosses.Logits())
            {
                (var value, var gradient) = loss.Of(logits, target.Row);
                Assert.Equal(0, gradient.Sum(), 1e-14);
                (var moved, var movedGradient) = loss.Of([.. logits.Select(z => z + 1024)], target.Row);
                Tolerances.AssertClose(value, moved, Tolerances.Double, $"{target}");
                for (var k = 0; k < gradient.Length; k++)
                    Assert.Equal(gradient[k], movedGradient[k], 1e-12);
            }
        }
    }

    /// <summary>An impossible event is infinitely wrong under a logarithm, at worst 2 under Brier, and never NaN.</summary>
    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void A_logit_of_minus_infinity_is_an_impossible_event(string name)
    {
        var loss = AllLosses.Get(name);
        double[] logits = [double.NegativeInfinity, 1, 2, double.NegativeInfinity];
        (var value, var gradient) = loss.Of(logits, RowTarget.Class(0));
        var bounded = name.Contains("Brier", StringComparison.Ordinal);
        Assert.True(bounded ? value is > 0 and <= 3 : double.IsPositiveInfinity(value), $"{value}");
        Assert.All(gradient, g => Assert.True(double.IsFinite(g)));
        if (!name.Contains("smoothed", StringComparison.Ordinal))
            Assert.True(double.IsFinite(loss.Of(logits, RowTarget.Class(1)).Loss));
        (var narrow, var narrowGradient) = loss.Of([float.NegativeInfinity, 1, 2, float.NegativeInfinity], RowTarget.Class(0));
        Tolerances.AssertClose(value, narrow, Tolerances.Float);
        Assert.All(narrowGradient, g => Assert.True(float.IsFinite(g)));
    }

    [Theory]
    [MemberData(nameof(AllLosses.UnsmoothedNames), MemberType = typeof(AllLosses))]
    public void Gradient_never_points_away_from_the_true_class(string name)
    {
        var loss = AllLosses.Get(name);
        for (var label = 0; label < AllLosses.Outputs; label++)
        {
            foreach (var logits in AllLosses.Logits())
                Assert.True(loss.Of(logits, RowTarget.Class(label)).Gradient[label] < 0);
        }
    }

    private static void AssertSame<T>((double Loss, T[] Gradient) expected, (double Loss, T[] Gradient) actual)
    {
        Assert.Equal(expected.Loss, actual.Loss);
        Assert.Equal(expected.Gradient, actual.Gradient);
    }
}
