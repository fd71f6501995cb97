using Microsoft.ML;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Names kept in a column's annotations: of its classes (KeyValues) and of its features (SlotNames).</summary>
internal static class AnnotationNames
{
    /// <summary>
    /// The class names of a key column, in class order, whatever the type of its key values; null when there are none, or
    /// when they do not tell the classes apart (empty or repeated names).
    /// </summary>
    public static string[]? OfClasses(DataViewSchema.Column column, int classCount) => TellingApart(column, "KeyValues", classCount);

    /// <summary>The names of the slots of a vector column; null when there are none, or when they do not tell the slots apart.</summary>
    public static string[]? OfSlots(DataViewSchema.Column column, int slots) => TellingApart(column, "SlotNames", slots);

    /// <summary>
    /// The class names of a score column, in slot order, from its TrainingLabelValues (which a native model has for every label
    /// that has values), else its SlotNames (for text labels only); null when there are none.
    /// </summary>
    public static string[]? OfScores(DataViewSchema.Column score, int classCount)
    {
        foreach (var kind in (ReadOnlySpan<string>)["TrainingLabelValues", "SlotNames"])
        {
            var names = ColumnValues.AnnotationText(score, kind);
            if (names?.Length == classCount && Array.TrueForAll(names, name => name.Length > 0))
                return names;
        }
        return null;
    }

    /// <summary>The names of all features: their slot names, and f0, f1 and so on where there are none.</summary>
    public static string[] OfFeatures(DataViewSchema.Column column, int featureCount)
    {
        var slots = ColumnValues.AnnotationText(column, "SlotNames") ?? [];
        return [.. Enumerable.Range(0, featureCount).Select(j => j < slots.Length && slots[j].Length > 0 ? slots[j] : NumberedFeature(j))];
    }

    /// <summary>What a feature without a name is called.</summary>
    public static string NumberedFeature(int index) => $"f{index}";

    /// <summary>The name of a feature, or another slot, for messages: its slot name if it has one, and its index.</summary>
    public static string OfFeature(DataViewSchema.Column column, int index)
    {
        var name = ColumnValues.AnnotationText(column, "SlotNames")?.ElementAtOrDefault(index);
        return string.IsNullOrEmpty(name) ? $"{index}" : $"{index} ('{name}')";
    }

    private static string[]? TellingApart(DataViewSchema.Column column, string kind, int count)
    {
        var names = ColumnValues.AnnotationText(column, kind);
        return names?.Length == count && !names.Contains("") && names.Distinct().Count() == count ? names : null;
    }
}
