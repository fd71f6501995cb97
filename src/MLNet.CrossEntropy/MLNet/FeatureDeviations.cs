using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

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
        var getter = cursor.GetGetter<VBuffer<float>>(column);
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
