using System.Globalization;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Gives each row of a view a number from 0 to 1, either drawn in the order of the rows or made from a sampling key, so that
/// rows of equal keys have equal numbers; parts of the view are then ranges of numbers.
/// </summary>
internal sealed class RowSplitter
{
    // ML.NET's own seed where neither the call nor the MLContext gives one: splits without a seed are repeatable, too.
    private const int DefaultSeed = 42;

    private readonly IDataView _data;
    private readonly DataViewSchema.Column[] _keyColumn;
    private readonly Func<DataViewRow, Func<double>> _createNumbers;

    private RowSplitter(IDataView data, DataViewSchema.Column[] keyColumn, Func<DataViewRow, Func<double>> createNumbers)
    {
        _data = data;
        _keyColumn = keyColumn;
        _createNumbers = createNumbers;
    }

    internal static RowSplitter Create(IDataView data, string samplingKeyColumn, int? seed)
    {
        if (samplingKeyColumn == null)
            return new RowSplitter(data, [], _ => DrawnNumbers(seed ?? DefaultSeed));
        DataViewSchema.Column column = Check.Column(data.Schema, nameof(samplingKeyColumn), "SamplingKeyColumn", samplingKeyColumn);
        return new RowSplitter(data, [column], KeyNumbers(data, column, (uint)(seed ?? DefaultSeed)));
    }

    /// <summary>The rows whose number is accepted; rows without a number (missing keys) are in no part.</summary>
    internal IDataView Where(Func<double, bool> accepts) => new FilteredDataView(
        _data,
        _keyColumn,
        row =>
        {
            Func<double> number = _createNumbers(row);
            return () => accepts(number());
        },
        testsInOrder: _keyColumn.Length == 0);

    private static Func<double> DrawnNumbers(int seed)
    {
        var random = new TauswortheHybrid(seed);
        return () => random.NextUnit();
    }

    private static Func<DataViewRow, Func<double>> KeyNumbers(IDataView data, DataViewSchema.Column column, uint seed)
    {
        if (column.Type is KeyDataViewType key)
            return row => Getters.Invoke<Func<double>>(KeyFractions<int>, key.RawType, row, column, key.Count);
        if (column.Type == NumberDataViewType.Single || column.Type == NumberDataViewType.Double)
            return Scaled(data, column);
        return row => Getters.Invoke<Func<double>>(column.Type is VectorDataViewType ? HashedVectors<int> : Hashed<int>, column.Type.GetItemType().RawType, row, column, seed);
    }

    private static Func<double> KeyFractions<T>(DataViewRow row, DataViewSchema.Column column, ulong count)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            ulong raw = Convert.ToUInt64(value, CultureInfo.InvariantCulture);
            return raw == 0 || raw > count ? double.NaN : (raw - 0.5) / count;
        };
    }

    private static Func<DataViewRow, Func<double>> Scaled(IDataView data, DataViewSchema.Column column)
    {
        double min = double.PositiveInfinity;
        double max = double.NegativeInfinity;
        using (DataViewRowCursor cursor = data.GetRowCursor([column]))
        {
            Func<double> next = Numbers(cursor, column);
            while (cursor.MoveNext())
            {
                double value = next();
                min = value < min ? value : min;
                max = value > max ? value : max;
            }
        }
        double width = max > min ? max - min : 1;
        return row =>
        {
            Func<double> number = Numbers(row, column);
            return () => (number() - min) / width;
        };
    }

    private static Func<double> Numbers(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type == NumberDataViewType.Double)
        {
            ValueGetter<double> getter = row.GetGetter<double>(column);
            double value = 0;
            return () =>
            {
                getter(ref value);
                return value;
            };
        }
        ValueGetter<float> singleGetter = row.GetGetter<float>(column);
        float single = 0;
        return () =>
        {
            singleGetter(ref single);
            return single;
        };
    }

    private static Func<double> Hashed<T>(DataViewRow row, DataViewSchema.Column column, uint seed)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            // As in ML.NET, an empty text is a missing key.
            return value is ReadOnlyMemory<char> { IsEmpty: true } ? double.NaN : Fraction(Hash(value, seed));
        };
    }

    private static Func<double> HashedVectors<T>(DataViewRow row, DataViewSchema.Column column, uint seed)
    {
        ValueGetter<VBuffer<T>> getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            return Fraction(value.DenseValues().Aggregate(seed, (hash, item) => Hash(item, hash)));
        };
    }

    /// <summary>The same in every process, unlike <see cref="HashCode"/>.</summary>
    private static uint Hash<T>(T value, uint seed)
    {
        if (value is not ReadOnlyMemory<char> text)
            return TauswortheHybrid.MurmurRound(seed, (uint)value.GetHashCode());
        uint hash = seed;
        foreach (char c in text.Span)
            hash = TauswortheHybrid.MurmurRound(hash, c);
        return hash;
    }

    private static double Fraction(uint hash)
    {
        hash = (hash ^ (hash >> 16)) * 0x85EBCA6B;
        hash = (hash ^ (hash >> 13)) * 0xC2B2AE35;
        return (hash ^ (hash >> 16)) / (double)uint.MaxValue;
    }
}
