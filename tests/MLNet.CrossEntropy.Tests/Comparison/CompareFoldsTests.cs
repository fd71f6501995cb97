namespace MLNet.CrossEntropy.Tests.Comparison;

public sealed class CompareFoldsTests
{
    private static readonly double[] A = [0.412, 0.398, 0.431, 0.405, 0.420];
    private static readonly double[] B = [0.425, 0.409, 0.433, 0.421, 0.428];

    [Fact]
    public void Five_folds_as_the_paper_corrects_them()
    {
        // NumPy and SciPy 1.10: d = a - b; se = sqrt((1/5 + 1/4) * d.var(ddof=1)); p = 2 * t.sf(|mean| / se, 4); mean -+ t.ppf(0.975, 4) *
        // se.
        PairedComparison actual = Compare("A", A, "B", B);
        Assert.Equal(5, actual.Folds);
        Assert.Equal(4, actual.DegreesOfFreedom);
        Assert.Equal(-0.01, actual.ClippedMeanDifference, 1e-15);
        Assert.Equal(0.003581200915893988, actual.StandardError, 1e-15);
        Assert.Equal(0.04919342796197113, actual.PValue, 1e-11);
        Assert.Equal(-0.01994300775366372, actual.Interval.Lower, 1e-11);
        Assert.Equal(-5.699224633625051e-05, actual.Interval.Upper, 1e-11);
        Assert.Equal(ComparisonVerdict.FirstBetter, actual.Verdict);
        Assert.Equal("A is better than B by 0.010 nats (95% CI 0.000 to 0.020, p = 0.049).", actual.Sentence);
    }

    [Fact]
    public void Repeated_splits_have_a_ratio_of_their_own()
    {
        PairedComparison actual = Compare("A", A, "B", B, testToTrainRatio: 0.1 / 0.9);
        Assert.Equal(0.002977694857883632, actual.StandardError, 1e-15);
        Assert.Equal(0.02834945531450799, actual.PValue, 1e-11);
    }

    [Fact]
    public void Exchanging_the_trainers_changes_signs_only()
    {
        PairedComparison one = Compare("A", A, "B", B), other = Compare("B", B, "A", A);
        Assert.Equal(-one.MeanDifference, other.MeanDifference);
        Assert.Equal(one.StandardError, other.StandardError);
        Assert.Equal(one.PValue, other.PValue);
        Assert.Equal(-one.Interval.Lower, other.Interval.Upper);
        Assert.Equal(one.Sentence, other.Sentence);
    }

    [Fact]
    public void Few_noisy_folds_decide_nothing()
    {
        PairedComparison actual = Compare("A", [0.41, 0.40, 0.45], "B", [0.40, 0.42, 0.42]);
        Assert.Equal(ComparisonVerdict.Undecided, actual.Verdict);
        Assert.StartsWith(
            "No clear difference: the log-loss of B is lower than that of A by 0.01 nats (95% CI -0.", actual.Sentence,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_trainers_are_equal()
    {
        PairedComparison actual = Compare("A", A, "B", A);
        Assert.Equal((ComparisonVerdict.Equal, 1.0), (actual.Verdict, actual.PValue));
        Assert.Equal("A and B have the same loss on every row.", actual.Sentence);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Contains(
            "at least 2", Assert.Throws<ArgumentException>(() => Compare("A", [0.4], "B", [0.5])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'A' has 5 folds and 'B' has 2", Assert.Throws<ArgumentException>(() => Compare("A", A, "B", [0.5, 0.6])).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "finite",
            Assert.Throws<ArgumentException>(
            () => Compare("A", [0.4, double.PositiveInfinity], "B", [0.5, 0.6])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Compare("A", A, "B", B, testToTrainRatio: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compare("A", A, "B", B, confidenceLevel: 1));
    }

    private static PairedComparison Compare(
        string first, double[] firstLogLosses, string second, double[] secondLogLosses, double? testToTrainRatio = null,
        double confidenceLevel = 0.95) =>
        CrossEntropyComparison.OfFolds(
            new Dictionary<string, IReadOnlyList<double>> { [first] = firstLogLosses, [second] = secondLogLosses },
            new() { Baseline = second }, testToTrainRatio, confidenceLevel).Pairs[0];
}
