using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Reads columns and annotations of any item type as text or as double.</summary>
internal static class ColumnValues
{
    /// <summary>The named column, or an error that lists the columns there are.</summary>
    public static DataViewSchema.Column Require(DataViewSchema schema, string name, string role)
    {
        ArgumentException.ThrowIfNullOrEmpty(name, role);
        return schema.GetColumnOrNull(name) ?? throw Throw.NoColumn(name, role, schema.Where(c => !c.IsHidden).Select(c => c.Name));
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
        Type t when t == typeof(float) => Getter<float>(row, column, static x => x),
        Type t when t == typeof(double) => Getter<double>(row, column, static x => x),
        Type t when t == typeof(bool) => Getter<bool>(row, column, static x => x ? 1 : 0),
        Type t when t == typeof(sbyte) => Getter<sbyte>(row, column, static x => x),
        Type t when t == typeof(byte) => Getter<byte>(row, column, static x => x),
        Type t when t == typeof(short) => Getter<short>(row, column, static x => x),
        Type t when t == typeof(ushort) => Getter<ushort>(row, column, static x => x),
        Type t when t == typeof(int) => Getter<int>(row, column, static x => x),
        Type t when t == typeof(uint) => Getter<uint>(row, column, static x => x),
        Type t when t == typeof(long) => Getter<long>(row, column, static x => x),
        Type t when t == typeof(ulong) => Getter<ulong>(row, column, static x => x),
        _ => throw Throw.WrongColumnType(column.Name, role, column.Type, "a number or a Boolean"),
    };

    /// <summary>
    /// A getter of one name a row from a text, key, number or Boolean column: a key's is its value, or the zero-based number where it has
    /// none; null where the value is missing.
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
                var key = Number(row, column, role);
                var values = AnnotationText(column, "KeyValues");
                return () => key() is var k && k == 0 ? null : values?[(int)k - 1] ?? Invariant(k - 1);
            case BooleanDataViewType:
                var flag = Number(row, column, role);
                return () => flag() == 1 ? bool.TrueString : bool.FalseString;
            default:
                var number = Number(row, column, role);
                var isSingle = column.Type == NumberDataViewType.Single;
                return () => number() is var x && double.IsNaN(x) ? null : isSingle ? ((float)x).ToString(CultureInfo.InvariantCulture) : Invariant(x);
        }
    }

    /// <summary>
    /// The values of a vector annotation (KeyValues, SlotNames, TrainingLabelValues) as culture-free text,
    /// or null where the annotation is absent or of an item type that has no text form here.
    /// </summary>
    public static string[]? AnnotationText(DataViewSchema.Column column, string kind)
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

    private static Func<double> Getter<T>(DataViewRow row, DataViewSchema.Column column, Func<T, double> convert)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return convert(value);
        };
    }

    private static string[] Text<T>(DataViewSchema.Column column, DataViewSchema.Column annotation)
    {
        VBuffer<T> values = default;
        column.Annotations.GetGetter<VBuffer<T>>(annotation)(ref values);
        return [.. values.DenseValues().Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? "")];
    }

    private static string Invariant(double value) => value.ToString(CultureInfo.InvariantCulture);
}
