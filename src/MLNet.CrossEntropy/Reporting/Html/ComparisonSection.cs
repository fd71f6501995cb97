using System.Xml.Linq;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Models compared on the same rows: who is better, by how much, how sure that is, and on which rows.</summary>
internal static class ComparisonSection
{
    public static IEnumerable<XElement> Of(CrossEntropyComparison comparison, int number, LossUnit unit)
    {
        if (ModelSection.Warnings(comparison.Warnings) is { } warnings)
            yield return warnings;
        foreach (var pair in comparison.Pairs)
            yield return El("p", Class("verdict"), pair.Sentence);
        yield return Differences(comparison, unit).ToElement(FormattableString.Invariant($"comparison-{number + 1}"));
        foreach (var pair in comparison.Pairs.Where(p => p.RowsForFirst.Count + p.RowsForSecond.Count > 0))
            yield return Rows(pair, unit);
    }

    public static IEnumerable<XElement> Of(CrossValidationComparison comparison, LossUnit unit) =>
    [
        El("p", Class("verdict"), comparison.Sentence),
        ComparisonTables.Folds(comparison, unit).ToElement(showCaption: true),
    ];

    private static Chart Differences(CrossEntropyComparison comparison, LossUnit unit) => new(
        "Difference of log-loss, paired by row",
        $"A dot with a confidence interval for each pair of models, in {unit.Name}. {string.Join(" ", comparison.Pairs.Select(p => p.Sentence))}",
        "Left of the line the first model of the pair is better. The interval is of the mean difference over the rows, so it is much narrower than the models' own intervals.",
        IntervalChart.Draw([.. comparison.Pairs.Select(p => IntervalOf(p, unit))], 0, "equal", $"difference of log-loss ({unit.Name})"),
        ComparisonTables.Pairs(comparison, unit));

    private static Interval IntervalOf(PairedComparison pair, LossUnit unit) => new(
        ComparisonTables.Name(pair), unit.Of(pair.ClippedMeanDifference), unit.Of(pair.Interval.Lower), unit.Of(pair.Interval.Upper), unit.Text(pair.ClippedMeanDifference));

    private static XElement Rows(PairedComparison pair, LossUnit unit) => El(
        "details",
        El("summary", $"The rows that decide between {pair.First} and {pair.Second}"),
        Table.Texts(
            "Rows by what they contribute to the mean difference; below 0 in favour of the first model",
            ["row", "true class", "weight", $"loss of {pair.First}", $"loss of {pair.Second}", $"contribution ({unit.Name})"],
            [
                .. pair.RowsForFirst.Concat(pair.RowsForSecond).Select(r => (string[])
                [
                    r.Id ?? Figures.Count(r.Row), r.Label ?? "", Figures.Weight(r.Weight), unit.Text(r.FirstLoss), unit.Text(r.SecondLoss),
                    Figures.Of(unit.Of(r.Contribution), "0.000000"),
                ]),
            ]).ToElement(showCaption: true));
}
