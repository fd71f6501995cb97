using System.Globalization;
using System.Text;
using MLNet.CrossEntropy.Reporting;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Lays a confusion matrix out as a table of plain text that still fits on a wide screen.</summary>
internal static class ConfusionText
{
    private const int MostClasses = 20;
    private const int WidestName = 16;
    private const string Corner = "actual \\ predicted";

    public static string Of(ClassConfusionMatrix matrix)
    {
        var shown = Math.Min(matrix.Names.Count, MostClasses);
        string[] names = [.. matrix.Names.Take(shown).Select(name => Markup.Shorten(name, WidestName))];
        int width = Math.Max(8, names.Max(n => n.Length) + 1), head = Math.Max(width, Corner.Length + 1);
        StringBuilder text = new(Corner.PadRight(head));
        foreach (var name in names)
            text.Append(name.PadLeft(width));
        for (var i = 0; i < shown; i++)
        {
            text.Append('\n').Append(names[i].PadRight(head));
            for (var j = 0; j < shown; j++)
                text.Append(matrix.Rows(i, j).ToString(CultureInfo.InvariantCulture).PadLeft(width));
        }
        text.Append('\n');
        if (shown < matrix.Names.Count)
            text.Append(CultureInfo.InvariantCulture, $"... and {matrix.Names.Count - shown} more classes\n");
        return text.ToString();
    }
}
