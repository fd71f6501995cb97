using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>What must hold for any two models on any rows.</summary>
public sealed class ComparePropertyTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(0x5EED, 0x1D).WithMaxTest(40);

    private static Arbitrary<ComparedRow[]> Rows =>
        ArbMap.Default.GeneratorFor<int>().Select(seed => ComparedRows.Draw(seed)).ToArbitrary();

    [Fact]
    public void Figures_are_those_of_slow_passes() => Holds(rows =>
    {
        var actual = ComparedRows.Compare(rows);
        var weight = rows.Sum(r => r.Weight);
        var mean = rows.Sum(r => r.Weight * r.Difference) / weight;
        var variance = rows.Sum(r => r.Weight * (r.Difference - mean) * (r.Difference - mean)) / weight;
        var effective = weight * weight / rows.Sum(r => r.Weight * r.Weight);
        Assert.Equal(rows.Length, actual.Rows);
        Assert.Equal(mean, actual.MeanDifference, 1e-12);
        Assert.Equal(mean, actual.ClippedMeanDifference, 1e-12);
        Assert.Equal(Math.Sqrt(variance / (effective - 1)), actual.StandardError, 1e-12);
        Assert.Equal(effective - 1, actual.DegreesOfFreedom, 1e-9);
        double wins = rows.Where(r => r.A[r.Label] > r.B[r.Label]).Sum(r => r.Weight), ties = rows.Where(r => r.A[r.Label] == r.B[r.Label])
            .Sum(r => r.Weight);
        Assert.Equal((wins + ties / 2) / weight, actual.WinRate, 1e-12);
        Assert.Equal(ties / weight, actual.TieRate, 1e-12);
        Assert.Equal(
            rows.Where(r => r.Difference < 0).OrderBy(r => r.Weight * r.Difference).ThenBy(r => r.Id).Take(10).Select(r => (long)r.Id),
            actual.RowsForFirst.Select(r => r.Row));
    });

    [Fact]
    public void Models_have_the_log_loss_that_evaluation_finds() => Holds(rows =>
    {
        var actual = ComparedRows.Run(rows);
        var expected =
            new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(ComparedRows.View(rows, "A"), exampleWeightColumnName: "Weight");
        Assert.Equal(expected.LogLoss, actual.Models[0].LogLoss, 1e-14);
        Assert.Equal(expected.LogLossStandardError, actual.Models[0].LogLossStandardError, 1e-14);
        Assert.Equal(expected.Accuracy, actual.Models[0].Accuracy, 1e-14);
        Assert.Equal(expected.Rows, actual.Models[0].Rows);
        Assert.Equal(actual.Models[0].LogLoss - actual.Models[1].LogLoss, actual.Pairs[0].MeanDifference, 1e-12);
    });

    [Fact]
    public void Exchanging_the_models_changes_signs_only() => Holds(rows =>
    {
        PairedComparison one = ComparedRows.Compare(rows, Bootstrap("Group")),
            other = ComparedRows.Compare(rows, Bootstrap("Group"), first: "B", second: "A");
        Assert.Equal(one.ClippedMeanDifference, -other.ClippedMeanDifference, 1e-14);
        Assert.Equal(one.StandardError, other.StandardError, 1e-14);
        Assert.Equal(one.PValue, other.PValue, 1e-12);
        Assert.Equal(one.WinRate, 1 - other.WinRate, 1e-14);
        Assert.Equal(one.Interval.Lower, -other.Interval.Upper, 1e-12);
        Assert.Equal(one.BootstrapInterval!.Value.Lower, -other.BootstrapInterval!.Value.Upper, 1e-12);
        Assert.Equal(one.RowsForFirst.Select(r => r.Row), other.RowsForSecond.Select(r => r.Row));
        Assert.Equal(one.Sentence, other.Sentence);
    });

    [Fact]
    public void The_order_of_rows_does_not_matter() => Holds(rows =>
    {
        ComparedRow[] shuffled = [.. rows];
        new Random(rows.Length).Shuffle(shuffled);
        PairedComparison one = ComparedRows.Compare(rows, Bootstrap("Group")), other = ComparedRows.Compare(shuffled, Bootstrap("Group"));
        Assert.Equal(one.ClippedMeanDifference, other.ClippedMeanDifference, 1e-12);
        Assert.Equal(one.StandardError, other.StandardError, 1e-12);
        Assert.Equal(one.BootstrapStandardError!.Value, other.BootstrapStandardError!.Value, 1e-12);
        Assert.Equal(one.BootstrapInterval!.Value.Upper, other.BootstrapInterval!.Value.Upper, 1e-12);
    });

    [Fact]
    public void A_row_of_weight_2_is_the_row_twice() => Holds(rows =>
    {
        // As a group of its own each row counts once, however it is written.
        ComparedRow[] own = [.. rows.Select(r => r with { Group = r.Id })];
        ComparedRow[] twice = [.. own.SelectMany(r => r.Weight == 2 ? new[] { r with { Weight = 1 }, r with { Weight = 1 } } : [r])];
        PairedComparison one = ComparedRows.Compare(own, Bootstrap("Group")), other = ComparedRows.Compare(twice, Bootstrap("Group"));
        Assert.Equal(one.ClippedMeanDifference, other.ClippedMeanDifference, 1e-12);
        Assert.Equal(one.WinRate, other.WinRate, 1e-12);
        Assert.Equal(one.StandardError, other.StandardError, 1e-12);
        Assert.Equal(one.PValue, other.PValue, 1e-9);
        Assert.Equal(one.BootstrapInterval!.Value.Lower, other.BootstrapInterval!.Value.Lower, 1e-12);
    });

    [Fact]
    public void The_scale_of_the_weights_does_not_matter() => Holds(rows =>
    {
        PairedComparison one = ComparedRows.Compare(rows, Bootstrap(null)),
            other = ComparedRows.Compare([.. rows.Select(r => r with { Weight = 4 * r.Weight })], Bootstrap(null));
        Assert.Equal(one.StandardError, other.StandardError, 1e-12);
        Assert.Equal(one.PValue, other.PValue, 1e-9);
        Assert.Equal(one.BootstrapInterval!.Value, other.BootstrapInterval!.Value);
    });

    [Fact]
    public void Groups_of_one_row_are_plain_rows() => Holds(rows =>
    {
        ComparedRow[] own = [.. rows.Select(r => r with { Group = r.Id, Weight = 1 })];
        PairedComparison grouped = ComparedRows.Compare(own, new() { GroupColumnName = "Group", BootstrapResamples = 0 }),
            plain = ComparedRows.Compare(own);
        Assert.Equal(plain.StandardError, grouped.StandardError, 1e-12);
        Assert.Equal(plain.DegreesOfFreedom, grouped.DegreesOfFreedom, 1e-9);
        Assert.Equal(plain.PValue, grouped.PValue, 1e-9);
    });

    [Fact]
    public void A_model_equals_itself() => Holds(rows =>
    {
        var actual = ComparedRows.Compare([.. rows.Select(r => r with { B = r.A })], Bootstrap("Group"));
        Assert.Equal(ComparisonVerdict.Equal, actual.Verdict);
        Assert.Equal((0.0, 0.0, 1.0, 0.5), (actual.MeanDifference, actual.StandardError, actual.PValue, actual.WinRate));
        Assert.Equal(new ConfidenceInterval(0, 0, 0.95), actual.BootstrapInterval!.Value);
        Assert.Empty(actual.RowsForFirst);
        Assert.Empty(actual.RowsForSecond);
    });

    private static ComparisonOptions Bootstrap(string? group) => new() { GroupColumnName = group, BootstrapResamples = 100, Seed = 3 };

    private static void Holds(Action<ComparedRow[]> property) => Check.One(Config, Prop.ForAll(Rows, property));
}
