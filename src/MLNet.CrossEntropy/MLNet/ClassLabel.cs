using System.Numerics;
using MLNet.CrossEntropy.Losses;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>A label column read as class indexes 0 .. <see cref="ClassCount"/> - 1.</summary>
internal sealed partial class ClassLabel : ITrainingLabel
{
    /// <summary>What <see cref="Open"/> gives for a row whose label is missing.</summary>
    public const int Missing = -1;

    private readonly Func<DataViewRow, Func<int>> _open;

    private ClassLabel(DataViewSchema.Column column, int classCount, Func<DataViewRow, Func<int>> open)
    {
        Column = column;
        ClassCount = classCount;
        _open = open;
    }

    /// <summary>The label column.</summary>
    public DataViewSchema.Column Column { get; }

    /// <summary>The number of classes, K.</summary>
    public int ClassCount { get; }

    int ITrainingLabel.TargetWidth => 0;

    bool ITrainingLabel.BringsWeight => false;

    ITrainingLabel ITrainingLabel.Matching(DataViewSchema otherSchema) => Matching(otherSchema);

    TargetGetter ITrainingLabel.OpenTargets(DataViewRow cursor)
    {
        var get = Open(cursor);
        return (out RowTarget target, ref float _) =>
        {
            var index = get();
            target = RowTarget.Class(index);
            return index >= 0 ? LabelState.Known : index == Unknown ? LabelState.Unknown : LabelState.Missing;
        };
    }

    /// <summary>A getter of the class index of the cursor's current row, or <see cref="Missing"/>.</summary>
    public Func<int> Open(DataViewRow cursor) => _open(cursor);

    /// <summary>A multiclass label: a key of known count; the key's value 0 is missing, 1 is class 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, no key, of unknown count, or of one class.</exception>
    public static ClassLabel Multiclass(DataViewSchema inputSchema, string name)
    {
        var column = TrainingColumns.FindColumn(inputSchema, "label", name);
        if (column.Type is not KeyDataViewType key)
            throw TrainingColumns.Mismatch(nameof(inputSchema), "label", column, "Key<UInt32>", "Map it to a key with MapValueToKey");
        if (key.Count is < 2 or > int.MaxValue)
        {
            throw TrainingColumns.Mismatch(nameof(inputSchema), "label", column, "Key<UInt32> of 2 classes or more, their count known",
                key.Count == 0 ? "Map it with MapValueToKey, or state the count with [KeyType(count)]"
                : key.Count == 1 ? "A classifier cannot learn from one class"
                : "There are too many classes");
        }
        return new ClassLabel(column, (int)key.Count, cursor => OpenKey(cursor, column, key));
    }

    /// <summary>
    /// A binary label: Boolean; a key of two values (the second is the positive class); or Single, 0 or 1, NaN being missing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of another type.</exception>
    public static ClassLabel Binary(DataViewSchema inputSchema, string name)
    {
        var column = TrainingColumns.FindColumn(inputSchema, "label", name);
        Func<DataViewRow, Func<int>> open = column.Type switch
        {
            BooleanDataViewType => cursor => OpenBoolean(cursor, column),
            KeyDataViewType { Count: 2 } key => cursor => OpenKey(cursor, column, key),
            NumberDataViewType number when number == NumberDataViewType.Single => cursor => OpenSingle(cursor, column),
            _ => throw TrainingColumns.Mismatch(nameof(inputSchema), "label", column, "Boolean, Single or Key<UInt32> of 2 classes",
                "Convert it, for example with MapValue or ConvertType"),
        };
        return new ClassLabel(column, 2, open);
    }

    private static Func<int> OpenKey(DataViewRow cursor, DataViewSchema.Column column, KeyDataViewType key)
    {
        var raw = key.RawType;
        return raw == typeof(uint) ? OpenKey<uint>(cursor, column, key.Count)
            : raw == typeof(byte) ? OpenKey<byte>(cursor, column, key.Count)
            : raw == typeof(ushort) ? OpenKey<ushort>(cursor, column, key.Count)
            : OpenKey<ulong>(cursor, column, key.Count);
    }

    private static Func<int> OpenKey<T>(DataViewRow cursor, DataViewSchema.Column column, ulong count)
        where T : struct, IBinaryInteger<T>
    {
        var get = cursor.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            get(ref value);
            var key = ulong.CreateTruncating(value);

            // As in ML.NET, a key beyond the count is no class: missing. (0 - 1 wraps around to beyond any count.)
            return key - 1 < count ? (int)(key - 1) : Missing;
        };
    }

    private static Func<int> OpenBoolean(DataViewRow cursor, DataViewSchema.Column column)
    {
        var get = cursor.GetGetter<bool>(column);
        var value = false;
        return () =>
        {
            get(ref value);
            return value ? 1 : 0;
        };
    }

    private static Func<int> OpenSingle(DataViewRow cursor, DataViewSchema.Column column)
    {
        var get = cursor.GetGetter<float>(column);
        float value = 0;
        return () =>
        {
            get(ref value);
            return value switch
            {
                0 => 0,
                1 => 1,
                float.NaN => Missing,
                _ => throw Throw.NoBinaryLabel(column.Name, cursor.Position, value),
            };
        };
    }
}
