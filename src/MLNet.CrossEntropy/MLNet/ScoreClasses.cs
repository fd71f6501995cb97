using System.Globalization;
using System.Numerics;
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
    private readonly bool _areGiven;

    private ScoreClasses(string[] names, bool areNamed, bool areGiven = false)
    {
        Names = names;
        AreNamed = areNamed;
        _areGiven = areGiven;
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

    /// <summary>The classes of a training label; without names they are numbered.</summary>
    public static ScoreClasses Of(string[]? names, int count) => new(names ?? ClassNames.Numbers(count), areNamed: names is not null);

    /// <summary>
    /// The classes of a score vector. Names come from, in this order: the caller; the score's TrainingLabelValues, then its SlotNames (a
    /// native
    /// model publishes both for text labels, only the first for others); the label's key values; the slot numbers.
    /// </summary>
    public static ScoreClasses Of(DataViewSchema.Column score, int count, DataViewSchema.Column label, IReadOnlyList<string>? given)
    {
        if (given is not null)
            return given.Count == count
                ? new([.. given], areNamed: true, areGiven: true)
                : throw ColumnErrors.WrongClassCount(given.Count, count, score.Name);
        if (AnnotationNames.OfScores(score, count) is { } names)
            return new(names, areNamed: true);
        var keys = label.Type is KeyDataViewType ? AnnotationNames.Of(label, "KeyValues") ?? [] : [];
        return Of(keys.Length == count && !keys.Contains("") ? keys : null, count);
    }

    /// <summary>The two classes of a binary label, the negative one first: False and True, 0 and 1, or a key's two values.</summary>
    public static ScoreClasses OfBinary(DataViewSchema.Column label) => label.Type switch
    {
        BooleanDataViewType => new(["False", "True"], areNamed: true),
        NumberDataViewType => new(["0", "1"], areNamed: false),
        KeyDataViewType { Count: 2 } => Of(label, 2, label, given: null),
        _ => throw ColumnErrors.WrongType(label.Name, "label", label.Type, "a Boolean, a number (0 or 1) or a key of two values"),
    };

    /// <summary>The class called so, or <see cref="Unknown"/>.</summary>
    public int IndexOf(string name) => _indexOfName.GetValueOrDefault(name, Unknown);

    /// <summary>A getter of the class index of a row's label, <see cref="Missing"/> or <see cref="Unknown"/>.</summary>
    public Func<int> LabelGetter(DataViewRow row, DataViewSchema.Column label) => label.Type switch
    {
        KeyDataViewType => KeyGetter(row, label),
        TextDataViewType => TextGetter(row, label),
        BooleanDataViewType when IndexOf("False") >= 0 && IndexOf("True") >= 0 => BooleanGetter(row, label),
        PrimitiveDataViewType => NumberGetter(row, label),
        _ => throw ColumnErrors.WrongType(label.Name, "label", label.Type, "a key, text, a number or a Boolean"),
    };

    /// <summary>
    /// The class of each slot of a vector label; null where slots and classes are the same one by one. Classes that the caller named are in
    /// the order of slots that have no names.
    /// </summary>
    /// <exception cref="ArgumentException">One side alone has names, or the names are not the same.</exception>
    public int[]? OfSlots(DataViewSchema.Column label)
    {
        var slots = AnnotationNames.OfSlots(label, Count);
        if (slots is null)
            return !AreNamed || _areGiven ? null : throw ColumnErrors.UnnamedSlots(label.Name, Names);
        if (!AreNamed)
            throw ColumnErrors.UnnamedClasses("slots", label.Name, slots);
        int[] classes = [.. slots.Select(IndexOf)];
        if (classes.Contains(Unknown))
            throw ColumnErrors.SlotIsNoClass(label.Name, slots, Names);
        return classes.SequenceEqual(Enumerable.Range(0, Count)) ? null : classes;
    }

    private Func<int> KeyGetter(DataViewRow row, DataViewSchema.Column label)
    {
        var values = label.Type is KeyDataViewType { Count: > 0 and <= int.MaxValue and var count }
            ? AnnotationNames.OfClasses(label, (int)count)
            : null;
        if (values is null && AreNamed && !_areGiven)
            throw ColumnErrors.UnnamedKey(label.Name, Names);
        if (values is not null && !AreNamed)
            throw ColumnErrors.UnnamedClasses("key values", label.Name, values);
        int[] classOfKey = [Missing, .. values?.Select(IndexOf) ?? Enumerable.Range(0, Count)];
        if (values is not null && Array.TrueForAll(classOfKey, c => c < 0))
            throw ColumnErrors.NoLabelIsAClass(label.Name, values, Names);
        var raw = label.Type.RawType;
        return raw == typeof(uint) ? KeyGetter<uint>(row, label, classOfKey)
            : raw == typeof(byte) ? KeyGetter<byte>(row, label, classOfKey)
            : raw == typeof(ushort) ? KeyGetter<ushort>(row, label, classOfKey)
            : KeyGetter<ulong>(row, label, classOfKey);
    }

    private static Func<int> KeyGetter<T>(DataViewRow row, DataViewSchema.Column label, int[] classOfKey)
        where T : struct, IBinaryInteger<T>
    {
        var getter = row.GetGetter<T>(label);
        T value = default;
        return () =>
        {
            getter(ref value);
            var key = ulong.CreateTruncating(value);
            return key < (ulong)classOfKey.Length ? classOfKey[key] : Unknown;
        };
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
