using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Internals;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Data;

/// <summary>Counts the labels of a data view by the names that <see cref="ScoreClasses"/> gives classes.</summary>
internal static class LabelShares
{
    /// <summary>Each label's share of the weight; rows without a label do not count.</summary>
    public static Dictionary<string, double> Of(IDataView data, string labelColumnName, string? exampleWeightColumnName)
    {
        DataViewSchema.Column label = ColumnValues.Require(data.Schema, labelColumnName, "label");
        DataViewSchema.Column? weight = ColumnValues.Optional(data.Schema, exampleWeightColumnName, "example weight");
        using DataViewRowCursor cursor = data.GetRowCursor(weight is { } w ? [label, w] : [label]);
        Func<string?> name = NameGetter(cursor, label);
        Func<double>? weightOf = weight is { } column ? ColumnValues.Number(cursor, column, "example weight") : null;

        Dictionary<string, CompensatedSum> sums = new(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            double rowWeight = weightOf?.Invoke() ?? 1;
            Throw.IfInvalidWeight(rowWeight, cursor.Position);
            if (name() is not { } key)
                continue;
            CompensatedSum sum = sums.GetValueOrDefault(key);
            sum.Add(rowWeight);
            sums[key] = sum;
        }

        double total = sums.Values.Sum(s => s.Value);
        return total > 0 ? sums.ToDictionary(s => s.Key, s => s.Value.Value / total, StringComparer.Ordinal) : throw Throw.NoLabels(labelColumnName);
    }

    /// <summary>A getter of the label's name, null where it is missing.</summary>
    private static Func<string?> NameGetter(DataViewRow row, DataViewSchema.Column label)
    {
        switch (label.Type)
        {
            case TextDataViewType:
                ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(label);
                ReadOnlyMemory<char> text = default;
                return () =>
                {
                    getter(ref text);
                    return text.IsEmpty ? null : text.ToString();
                };
            case KeyDataViewType:
                Func<double> key = ColumnValues.Number(row, label, "label");
                string[]? values = ColumnValues.AnnotationText(label, "KeyValues");
                return () => key() is var k && k == 0 ? null : values?[(int)k - 1] ?? Invariant(k - 1);
            case BooleanDataViewType:
                Func<double> flag = ColumnValues.Number(row, label, "label");
                return () => flag() == 1 ? bool.TrueString : bool.FalseString;
            default:
                Func<double> number = ColumnValues.Number(row, label, "label");
                bool isSingle = label.Type == NumberDataViewType.Single;
                return () => number() is var x && double.IsNaN(x) ? null : isSingle ? ((float)x).ToString(CultureInfo.InvariantCulture) : Invariant(x);
        }
    }

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
