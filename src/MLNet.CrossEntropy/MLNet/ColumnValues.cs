using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Finds columns, and reads them as text or as numbers whatever their type.</summary>
internal static class ColumnValues
{
    /// <summary>So many slots, or classes, can be told apart: what a type promises costs nothing, their names take a gigabyte.</summary>
    public const int MostSlots = 1 << 24;

    /// <summary>The named column, or an error that lists the columns there are.</summary>
    public static DataViewSchema.Column Require(DataViewSchema schema, string name, string role)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, role);
        return schema.GetColumnOrNull(name) ?? throw ColumnErrors.NoColumn(name, role, schema.Where(c => !c.IsHidden).Select(c => c.Name));
    }

    /// <summary>The named column, or null where no name is given.</summary>
    public static DataViewSchema.Column? Optional(DataViewSchema schema, string? name, string role) =>
        name is null ? null : Require(schema, name, role);

    /// <summary>A cursor over those columns that there are.</summary>
    public static DataViewRowCursor OpenCursor(IDataView data, IEnumerable<DataViewSchema.Column?> columns) =>
        data.GetRowCursor(columns.OfType<DataViewSchema.Column>().DistinctBy(c => c.Index));

    /// <summary>A getter of one number a row from a float, double, integer or Boolean column.</summary>
    public static Func<double> Number(DataViewRow row, DataViewSchema.Column column, string role) => column.Type.RawType switch
    {
        Type t when t == typeof(float) => Getter<float, double>(row, column, static x => x),
        Type t when t == typeof(double) => Getter<double, double>(row, column, static x => x),
        Type t when t == typeof(bool) => Getter<bool, double>(row, column, static x => x ? 1 : 0),
        Type t when t == typeof(sbyte) => Getter<sbyte, double>(row, column, static x => x),
        Type t when t == typeof(byte) => Getter<byte, double>(row, column, static x => x),
        Type t when t == typeof(short) => Getter<short, double>(row, column, static x => x),
        Type t when t == typeof(ushort) => Getter<ushort, double>(row, column, static x => x),
        Type t when t == typeof(int) => Getter<int, double>(row, column, static x => x),
        Type t when t == typeof(uint) => Getter<uint, double>(row, column, static x => x),
        Type t when t == typeof(long) => Getter<long, double>(row, column, static x => x),
        Type t when t == typeof(ulong) => Getter<ulong, double>(row, column, static x => x),
        _ => throw ColumnErrors.WrongType(column.Name, role, column.Type, "a number or a Boolean"),
    };

    /// <summary>
    /// A getter of a row's vector, whose length and indices are looked at: ML.NET itself takes those of a foreign data view for what they
    /// are.
    /// </summary>
    /// <exception cref="InvalidOperationException">From the getter: the length is not the one that the column's type promises, an index is
    /// not above the one before it, or not below the length, or the vector's arrays are too short for it.</exception>
    public static ValueGetter<VBuffer<T>> Vector<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        var expected = ((VectorDataViewType)column.Type).Size;
        return (ref VBuffer<T> vector) =>
        {
            getter(ref vector);
            if (expected > 0 ? vector.Length != expected : vector.Length > MostSlots)
                throw ColumnErrors.WrongLength(column.Name, row.Position, vector.Length, expected);
            try
            {
                if (vector.GetValues().Length == vector.Length)
                    return;
                var indices = vector.GetIndices();
                if (FirstWrong(indices, vector.Length) is >= 0 and var at)
                    throw ColumnErrors.BadIndex(column.Name, row.Position, indices[at], vector.Length);
            }
            catch (ArgumentOutOfRangeException)
            {
                throw ColumnErrors.ShortVector(column.Name, row.Position, vector.Length);
            }
        };
    }

    /// <summary>Where the first index stands that is not above all before it, or not below the length; -1 where none does.</summary>
    // Compiled with optimisation at once: it is asked of every row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FirstWrong(ReadOnlySpan<int> indices, int length)
    {
        var last = -1;
        for (var i = 0; i < indices.Length; i++)
        {
            if (indices[i] <= last || indices[i] >= length)
                return i;
            last = indices[i];
        }
        return -1;
    }

    /// <summary>A getter of the example weight of a row, whatever the type of number; 1 where there is no column.</summary>
    /// <exception cref="InvalidOperationException">From the getter: the weight is negative or not finite.</exception>
    public static Func<double> Weight(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is not { } weights)
            return static () => 1;
        var number = Number(row, weights, "example weight");
        return () => number() is var weight && weight >= 0 && double.IsFinite(weight)
            ? weight
            : throw ColumnErrors.BadWeight(weights.Name, row.Position, weight);
    }

    /// <summary>
    /// A getter of one name a row from a text, key, number or Boolean column: a key's is its value, or the zero-based number where it has
    /// none; null where the value is missing, or a key beyond its values.
    /// </summary>
    public static Func<string?> Name(DataViewRow row, DataViewSchema.Column column, string role)
    {
        switch (column.Type)
        {
            case TextDataViewType:
                var getter = row.GetGetter<ReadOnlyMemory<char>>(column);
                ReadOnlyMemory<char> text = default;
                return () =>
                {
                    getter(ref text);
                    return text.IsEmpty ? null : text.ToString();
                };
            case KeyDataViewType:
                var key = Whole(row, column);
                var values = AnnotationNames.Of(column, "KeyValues");
                return () => key() is var k && k == 0
                    ? null : values is null ? Invariant(k - 1) : k <= (ulong)values.Length ? values[k - 1]
                    : null;
            case BooleanDataViewType:
                var flag = Number(row, column, role);
                return () => flag() == 1 ? bool.TrueString : bool.FalseString;
            // As they are: of the largest whole numbers, many are the same double.
            case NumberDataViewType { RawType: var whole } when whole == typeof(long):
                return Getter<long, string?>(row, column, Invariant);
            case NumberDataViewType { RawType: var whole } when whole == typeof(ulong):
                return Getter<ulong, string?>(row, column, Invariant);
            case NumberDataViewType { RawType: var real } when real == typeof(float):
                return Getter<float, string?>(row, column, static x => float.IsNaN(x) ? null : Invariant(x));
            case NumberDataViewType:
                var number = Number(row, column, role);
                return () => number() is var x && double.IsNaN(x) ? null : Invariant(x);
            default:
                throw ColumnErrors.WrongType(column.Name, role, column.Type, "text, a key, a number or a Boolean");
        }
    }

    /// <summary>A getter of a row's key as it is, 0 where it is missing.</summary>
    public static Func<ulong> Whole(DataViewRow row, DataViewSchema.Column key) => key.Type.RawType switch
    {
        Type t when t == typeof(byte) => Getter<byte, ulong>(row, key, static x => x),
        Type t when t == typeof(ushort) => Getter<ushort, ulong>(row, key, static x => x),
        Type t when t == typeof(uint) => Getter<uint, ulong>(row, key, static x => x),
        _ => Getter<ulong, ulong>(row, key, static x => x),
    };

    /// <summary>
    /// A getter of a number for the name of a row's group, another for each; 0 where there is no column, or no name in it.
    /// </summary>
    public static Func<ulong> Group(DataViewRow row, DataViewSchema.Column? column)
    {
        if (column is not { } groups)
            return static () => 0;
        var name = Name(row, groups, "group");
        return () => name() is { } group ? HashOf(group) : 0;
    }

    /// <summary>FNV-1a over the UTF-16 code units: unlike string.GetHashCode the same in every process.</summary>
    public static ulong HashOf(string name)
    {
        var hash = 14695981039346656037;
        foreach (var c in name)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private static Func<TOut> Getter<T, TOut>(DataViewRow row, DataViewSchema.Column column, Func<T, TOut> convert)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return convert(value);
        };
    }

    private static string Invariant<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
