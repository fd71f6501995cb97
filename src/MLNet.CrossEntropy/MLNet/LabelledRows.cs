using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Walks over rows of features, each with its class and its weight.</summary>
internal sealed class LabelledFeatures : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _getFeatures;
    private readonly Func<int> _getClass;
    private readonly Func<double> _getWeight;
    private VBuffer<float> _features;

    public LabelledFeatures(
        IDataView data, DataViewSchema.Column features, DataViewSchema.Column label, ScoreClasses classes, DataViewSchema.Column? weight)
    {
        _cursor = ColumnValues.OpenCursor(data, [features, label, weight]);
        _getFeatures = ColumnValues.Vector<float>(_cursor, features);
        _getClass = classes.LabelGetter(_cursor, label);
        _getWeight = ColumnValues.Weight(_cursor, weight);
    }

    /// <summary>The features of the current row.</summary>
    public ref readonly VBuffer<float> Features
    {
        get
        {
            _getFeatures(ref _features);
            return ref _features;
        }
    }

    /// <summary>The class of the current row, or <see cref="ScoreClasses.Missing"/> or <see cref="ScoreClasses.Unknown"/>.</summary>
    public int Class => _getClass();

    /// <summary>The weight of the current row.</summary>
    /// <exception cref="InvalidOperationException">It is negative or not finite.</exception>
    public double Weight() => _getWeight();

    public bool MoveNext() => _cursor.MoveNext();

    public void Dispose() => _cursor.Dispose();
}

/// <summary>Counts the labels of a data view by the names that <see cref="ScoreClasses"/> gives classes.</summary>
internal static class LabelShares
{
    /// <summary>Each label's share of the weight; rows without a label do not count.</summary>
    public static Dictionary<string, double> Of(IDataView data, string labelColumnName, string? exampleWeightColumnName)
    {
        var label = ColumnValues.Require(data.Schema, labelColumnName, "label");
        var weight = ColumnValues.Optional(data.Schema, exampleWeightColumnName, "example weight");
        using var cursor = ColumnValues.OpenCursor(data, [label, weight]);
        var name = ColumnValues.Name(cursor, label, "label");
        var weightOf = ColumnValues.Weight(cursor, weight);

        Dictionary<string, CompensatedSum> sums = new(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            var rowWeight = weightOf();
            if (name() is not { } key)
                continue;
            var sum = sums.GetValueOrDefault(key);
            sum.Add(rowWeight);
            sums[key] = sum;
        }

        var total = sums.Values.Sum(s => s.Value);
        return total > 0
            ? sums.ToDictionary(s => s.Key, s => s.Value.Value / total, StringComparer.Ordinal)
            : throw ColumnErrors.NoLabels(labelColumnName);
    }
}

/// <summary>Reads the names of a row and of its group, row after row; opens no cursor where neither column is given.</summary>
internal sealed class RowNames : IDisposable
{
    private readonly DataViewRowCursor? _cursor;
    private readonly Func<string?>? _group;
    private readonly Func<string?>? _id;
    private long _position;

    public RowNames(IDataView data, string? groupColumnName, string? idColumnName)
    {
        var group = ColumnValues.Optional(data.Schema, groupColumnName, "group");
        var id = ColumnValues.Optional(data.Schema, idColumnName, "id");
        if (group is null && id is null)
            return;
        _cursor = ColumnValues.OpenCursor(data, [group, id]);
        try
        {
            _group = group is { } g ? ColumnValues.Name(_cursor, g, "group") : null;
            _id = id is { } i ? ColumnValues.Name(_cursor, i, "id") : null;
        }
        catch
        {
            _cursor.Dispose();
            throw;
        }
    }

    public bool HasGroups => _group is not null;

    /// <summary>The name of the current row's group; null where it has none.</summary>
    public string? Group => _group?.Invoke();

    /// <summary>The current row's name; null where it has none.</summary>
    public string? Id => _id?.Invoke();

    /// <summary>Goes on to a row that is there.</summary>
    /// <exception cref="InvalidOperationException">Not any more.</exception>
    public void MoveNext()
    {
        if (_cursor?.MoveNext() == false)
            throw ColumnErrors.RowsVanished(_position, _position);
        _position++;
    }

    public void Dispose() => _cursor?.Dispose();
}

/// <summary>The standard deviations of features over the rows of a data view.</summary>
internal static class FeatureDeviations
{
    /// <summary>
    /// <c>sqrt(E[x^2] - E[x]^2)</c> of each feature, in double, over its finite values; 0 without any. Sums are of explicit values alone,
    /// so that sparse rows cost what they hold.
    /// </summary>
    public static double[] Of(IDataView data, DataViewSchema.Column column, int features)
    {
        double[] sums = new double[features], squares = new double[features];
        var notFinite = new long[features];
        long rows = 0;
        using var cursor = data.GetRowCursor([column]);
        var getter = ColumnValues.Vector<float>(cursor, column);
        VBuffer<float> row = default;
        for (; cursor.MoveNext(); rows++)
        {
            getter(ref row);
            foreach ((var feature, var value) in row.Items())
            {
                if (!float.IsFinite(value))
                {
                    notFinite[feature]++;
                    continue;
                }
                sums[feature] += value;
                squares[feature] += (double)value * value;
            }
        }
        return [.. Enumerable.Range(0, features).Select(j => Deviation(sums[j], squares[j], rows - notFinite[j]))];
    }

    private static double Deviation(double sum, double squares, long count)
        => count == 0 ? 0 : Math.Sqrt(Math.Max(0, squares / count - sum / count * (sum / count)));
}
