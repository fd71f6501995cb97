namespace MLNet.CrossEntropy.Tests.Comparison;

public sealed class ComparisonSentenceTests
{
    private static readonly PairedComparison Clear = new()
    {
        First = "SoftmaxCrossEntropy",
        Second = "LbfgsMaximumEntropy",
        Rows = 1000,
        EffectiveRows = 1000,
        Groups = null,
        MeanDifference = -0.0118,
        ClippedMeanDifference = -0.0118,
        StandardError = 0.0031,
        DegreesOfFreedom = 999,
        Interval = new(-0.0179, -0.0057, 0.95),
        PValue = 0.00016,
        AdjustedPValue = 0.00016,
        WinRate = 0.6,
        TieRate = 0,
        FirstInfiniteRows = 0,
        SecondInfiniteRows = 0,
        ClippedRows = 0,
        RowsForFirst = [],
        RowsForSecond = [],
    };

    public static TheoryData<string, string> Cases => new()
    {
        { "first", "SoftmaxCrossEntropy is better than LbfgsMaximumEntropy by 0.012 nats (95% CI 0.006 to 0.018, p = 0.0002)." },
        { "second", "LbfgsMaximumEntropy is better than SoftmaxCrossEntropy by 0.012 nats (95% CI 0.006 to 0.018, p < 0.0001)." },
        { "undecided",
            "No clear difference: the log-loss of SoftmaxCrossEntropy is lower than that of LbfgsMaximumEntropy by 0.002 nats (95% CI " +
            "-0.004 to 0.008, p = 0.52)." },
        { "adjusted",
            "No clear difference: the log-loss of SoftmaxCrossEntropy is lower than that of LbfgsMaximumEntropy by 0.012 nats (95% CI " +
            "0.006 to 0.018, p = 0.030, p = 0.090 after Holm's adjustment)." },
        { "equal", "SoftmaxCrossEntropy and LbfgsMaximumEntropy have the same loss on every row." },
        { "few rows",
            "Nothing can be said about SoftmaxCrossEntropy and LbfgsMaximumEntropy: 1.8 effective rows are too few to tell a difference " +
            "from chance." },
        { "few groups",
            "Nothing can be said about SoftmaxCrossEntropy and LbfgsMaximumEntropy: 1 group of rows is too few to tell a difference from " +
            "chance." },
        { "no rows",
            "Nothing can be said about SoftmaxCrossEntropy and LbfgsMaximumEntropy: there is no row on which both can be evaluated." },
        { "infinite",
            "The log-loss of LbfgsMaximumEntropy is infinite (3 rows with probability 0 of the true class), that of SoftmaxCrossEntropy " +
            "is not. With a floor under probabilities: SoftmaxCrossEntropy is better than LbfgsMaximumEntropy by 0.012 nats (95% CI " +
            "0.006 to 0.018, p = 0.0002)." },
        { "both infinite",
            "Both log-losses are infinite (1 row of SoftmaxCrossEntropy, 3 rows of LbfgsMaximumEntropy with probability 0 of the true " +
            "class). With a floor under probabilities: SoftmaxCrossEntropy is better than LbfgsMaximumEntropy by 0.012 nats (95% CI " +
            "0.006 to 0.018, p = 0.0002)." },
        { "clipped",
            "SoftmaxCrossEntropy is better than LbfgsMaximumEntropy by 0.012 nats (95% CI 0.006 to 0.018, p = 0.0002). In 2 rows the " +
            "floor under probabilities was needed." },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Says_no_more_than_the_figures_do(string name, string sentence)
    {
        var pair = name switch
        {
            "second" =>
                Clear with
                {
                    ClippedMeanDifference = 0.0118,
                    Interval = new(0.0057, 0.0179, 0.95),
                    PValue = 0.00001,
                    AdjustedPValue = 0.00001
                },
            "undecided" =>
                Clear with { ClippedMeanDifference = -0.002, Interval = new(-0.0081, 0.0041, 0.95), PValue = 0.52, AdjustedPValue = 0.52 },
            "adjusted" => Clear with { PValue = 0.03, AdjustedPValue = 0.09 },
            "equal" => Clear with { TieRate = 1, ClippedMeanDifference = 0, PValue = 1, AdjustedPValue = 1 },
            "few rows" => Clear with { EffectiveRows = 1.8, PValue = double.NaN, AdjustedPValue = double.NaN },
            "few groups" => Clear with { Groups = 1, PValue = double.NaN, AdjustedPValue = double.NaN },
            "no rows" => Clear with { Rows = 0, PValue = double.NaN, AdjustedPValue = double.NaN },
            "infinite" => Clear with { SecondInfiniteRows = 3, ClippedRows = 3 },
            "both infinite" => Clear with { FirstInfiniteRows = 1, SecondInfiniteRows = 3, ClippedRows = 4 },
            "clipped" => Clear with { ClippedRows = 2 },
            _ => Clear,
        };
        Assert.Equal(sentence, pair.Sentence);
    }
}
