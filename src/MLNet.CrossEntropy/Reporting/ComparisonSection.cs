using System.Xml.Linq;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>
/// Models compared on the same rows: who is better, by how much, how sure that is, and on which rows.
/// </summary>
internal static class ComparisonSection
{
    private const string DifferenceNote = "Left of the line the first model of the pair is better. The interval is of the mean difference ";
    private const string OverRows = "over the rows, so it is much narrower than the models' own intervals.";
    private const string OverFolds = "over the folds, widened since their training rows overlap.";

    /// <summary>Models compared pair by pair.</summary>
    public static IEnumerable<XElement> Of(CrossEntropyComparison comparison, int number, LossUnit unit)
    {
        if (ModelSection.Warnings(comparison.Warnings) is { } warnings)
            yield return warnings;
        foreach (var pair in comparison.Pairs)
            yield return El("p", Class("verdict"), pair.Sentence);
        yield return Differences(comparison, unit).ToElement(FormattableString.Invariant($"comparison-{number + 1}"));
        if (ComparisonTables.Folds(comparison, unit) is { } folds)
            yield return folds.ToElement(showCaption: true);
        foreach (var pair in comparison.Pairs.Where(p => p.RowsForFirst.Count + p.RowsForSecond.Count > 0))
            yield return Rows(pair, unit);
    }

    private static Chart Differences(CrossEntropyComparison comparison, LossUnit unit)
    {
        var sentences = string.Join(" ", comparison.Pairs.Select(p => p.Sentence));
        var intervals = comparison.Pairs.Select(p => new Interval(
            ComparisonTables.Name(p),
            unit.Of(p.ClippedMeanDifference),
            unit.Of(p.Interval.Lower),
            unit.Of(p.Interval.Upper),
            unit.Text(p.ClippedMeanDifference)));
        var table = ComparisonTables.Pairs(comparison, unit);
        return new(
            table.Title,
            $"A dot with a confidence interval for each pair of models, in {unit.Name}. {sentences}",
            DifferenceNote + (comparison.Pairs is [{ Folds: > 0 }, ..] ? OverFolds : OverRows),
            IntervalChart.Draw([.. intervals], 0, "equal", $"difference of log-loss ({unit.Name})"),
            table);
    }

    private static XElement Rows(PairedComparison pair, LossUnit unit) => El(
        "details",
        El("summary", $"The rows that decide between {pair.First} and {pair.Second}"),
        ModelSection.WithIds(new(
            "Rows by what they contribute to the mean difference; below 0 in favour of the first model",
            [
                new("row", NumberFormat.Count), new("true class"), new("weight", NumberFormat.Weight),
                new($"loss of {pair.First}", NumberFormat.Loss), new($"loss of {pair.Second}", NumberFormat.Loss),
                new($"contribution ({unit.Name})", NumberFormat.Of("0.000000")),
            ],
            [
                .. pair.RowsForFirst.Concat(pair.RowsForSecond).Select(r => (Cell[])
                [
                    r.Row, r.Label, r.Weight, unit.Of(r.FirstLoss), unit.Of(r.SecondLoss), unit.Of(r.Contribution),
                ]),
            ]), [.. pair.RowsForFirst.Concat(pair.RowsForSecond).Select(r => r.Id)]).ToElement(showCaption: true));
}
