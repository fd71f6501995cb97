namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>Twelve rows against NumPy and SciPy 1.10; d is the difference of the row losses, w their weights.</summary>
public sealed class CompareGoldenTests
{
    private static readonly int[] Labels = [2, 1, 2, 2, 1, 2, 2, 0, 0, 0, 0, 2];
    private static readonly int[][] A =
        [[9, 32, 23], [4, 50, 10], [12, 4, 48], [25, 3, 36], [6, 51, 7], [7, 3, 54], [32, 22, 10], [36, 13, 15], [32, 20, 12], [24, 35, 5],
        [38, 21, 5], [8, 11, 45]];
    private static readonly int[][] B =
        [[2, 7, 55], [2, 51, 11], [3, 37, 24], [4, 13, 47], [9, 46, 9], [17, 37, 10], [18, 9, 37], [21, 17, 26], [39, 23, 2], [21, 40, 3],
        [15, 10, 39], [30, 11, 23]];
    private static readonly double[] Weights = [1, 2, 1, 1, 0.5, 1, 3, 1, 1, 2, 1, 1];
    private static readonly int[] Groups = [0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 4, 5];
    private static readonly ComparedRow[] Rows =
        [.. Labels.Select((label, i) => new ComparedRow(label, A[i], B[i], Weights[i], Groups[i], i))];

    [Fact]
    public void Plain_rows_are_the_paired_t_test()
    {
        // stats.ttest_rel(la, lb); stats.sem(d); stats.t.interval(0.95, 11, d.mean(), stats.sem(d)).
        var actual = ComparedRows.Compare(Rows, weighted: false);
        Assert.Equal(-0.17429447277953433, actual.MeanDifference, 1e-14);
        Assert.Equal(0.23315696447927728, actual.StandardError, 1e-14);
        Assert.Equal(11, actual.DegreesOfFreedom);
        Assert.Equal(0.4704158688679182, actual.PValue, 1e-12);
        // SciPy's own quantiles are good to 1e-10.
        Assert.Equal(-0.6874694915684109, actual.Interval.Lower, 1e-10);
        Assert.Equal(0.33888054600934214, actual.Interval.Upper, 1e-10);
        Assert.Equal(ComparisonVerdict.Undecided, actual.Verdict);
        Assert.Equal(
            "No clear difference: the log-loss of A is lower than that of B by 0.2 nats (95% CI -0.3 to 0.7, p = 0.47).", actual.Sentence);
    }

    [Fact]
    public void Weights_make_effective_rows()
    {
        // m = (w*d).sum() / w.sum(); n = w.sum()**2 / (w**2).sum(); se = sqrt((w*(d-m)**2).sum() / w.sum() / (n-1)); 2 * t.sf(|m|/se, n-1).
        var actual = ComparedRows.Compare(Rows);
        Assert.Equal(0.02987066572485272, actual.ClippedMeanDifference, 1e-14);
        Assert.Equal(9.514851485148515, actual.EffectiveRows, 1e-13);
        Assert.Equal(0.2882093737786381, actual.StandardError, 1e-14);
        Assert.Equal(0.9198530835136705, actual.PValue, 1e-12);
        Assert.Equal(0.4838709677419355, actual.WinRate, 1e-14);
        Assert.Equal(0, actual.TieRate);
    }

    [Fact]
    public void Groups_make_the_sandwich()
    {
        // Weighted least squares of d on a constant: bread = inv(X'WX), meat = sum over groups of (X_g'W_g e_g)(...)', V = 6/5 bread meat
        // bread.
        var actual = ComparedRows.Compare(Rows, new() { GroupColumnName = "Group", BootstrapResamples = 0 });
        Assert.Equal(6, actual.Groups);
        Assert.Equal(5, actual.DegreesOfFreedom);
        Assert.Equal(0.2856716761730512, actual.StandardError, 1e-14);
        Assert.Equal(0.9207875657874139, actual.PValue, 1e-12);
    }

    [Fact]
    public void The_rows_that_matter_are_named()
    {
        var actual = ComparedRows.Compare(Rows, new() { IdColumnName = "Id", ListedRows = 2, BootstrapResamples = 0 });
        Assert.Equal(["id5", "id10"], actual.RowsForFirst.Select(r => r.Id));
        Assert.Equal(["id6", "id0"], actual.RowsForSecond.Select(r => r.Id));
        var worst = actual.RowsForSecond[0];
        Assert.Equal((6, "2", 3.0), (worst.Row, worst.Label, worst.Weight));
        Assert.Equal(-Math.Log(10 / 64.0), worst.FirstLoss, 1e-14);
        Assert.Equal(-Math.Log(37 / 64.0), worst.SecondLoss, 1e-14);
        Assert.Equal(3 * Math.Log(37 / 10.0) / 15.5, worst.Contribution, 1e-14);
    }

    [Fact]
    public void The_table_tells_it_all()
    {
        var text = ComparedRows.Run(Rows, new() { GroupColumnName = "Group", BootstrapResamples = 0 }).ToString();
        foreach (
            var part in (
            string[])["\nA    ", "\nA - B", "0.029871", "0.285672", "0.9208", "0.4839", "No clear difference", "12 rows: 12 used",
            "6 of column 'Group'", "standard errors tend to be too small"])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }
}
