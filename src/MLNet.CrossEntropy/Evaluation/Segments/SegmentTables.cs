using System.Text;
using MLNet.CrossEntropy.Tables;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Segments as a table, those that differ most surely first.</summary>
internal static class SegmentTables
{
    private const int MostInText = 20;

    public static string Text(IReadOnlyList<SegmentMetrics>? segments)
    {
        StringBuilder text = new();
        if (segments is not null)
            TextTable.Append(text.Append('\n'), Of(segments, LossUnit.Nats), most: MostInText, others: "segments");
        return text.ToString();
    }

    public static Table Of(IReadOnlyList<SegmentMetrics> segments, LossUnit unit) => new(
        "Figures by segment, against all other rows",
        [
            new("segment"), new("rows", NumberFormat.Count), new("share", NumberFormat.Share),
            new($"log-loss ({unit.Name})", NumberFormat.Loss),
            new("difference", NumberFormat.Loss), new("from", NumberFormat.Loss), new("to", NumberFormat.Loss),
            new("p (Holm)", NumberFormat.Probability), new("ECE", NumberFormat.Share), new("by chance", NumberFormat.Share),
        ],
        [
            .. segments.Select(s => (Cell[])
            [
                s.Name, s.Rows, s.Share, unit.Of(s.LogLoss), unit.Of(s.Difference), unit.Of(s.DifferenceInterval.Lower),
                unit.Of(s.DifferenceInterval.Upper), s.AdjustedPValue,
                s.Reliability.ExpectedCalibrationError, s.Reliability.ExpectedUnderPerfectCalibration,
            ]),
        ]);
}
