using Microsoft.ML;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Counts the labels of a data view by the names that <see cref="ScoreClasses"/> gives classes.</summary>
internal static class LabelShares
{
    /// <summary>Each label's share of the weight; rows without a label do not count.</summary>
    public static Dictionary<string, double> Of(IDataView data, string labelColumnName, string? exampleWeightColumnName)
    {
        var label = ColumnValues.Require(data.Schema, labelColumnName, "label");
        var weight = ColumnValues.Optional(data.Schema, exampleWeightColumnName, "example weight");
        using var cursor = data.GetRowCursor(weight is { } w ? [label, w] : [label]);
        var name = ColumnValues.Name(cursor, label, "label");
        var weightOf = weight is { } column ? ColumnValues.Number(cursor, column, "example weight") : null;

        Dictionary<string, CompensatedSum> sums = new(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            var rowWeight = weightOf?.Invoke() ?? 1;
            Throw.IfInvalidWeight(rowWeight, cursor.Position);
            if (name() is not { } key)
                continue;
            var sum = sums.GetValueOrDefault(key);
            sum.Add(rowWeight);
            sums[key] = sum;
        }

        var total = sums.Values.Sum(s => s.Value);
        return total > 0 ? sums.ToDictionary(s => s.Key, s => s.Value.Value / total, StringComparer.Ordinal) : throw Throw.NoLabels(labelColumnName);
    }
}
