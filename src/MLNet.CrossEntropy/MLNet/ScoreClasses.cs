using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The classes of a score vector, in slot order, and how label values find their class: by name wherever both the
/// scores and the labels carry names (a key's order is only its order of appearance), else by position.
/// </summary>
internal sealed class ScoreClasses
{
    /// <summary>The label is missing: key 0, NaN, empty text.</summary>
    public const int Missing = -1;

    /// <summary>The label is present, but the model has no such class.</summary>
    public const int Unknown = -2;

    /// <summary>The label is a distribution over the classes.</summary>
    public const int Soft = -3;

    private readonly Dictionary<string, int> _indexOfName = new(StringComparer.Ordinal);

    private ScoreClasses(string[] names, bool areNamed)
    {
        Names = names;
        AreNamed = areNamed;
        for (var i = 0; i < names.Length; i++)
        {
            if (!_indexOfName.TryAdd(names[i], i))
                throw Throw.DuplicateClass(names[i], _indexOfName[names[i]], i);
        }
    }

    public string[] Names { get; }

    /// <summary>False where the names are no more than the slot numbers.</summary>
    public bool AreNamed { get; }

    public int Count => Names.Length;

    /// <summary>
    /// Names come from, in this order: the caller; the score's TrainingLabelValues, then its SlotNames (a native
    /// model publishes both for text labels, only the first for others); the label's key values; the slot numbers.
    /// </summary>
    public static ScoreClasses Of(DataViewSchema.Column score, int count, DataViewSchema.Column label, IReadOnlyList<string>? given)
    {
        if (given is not null)
        {
            if (given.Count != count)
                throw Throw.WrongClassCount(given.Count, count, score.Name);
            return new([.. given], areNamed: true);
        }
        if (AnnotationNames.OfScores(score, count) is { } names)
            return new(names, areNamed: true);
        var keys = label.Type is KeyDataViewType ? ColumnValues.AnnotationText(label, "KeyValues") ?? [] : [];
        var keyed = keys.Length == count && keys.All(n => n.Length > 0);
        return new([.. Enumerable.Range(0, count).Select(i => keyed ? keys[i] : $"{i}")], areNamed: keyed);
    }

    /// <summary>The two classes of a binary label, the negative one first: False and True, 0 and 1, or a key's two values.</summary>
    public static ScoreClasses OfBinary(DataViewSchema.Column label) => label.Type switch
    {
        BooleanDataViewType => new(["False", "True"], areNamed: true),
        NumberDataViewType => new(["0", "1"], areNamed: false),
        KeyDataViewType { Count: 2 } => Of(label, 2, label, given: null),
        _ => throw Throw.WrongColumnType(label.Name, "label", label.Type, "a Boolean, a number (0 or 1) or a key of two values"),
    };

    /// <summary>The class called so, or <see cref="Unknown"/>.</summary>
    public int IndexOf(string name) => _indexOfName.GetValueOrDefault(name, Unknown);

    /// <summary>A getter of the class index of a row's label, <see cref="Missing"/> or <see cref="Unknown"/>.</summary>
    public Func<int> LabelGetter(DataViewRow row, DataViewSchema.Column label) => label.Type switch
    {
        KeyDataViewType => KeyGetter(row, label),
        TextDataViewType => TextGetter(row, label),
        PrimitiveDataViewType => NumberGetter(row, label),
        _ => throw Throw.WrongColumnType(label.Name, "label", label.Type, "a key, text, a number or a Boolean"),
    };

    private Func<int> KeyGetter(DataViewRow row, DataViewSchema.Column label)
    {
        var values = AreNamed ? ColumnValues.AnnotationText(label, "KeyValues") : null;
        int[] classOfKey = [Missing, .. values?.Select(IndexOf) ?? Enumerable.Range(0, Count)];
        if (values is not null && Array.TrueForAll(classOfKey, c => c < 0))
            throw Throw.NoLabelIsAClass(label.Name, values, Names);
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
            throw Throw.TextLabelWithoutNames(label.Name);
        var indexOf = _indexOfName.GetAlternateLookup<ReadOnlySpan<char>>();
        var getter = row.GetGetter<ReadOnlyMemory<char>>(label);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return text.IsEmpty ? Missing : indexOf.TryGetValue(text.Span, out var index) ? index : Unknown;
        };
    }

    /// <summary>A number finds its class by value where every class name is a number, else it is the zero-based slot.</summary>
    private Func<int> NumberGetter(DataViewRow row, DataViewSchema.Column label)
    {
        var number = ColumnValues.Number(row, label, "label");
        var isBoolean = label.Type is BooleanDataViewType;
        Dictionary<double, int> indexOf = [];
        for (var i = 0; i < Count; i++)
            indexOf.TryAdd(ValueOfName(Names[i], i, isBoolean), i);
        return () => number() is var x && double.IsNaN(x) ? Missing : indexOf.GetValueOrDefault(x, Unknown);

        double ValueOfName(string name, int index, bool boolean)
        {
            if (!AreNamed)
                return index;
            if (boolean && bool.TryParse(name, out var flag))
                return flag ? 1 : 0;
            if (double.TryParse(name, CultureInfo.InvariantCulture, out var value))
                return label.Type.RawType == typeof(float) ? (float)value : value;
            throw Throw.NumberForNamedClasses(label.Name, label.Type, Names);
        }
    }
}
