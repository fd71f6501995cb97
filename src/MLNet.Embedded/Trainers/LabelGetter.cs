using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>Labels as numbers: a key as its zero-based class, true as 1, missing as NaN.</summary>
internal static class LabelGetter
{
    public static ValueGetter<float> Make(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type == NumberDataViewType.Single)
            return row.GetGetter<float>(column);
        if (column.Type == NumberDataViewType.Double)
            return Convert<double>(row, column, value => (float)value);
        if (column.Type is BooleanDataViewType)
            return Convert<bool>(row, column, value => value ? 1 : 0);
        if (column.Type is not KeyDataViewType key)
            throw new InvalidOperationException("Only floating point number, boolean, and key type values can be used as label.");
        float ClassOf(ulong value) => value > 0 && value <= key.Count ? value - 1 : float.NaN;
        if (key.RawType == typeof(uint))
            return Convert<uint>(row, column, value => ClassOf(value));
        if (key.RawType == typeof(byte))
            return Convert<byte>(row, column, value => ClassOf(value));
        return key.RawType == typeof(ushort)
            ? Convert<ushort>(row, column, value => ClassOf(value))
            : Convert<ulong>(row, column, ClassOf);
    }

    private static ValueGetter<float> Convert<T>(DataViewRow row, DataViewSchema.Column column, Func<T, float> convert)
    {
        ValueGetter<T> getValue = row.GetGetter<T>(column);
        T value = default;
        return (ref float label) =>
        {
            getValue(ref value);
            label = convert(value);
        };
    }
}
