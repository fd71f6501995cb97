using System.Globalization;
using System.Text;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>Lays a comparison out as a table of plain text.</summary>
internal static class ComparisonTable
{
    private const int WidestName = 40;

    public static string Of(CrossEntropyComparison comparison)
    {
        StringBuilder text = new();
        var width = Math.Clamp(comparison.Models.Max(m => m.Name.Length), 5, WidestName);
        text.Append("model".PadRight(width)).Append("   log-loss (nats)   std. error   accuracy   infinite\n");
        foreach (var m in comparison.Models)
        {
            text.Append(Name(m.Name).PadRight(width))
                .Append(CultureInfo.InvariantCulture, $"{m.LogLoss,18:0.000000}{m.LogLossStandardError,13:0.000000}{m.Accuracy,11:0.0000}{m.InfiniteRows,11}\n");
        }

        var pairs = comparison.Pairs.Max(p => Pair(p).Length);
        text.Append('\n').Append("difference".PadRight(pairs)).Append("              nats   std. error          p     Holm p   win rate\n");
        foreach (var p in comparison.Pairs)
        {
            text.Append(Pair(p).PadRight(pairs))
                .Append(CultureInfo.InvariantCulture, $"{p.ClippedMeanDifference,18:0.000000}{p.StandardError,13:0.000000}{p.PValue,11:0.0000}{p.AdjustedPValue,11:0.0000}{p.WinRate,11:0.0000}\n");
        }

        text.Append('\n');
        foreach (var p in comparison.Pairs)
            text.Append(p.Sentence).Append('\n');
        text.Append('\n').Append("rows     ").Append(comparison.Rows).Append('\n');
        if (comparison.GroupColumnName is { } column)
            text.Append(CultureInfo.InvariantCulture, $"groups   {comparison.Pairs[0].Groups} of column '{column}'\n");
        foreach (var warning in comparison.Warnings)
            text.Append("warning  ").Append(warning).Append('\n');
        return text.ToString();
    }

    private static string Pair(PairedComparison pair) => $"{Name(pair.First)} - {Name(pair.Second)}";

    private static string Name(string name) => name.Length > WidestName ? name[..(WidestName - 1)] + "…" : name;
}
