using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The classes of a score vector or of a training label, in slot order, and how label values find their class: by name wherever both sides
/// carry names (a key's order is only its order of appearance), by position where neither does.
/// </summary>
internal sealed class ScoreClasses
{
    /// <summary>The label is missing: key 0, NaN, empty text.</summary>
    public const int Missing = -1;

    /// <summary>The label is present, but there is no such class: a key beyond the count, too.</summary>
    public const int Unknown = -2;

    /// <summary>The label is a number for each class.</summary>
    public const int Soft = -3;

    private readonly Dictionary<string, int> _indexOfName = new(StringComparer.Ordinal);

    private ScoreClasses(string[] names, bool areNamed)
    {
        Names = names;
        AreNamed = areNamed;
        for (var i = 0; i < names.Length; i++)
        {
            if (!_indexOfName.TryAdd(names[i], i))
                throw ColumnErrors.DuplicateClass(names[i], _indexOfName[names[i]], i);
        }
    }

    public string[] Names { get; }

    /// <summary>False where the names are no more than the slot numbers.</summary>
    public bool AreNamed { get; }

    public int Count => Names.Length;

    /// <summary>Whether a label was there before, which may have names that tell nothing apart: they are not passed over.</summary>
    private bool AreOfScores { get; init; }

    /// <summary>What the scores call their classes, where the caller calls them otherwise.</summary>
    private string[]? Renamed { get; init; }

    /// <summary>The classes in the order of a label's slots or key, as the caller says, for a label that does not say it itself.</summary>
    private string[]? LabelOrder { get; init; }

    /// <summary>Whether the caller's order is not that of the scores, so that it can only be the label's.</summary>
    private bool IsLabelReordered => LabelOrder is not null && !LabelOrder.SequenceEqual(Names);

    /// <summary>The classes of a training label; without names they are numbered.</summary>
    /// <exception cref="ArgumentException">There are more than anything can be done with.</exception>
    public static ScoreClasses Of(string[]? names, int count) => new(names ?? ClassNames.Numbers(count), areNamed: names is not null);

    /// <summary>
    /// The classes of a score vector, called as its TrainingLabelValues say, or else its SlotNames (a native model publishes both for
    /// text labels, only the first for others). Names that the caller gives are for the side that has none: for the scores, for a label
    /// without names, for both. Given besides the scores' own they are the order of the label where they are the same names, and
    /// otherwise what the label calls the classes.
    /// </summary>
    public static ScoreClasses Of(DataViewSchema.Column score, int count, IReadOnlyList<string>? given)
    {
        var own = AnnotationNames.OfScores(score, count);
        if (given is null)
            return new(own ?? ClassNames.Numbers(count), areNamed: own is not null) { AreOfScores = true };
        if (given.Count != count)
            throw ColumnErrors.WrongClassCount(given.Count, count, score.Name);
        string[] names = [.. given];
        if (own is null)
            return new(names, areNamed: true) { LabelOrder = names };
        return own.Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal))
            ? new(own, areNamed: true) { LabelOrder = names }
            : new(names, areNamed: true) { Renamed = own };
    }

    /// <summary>The two classes of a binary label, the negative one first: False and True, 0 and 1, or a key's two values.</summary>
    public static ScoreClasses OfBinary(DataViewSchema.Column label) => label.Type switch
    {
        BooleanDataViewType => new(["False", "True"], areNamed: true),
        NumberDataViewType => new(["0", "1"], areNamed: false),
        KeyDataViewType { Count: 2 } => Of(AnnotationNames.OfClasses(label, 2), 2),
        _ => throw ColumnErrors.WrongType(label.Name, "label", label.Type, "a Boolean, a number (0 or 1) or a key of two values"),
    };

    /// <summary>The class called so, or <see cref="Unknown"/>.</summary>
    public int IndexOf(string name) => _indexOfName.GetValueOrDefault(name, Unknown);

    /// <summary>A getter of the class index of a row's label, <see cref="Missing"/> or <see cref="Unknown"/>.</summary>
    public Func<int> LabelGetter(DataViewRow row, DataViewSchema.Column label) => label.Type switch
    {
        KeyDataViewType => KeyGetter(row, label),
        PrimitiveDataViewType when IsLabelReordered => throw ColumnErrors.OtherOrder(label.Name, LabelOrder!, Names),
        TextDataViewType => TextGetter(row, label),
        BooleanDataViewType when IndexOf("False") >= 0 && IndexOf("True") >= 0 => BooleanGetter(row, label),
        PrimitiveDataViewType => NumberGetter(row, label),
        _ => throw ColumnErrors.WrongType(label.Name, "label", label.Type, "a key, text, a number or a Boolean"),
    };

    /// <summary>The class of each slot of a vector label; null where slots and classes are the same one by one.</summary>
    /// <exception cref="ArgumentException">One side alone has names, or the names are not the same.</exception>
    public int[]? OfSlots(DataViewSchema.Column label)
    {
        var slots = NamesOf(label, "slots", AnnotationNames.OfSlots(label, Count));
        if (slots is null)
            return null;
        int[] classes = [.. slots.Select(IndexOf)];
        if (classes.Contains(Unknown))
            throw ColumnErrors.SlotIsNoClass(label.Name, slots, Names);
        return classes.SequenceEqual(Enumerable.Range(0, Count)) ? null : classes;
    }

    /// <summary>The classes in the order of a label's slots or key; null where neither the label nor the classes have names.</summary>
    /// <exception cref="ArgumentException">One side alone has names, or the caller contradicts them.</exception>
    private string[]? NamesOf(DataViewSchema.Column label, string what, string[]? own)
    {
        if (own is null && LabelOrder is null && (AreNamed || AreOfScores))
            AnnotationNames.ThrowIfNotApart(label, label.Type is KeyDataViewType key ? (int)key.Count : Count);
        if (own is null)
            return LabelOrder ?? (AreNamed ? throw ColumnErrors.Unnamed(what, label.Name, Renamed ?? Names) : null);
        if (!AreNamed)
            throw ColumnErrors.UnnamedClasses(what, label.Name, own);
        return IsLabelReordered && !own.SequenceEqual(LabelOrder!) ? throw ColumnErrors.OtherOrder(label.Name, LabelOrder!, Names) : own;
    }

    private Func<int> KeyGetter(DataViewRow row, DataViewSchema.Column label)
    {
        var own = label.Type is KeyDataViewType { Count: > 0 and <= int.MaxValue and var count }
            ? AnnotationNames.OfClasses(label, (int)count)
            : null;
        // What MapValueToKey makes of no rows, such as a rank of a cluster may have.
        var isEmpty = own is null && LabelOrder is null && AreNamed && label.Type is KeyDataViewType { Count: 1 };
        var values = isEmpty ? [] : NamesOf(label, "key values", own);
        int[] classOfKey = [Missing, .. values?.Select(IndexOf) ?? Enumerable.Range(0, Count)];
        if (values is { Length: > 0 } && Array.TrueForAll(classOfKey, c => c < 0))
            throw ColumnErrors.NoLabelIsAClass(label.Name, values, Names);
        var getter = ColumnValues.Whole(row, label);
        return () => getter() is var key && key < (ulong)classOfKey.Length ? classOfKey[key] : Unknown;
    }

    private Func<int> TextGetter(DataViewRow row, DataViewSchema.Column label)
    {
        if (!AreNamed)
            throw ColumnErrors.TextLabelWithoutNames(label.Name);
        var indexOf = _indexOfName.GetAlternateLookup<ReadOnlySpan<char>>();
        var getter = row.GetGetter<ReadOnlyMemory<char>>(label);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.IsEmpty ? Missing : indexOf.TryGetValue(text.Span, out var index) ? index : Unknown;
        };
    }

    private Func<int> BooleanGetter(DataViewRow row, DataViewSchema.Column label)
    {
        (var no, var yes) = (IndexOf("False"), IndexOf("True"));
        var getter = row.GetGetter<bool>(label);
        var value = false;
        return () =>
        {
            getter(ref value);
            return value ? yes : no;
        };
    }

    /// <summary>A number finds its class by value where every class name is a number, else it is the zero-based slot.</summary>
    private Func<int> NumberGetter(DataViewRow row, DataViewSchema.Column label)
    {
        var number = ColumnValues.Number(row, label, "label");
        var isBoolean = label.Type is BooleanDataViewType;
        Dictionary<double, int> indexOf = [];
        for (var i = 0; i < Count; i++)
            indexOf.TryAdd(ValueOfName(Names[i], i), i);
        return () => number() is var x && double.IsNaN(x) ? Missing : indexOf.GetValueOrDefault(x, Unknown);

        double ValueOfName(string name, int index)
        {
            if (!AreNamed)
                return index;
            if (isBoolean && bool.TryParse(name, out var flag))
                return flag ? 1 : 0;
            if (double.TryParse(name, CultureInfo.InvariantCulture, out var value))
                return label.Type.RawType == typeof(float) ? (float)value : value;
            throw ColumnErrors.NumberForNamedClasses(label.Name, label.Type, Names);
        }
    }
}
