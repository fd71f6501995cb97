using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

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

    /// <summary>Refuses names that there are but that do not tell classes or slots apart.</summary>
    /// <exception cref="ArgumentException">A name is empty or repeated, or there are more or fewer than classes or slots.</exception>
    public static void ThrowIfNotApart(DataViewSchema.Column label, int count)
    {
        var areSlots = label.Type is VectorDataViewType;
        if (Of(label, areSlots ? "SlotNames" : "KeyValues") is { } names && names.Any(name => name.Length > 0) && !TellApart(names, count))
            throw ColumnErrors.NamesNotApart(areSlots ? "slots" : "key values", label.Name, names, count);
    }

    /// <summary>
    /// The class names of a score column, in slot order, from its TrainingLabelValues (which a native model has for every label
    /// that has values), else its SlotNames (for text labels only); null when there are none.
    /// </summary>
    public static string[]? OfScores(DataViewSchema.Column score, int classCount)
    {
        foreach (var kind in (ReadOnlySpan<string>)["TrainingLabelValues", "SlotNames"])
        {
            var names = Of(score, kind);
            if (names?.Length == classCount && Array.TrueForAll(names, name => name.Length > 0))
                return names;
        }
        return null;
    }

    /// <summary>The names of all features: their slot names, and f0, f1 and so on where there are none.</summary>
    public static string[] OfFeatures(DataViewSchema.Column column, int featureCount)
    {
        var slots = Of(column, "SlotNames") ?? [];
        return [.. Enumerable.Range(0, featureCount).Select(j => j < slots.Length && slots[j].Length > 0 ? slots[j] : NumberedFeature(j))];
    }

    /// <summary>The annotation of this kind that holds these names.</summary>
    public static DataViewSchema.Annotations With(string kind, string[] names)
    {
        DataViewSchema.Annotations.Builder builder = new();
        builder.Add(kind, new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(names.Length, [.. names.Select(n => n.AsMemory())]));
        return builder.ToAnnotations();
    }

    /// <summary>What a feature without a name is called.</summary>
    public static string NumberedFeature(int index) => $"f{index}";

    /// <summary>The name of a feature, or another slot, for messages: its slot name if it has one, and its index.</summary>
    public static string OfFeature(DataViewSchema.Column column, int index)
    {
        var name = Of(column, "SlotNames")?.ElementAtOrDefault(index);
        return string.IsNullOrEmpty(name) ? $"{index}" : $"{index} ({Throw.Quoted(name)})";
    }

    private static string[]? TellingApart(DataViewSchema.Column column, string kind, int count)
    {
        var names = Of(column, kind);
        return names is not null && TellApart(names, count) ? names : null;
    }

    private static bool TellApart(string[] names, int count) =>
        names.Length == count && !names.Contains("") && names.Distinct(StringComparer.Ordinal).Count() == count;

    /// <summary>
    /// The values of a vector annotation (KeyValues, SlotNames, TrainingLabelValues) as culture-free text,
    /// or null where the annotation is absent, of an item type that has no text form here, or of more names than can be told apart.
    /// </summary>
    public static string[]? Of(DataViewSchema.Column column, string kind)
    {
        var found = column.Annotations.Schema.GetColumnOrNull(kind);
        if (found is not { Type: VectorDataViewType vector } annotation)
            return null;
        return vector.ItemType.RawType switch
        {
            Type t when t == typeof(ReadOnlyMemory<char>) => Text<ReadOnlyMemory<char>>(column, annotation),
            Type t when t == typeof(float) => Text<float>(column, annotation),
            Type t when t == typeof(double) => Text<double>(column, annotation),
            Type t when t == typeof(bool) => Text<bool>(column, annotation),
            Type t when t == typeof(sbyte) => Text<sbyte>(column, annotation),
            Type t when t == typeof(byte) => Text<byte>(column, annotation),
            Type t when t == typeof(short) => Text<short>(column, annotation),
            Type t when t == typeof(ushort) => Text<ushort>(column, annotation),
            Type t when t == typeof(int) => Text<int>(column, annotation),
            Type t when t == typeof(uint) => Text<uint>(column, annotation),
            Type t when t == typeof(long) => Text<long>(column, annotation),
            Type t when t == typeof(ulong) => Text<ulong>(column, annotation),
            _ => null,
        };
    }

    private static string[]? Text<T>(DataViewSchema.Column column, DataViewSchema.Column annotation)
    {
        VBuffer<T> values = default;
        column.Annotations.GetGetter<VBuffer<T>>(annotation)(ref values);
        return values.Length > ColumnValues.MostSlots
            ? null
            : [.. values.DenseValues().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? "")];
    }
}

/// <summary>What the classes of a model are called where they have no names.</summary>
internal static class ClassNames
{
    /// <summary>The one class that a binary model has coefficients for.</summary>
    private const string Positive = "positive";

    /// <summary>The given names, or the numbers of the classes counted from 0.</summary>
    public static IReadOnlyList<string> OrNumbers(LinearModel model, string[]? names)
        => names ?? (model.IsBinary ? [Positive] : Numbers(model.Biases.Length));

    /// <summary>The numbers of the classes, counted from 0.</summary>
    /// <exception cref="ArgumentException">There are more than anything can be done with.</exception>
    public static string[] Numbers(int count) => count > ColumnValues.MostSlots
        ? throw ColumnErrors.TooManyClasses(count, ColumnValues.MostSlots)
        : [.. Enumerable.Range(0, count).Select(k => k.ToString(CultureInfo.InvariantCulture))];
}
