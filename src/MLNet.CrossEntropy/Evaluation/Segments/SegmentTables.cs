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
            TextTable.Append(text.Append('\n'), Of(segments), most: MostInText, others: "segments");
        return text.ToString();
    }

    public static Table Of(IReadOnlyList<SegmentMetrics> segments) => new(
        "Figures by segment, against all other rows",
        [
            new("segment"), new("rows", NumberFormat.Count), new("share", NumberFormat.Share), new("log-loss (nats)", NumberFormat.Loss),
            new("difference", NumberFormat.Loss), new("from", NumberFormat.Loss), new("to", NumberFormat.Loss),
            new("p (Holm)", NumberFormat.Probability), new("ECE", NumberFormat.Share), new("by chance", NumberFormat.Share),
        ],
        [
            .. segments.Select(s => (Cell[])
            [
                s.Name, s.Rows, s.Share, s.LogLoss, s.Difference, s.DifferenceInterval.Lower, s.DifferenceInterval.Upper, s.AdjustedPValue,
                s.Reliability.ExpectedCalibrationError, s.Reliability.ExpectedUnderPerfectCalibration,
            ]),
        ]);
}
