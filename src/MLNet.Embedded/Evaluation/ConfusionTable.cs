using System.Globalization;
using System.Text;

namespace Microsoft.ML.Data;

/// <summary>The text form of a confusion matrix, character for character that of ML.NET.</summary>
internal static class ConfusionTable
{
    // The word PREDICTED leads the header.
    private const int LeastLabelWidth = 9;

    public static string Format(ConfusionMatrix matrix, string[] names, bool isBinary)
    {
        int classes = matrix.NumberOfClasses;
        int columnWidth = classes == 2 ? 8 : 5;
        int longestName = names.Max(name => name.Length);
        // Names too long for the header give way to numbers, which the rows then show beside the names.
        bool numbered = longestName > columnWidth;
        int digits = numbered ? (classes - 1).ToString(CultureInfo.InvariantCulture).Length : 0;
        int labelWidth = Math.Max(LeastLabelWidth, numbered ? longestName + digits + 2 : longestName);
        string padding = new(' ', labelWidth - LeastLabelWidth);
        string rule = string.Concat(Enumerable.Repeat(classes > 2 ? "========" : "===========", classes));

        var text = new StringBuilder();
        if (classes == 2 && isBinary)
            AppendRatio(text, matrix, names[0]);
        text.AppendLine().AppendLine("Confusion table");
        text.Append($"          {padding}||").AppendLine(rule);
        text.Append($"PREDICTED {padding}||");
        for (int i = 0; i < classes; i++)
            text.Append(' ').Append((numbered ? Number(i) : names[i]).PadLeft(columnWidth)).Append(" |");
        text.AppendLine(" Recall");
        text.Append($"TRUTH     {padding}||").AppendLine(rule);
        for (int i = 0; i < classes; i++)
        {
            text.Append(numbered ? $"{Number(i).PadLeft(digits)}. {names[i].PadLeft(labelWidth - digits - 2)} ||" : $"{names[i].PadLeft(labelWidth)} ||");
            foreach (double count in matrix.Counts[i])
                text.Append(' ').Append(count.ToString("N0", CultureInfo.CurrentCulture).PadLeft(columnWidth)).Append(" |");
            text.Append(' ').AppendLine(matrix.PerClassRecall[i].ToString("F4", CultureInfo.CurrentCulture).PadLeft(5));
        }

        text.Append($"          {padding}||").AppendLine(rule);
        text.Append($"Precision {padding}||");
        foreach (double precision in matrix.PerClassPrecision)
            text.Append(precision.ToString("N4", CultureInfo.CurrentCulture).PadLeft(columnWidth + 1)).Append(" |");
        return text.AppendLine().ToString();
    }

    private static void AppendRatio(StringBuilder text, ConfusionMatrix matrix, string positive)
    {
        double positives = matrix.Counts[0].Sum(), negatives = matrix.Counts[1].Sum();
        string name = positive.ToUpper(CultureInfo.CurrentCulture);
        text.Append(CultureInfo.CurrentCulture, $"TEST {name} RATIO:\t{positives / (positives + negatives):N4} ({positives:F1}/({positives:F1}+{negatives:F1}))");
    }

    private static string Number(int i) => i.ToString(CultureInfo.InvariantCulture);
}
