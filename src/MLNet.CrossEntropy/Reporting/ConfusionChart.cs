using System.Xml.Linq;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Tables;
using static MLNet.CrossEntropy.Tables.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>
/// True against predicted classes, each cell tinted by its share of the true class's rows, with counts and shares where there is room;
/// of more than 60 classes the most confused are drawn and the others taken together.
/// </summary>
internal static class ConfusionChart
{
    private const double Width = 440;
    private const double CharacterWidth = 7;

    private const int LongestRowName = 14;
    private const int LongestColumnName = 16;
    private const double LargestCell = 84;
    private const double RoomForCounts = 36;
    private const double RoomForShares = 17;
    private const int MostDrawn = 60;
    private const int KeptOfMany = 29;
    private const int MostTableClasses = 30;
    private const int MostPairs = 50;

    public static Chart Of(ClassConfusionMatrix matrix)
    {
        var kept = Kept(matrix);
        ConfusionTable table = ConfusionTable.Of(matrix, kept);
        var size = table.Names.Count;
        var longest = table.Names.Max(n => n.Length);
        double left = 24 + CharacterWidth * Math.Clamp(longest, 9, LongestRowName), top = 40 + 5.5 * Math.Min(longest, LongestColumnName);
        // What the slanted name of the last column needs at the right.
        var overhang = Math.Max(56, 12 + 4.8 * Math.Min(longest, LongestColumnName));
        double cell = Math.Min(LargestCell, (Width - left - overhang) / size), height = Math.Min(cell, 48);
        Plot plot = new(Scale.Linear(0, size), Scale.Linear(0, size), left, top, size * cell, size * height);
        var svg = Plot.Drawing(plot.Right + overhang, plot.Bottom + 10);
        svg.Add(
            Plot.Text(left + plot.Width / 2, 14, "predicted class", "label", "middle"),
            Plot.Text(left - 8, top - 10, "true class", "label", "end"),
            Plot.Rectangle(left, top, plot.Width, plot.Height, "frame"));
        for (var i = 0; i < size; i++)
            svg.Add(Names(table.Names[i], i, plot, cell, height));
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                svg.Add(Cell(table, i, j, new(left + cell * j, top + height * i, cell, height)));
        }
        var which = kept.Length < matrix.Names.Count
            ? $"The {kept.Length} classes with the most confusion of {matrix.Names.Count}; the others are taken together. "
            : "";
        var words = $"{which}{Worst(matrix)}";
        return new(
            "Confusion matrix",
            $"True classes down, predicted classes across, {matrix.Names.Count} of each. Accuracy {Figures.Share(matrix.Micro.Recall)}. "
                + words,
            $"{words} The tint is the share of a true class's rows (by weight) that were predicted so; the diagonal is right.",
            svg,
            matrix.Names.Count <= MostTableClasses ? MetricsTables.Confusion(matrix) : Pairs(matrix));
    }

    private static int[] Kept(ClassConfusionMatrix matrix)
    {
        var all = Enumerable.Range(0, matrix.Names.Count);
        if (matrix.Names.Count <= MostDrawn)
            return [.. all];
        var wrong = new double[matrix.Names.Count];
        foreach ((var i, var j) in Confused(matrix))
        {
            wrong[i] += matrix.Weight(i, j);
            wrong[j] += matrix.Weight(i, j);
        }
        return [.. all.OrderByDescending(k => wrong[k]).Take(KeptOfMany).Order()];
    }

    private static IEnumerable<(int Actual, int Predicted)> Confused(ClassConfusionMatrix matrix) =>
        from i in Enumerable.Range(0, matrix.Names.Count)
        from j in Enumerable.Range(0, matrix.Names.Count)
        where i != j && matrix.Rows(i, j) > 0
        select (i, j);

    private static IEnumerable<XElement> Names(string name, int i, Plot plot, double cell, double height)
    {
        (var x, var y) = (plot.Left + cell * (i + 0.5), plot.Top + height * (i + 0.5));
        var size = cell < 16 ? "tick small" : "tick";
        var down = Plot.Text(plot.Left - 8, y + 4, TextTable.Shorten(name, LongestRowName), size, "end");
        down.Add(El("title", name));
        var across = El(
            "text",
            At("transform", FormattableString.Invariant($"translate({x + 3:0.##} {plot.Top - 8:0.##}) rotate(-50)")),
            Class(size),
            TextTable.Shorten(name, LongestColumnName),
            El("title", name));
        return [down, across];
    }

    private static IEnumerable<XElement> Cell(ConfusionTable table, int i, int j, Box box)
    {
        (var rows, var share) = (table.Rows[i, j], table.Share(i, j));
        if (rows == 0 && i != j)
            yield break;
        var tint = Plot.Rectangle(box.X + 0.5, box.Y + 0.5, box.Width - 1, box.Height - 1, table.IsRight(i, j) ? "cell right" : "cell");
        tint.Add(At("style", FormattableString.Invariant($"--share:{(double.IsNaN(share) ? 0 : share):0.###}")));
        tint.Add(El(
            "title", $"{table.Names[i]} predicted as {table.Names[j]}: {Figures.Rows(rows)}, {Figures.Percent(share)} of the class"));
        yield return tint;

        (var middle, var line) = (box.X + box.Width / 2, box.Y + box.Height / 2);
        if (box.Width >= RoomForCounts && box.Height >= RoomForCounts)
        {
            yield return Plot.Text(middle, line - 1, Figures.Count(rows), "on strong", "middle");
            yield return Plot.Text(middle, line + 13, double.IsNaN(share) ? "no rows" : Figures.Percent(share), "on small", "middle");
        }
        else if (box.Width >= RoomForShares && !double.IsNaN(share))
        {
            var percent = share is > 0 and < 0.005 ? "<1" : Figures.Of(100 * share, "0");
            yield return Plot.Text(middle, line + 3.5, percent, "on small", "middle");
        }
    }

    private static string Worst(ClassConfusionMatrix matrix)
    {
        if (MostConfused(matrix, 1) is not [(var actual, var predicted)])
            return "No row was confused.";
        var rows = Figures.Rows(matrix.Rows(actual, predicted));
        return $"Most often confused: {matrix.Names[actual]} taken for {matrix.Names[predicted]}, {rows}.";
    }

    private static (int Actual, int Predicted)[] MostConfused(ClassConfusionMatrix matrix, int most) =>
        [.. Confused(matrix).OrderByDescending(c => matrix.Weight(c.Actual, c.Predicted)).Take(most)];

    private static Table Pairs(ClassConfusionMatrix matrix) => new(
        $"The {MostPairs} most frequent confusions",
        [new("true class"), new("predicted class"), new("rows", NumberFormat.Count), new("weight", NumberFormat.Weight)],
        [
            .. MostConfused(matrix, MostPairs).Select(c => (Cell[])
            [
                matrix.Names[c.Actual], matrix.Names[c.Predicted], matrix.Rows(c.Actual, c.Predicted),
                matrix.Weight(c.Actual, c.Predicted),
            ]),
        ]);

    private readonly record struct Box(double X, double Y, double Width, double Height);
}

/// <summary>The rows and weights of a confusion matrix, of some classes and, where there are others, of all others together.</summary>
internal sealed record ConfusionTable(IReadOnlyList<string> Names, bool HasOthers, long[,] Rows, double[,] Weights)
{
    public static ConfusionTable Of(ClassConfusionMatrix matrix, int[] kept)
    {
        var classes = matrix.Names.Count;
        var hasOthers = kept.Length < classes;
        var size = kept.Length + (hasOthers ? 1 : 0);
        var place = new int[classes];
        Array.Fill(place, size - 1);
        for (var i = 0; i < kept.Length; i++)
            place[kept[i]] = i;

        var rows = new long[size, size];
        var weights = new double[size, size];
        for (var i = 0; i < classes; i++)
        {
            for (var j = 0; j < classes; j++)
            {
                rows[place[i], place[j]] += matrix.Rows(i, j);
                weights[place[i], place[j]] += matrix.Weight(i, j);
            }
        }
        var names = kept.Select(k => matrix.Names[k]);
        return new([.. hasOthers ? names.Append($"{classes - kept.Length} others") : names], hasOthers, rows, weights);
    }

    /// <summary>Whether all rows of a cell are right: those of the others among themselves need not be.</summary>
    public bool IsRight(int actual, int predicted) => actual == predicted && !(HasOthers && actual == Names.Count - 1);

    /// <summary>The share of a true class's weight; NaN where the class does not occur.</summary>
    public double Share(int actual, int predicted)
    {
        double total = 0;
        for (var j = 0; j < Names.Count; j++)
            total += Weights[actual, j];
        return Weights[actual, predicted] / total;
    }
}
