using System.Numerics;
using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Centre and spread of each feature, by one pass over all rows: the mean square of its deviations, and what it ordinarily is, which a few
/// values far out do not change.
/// </summary>
/// <remarks>
/// Features have heavy tails where a few values make up the mean square. Of dense rows the ordinary centre and spread are medians of the
/// means and variances of some groups of rows, into which chance puts them (Lugosi and Mendelson 2019, "Mean estimation and regression
/// under heavy-tailed distributions"). Sparse rows are not centred, and most of their groups would have no value of a rare feature: theirs
/// is the geometric mean of the squared non-zeros, times their share of the rows.
/// </remarks>
internal sealed unsafe class FeatureMoments
{
    private const int MostGroups = 15;
    private const int RowsOfGroup = 16;

    // Rows that stay in a core's second-level cache while their features are gone through, a vector at a time.
    private const int RunRows = 256;

    // Rows by whose median a first guess of the centre is made, around which sums cancel as little as possible.
    private const int GuessRows = 9;

    // A mean square this many times the ordinary one is that of a few values.
    private const double HeavyTail = 100;

    // A standard deviation below this share of the mean is float rounding, not variation.
    private const double ConstantFeature = 1e-6;

    private FeatureMoments(int features)
    {
        Means = new float[features];
        MeanSquares = new double[features];
        Ordinary = new double[features];
        Farthest = new double[features];
    }

    /// <summary>The mean, of features with heavy tails the ordinary centre; 0 for sparse rows.</summary>
    public float[] Means { get; }

    /// <summary>The mean square of the deviations from the centre.</summary>
    public double[] MeanSquares { get; }

    /// <summary>The same, of features with heavy tails that of ordinary values.</summary>
    public double[] Ordinary { get; }

    /// <summary>
    /// The largest deviation from the centre, of the ordinary spread of values (of sparse rows: of non-zeros); 0 if that is 0.
    /// </summary>
    public double[] Farthest { get; }

    /// <summary>Goes through all rows.</summary>
    public static FeatureMoments Of(IEnumerable<RowSet> chunks, RowSummary summary) =>
        summary.IsSparse ? OfSparse(chunks, summary) : OfDense(chunks, summary);

    private static FeatureMoments OfDense(IEnumerable<RowSet> chunks, RowSummary summary)
    {
        var groups = new DenseGroups(summary.Features, (int)Math.Clamp(summary.Rows / RowsOfGroup, 1, MostGroups) | 1);
        foreach (var rows in chunks)
            groups.Add(rows);
        var moments = new FeatureMoments(summary.Features);
        for (var j = 0; j < summary.Features; j++)
            groups.Summarize(j, moments);
        return moments;
    }

    private static FeatureMoments OfSparse(IEnumerable<RowSet> chunks, RowSummary summary)
    {
        var moments = new FeatureMoments(summary.Features);
        double[] shares = new double[summary.Features], logarithms = new double[summary.Features];
        foreach (var rows in chunks)
        {
            for (var i = 0; i < rows.Rows; i++)
            {
                var row = rows.Sparse(i);
                var share = rows.Weight(i) / summary.TotalWeight;
                for (var e = 0; e < row.Length; e++)
                {
                    var (j, size) = (row.IndexPointer[e], Math.Abs(row.ValuePointer[e]));
                    moments.MeanSquares[j] += share * size * size;
                    shares[j] += share;
                    logarithms[j] += share * RoughLog2(size);
                    moments.Farthest[j] = Math.Max(moments.Farthest[j], size);
                }
            }
        }

        for (var j = 0; j < shares.Length; j++)
        {
            if (shares[j] == 0)
                continue;
            var ordinary = Math.Pow(2, logarithms[j] / shares[j]);
            var square = shares[j] * ordinary * ordinary;
            moments.Ordinary[j] = IsHeavy(moments.MeanSquares[j], square) ? square : moments.MeanSquares[j];
            moments.Farthest[j] /= ordinary;
        }

        return moments;
    }

    private static bool IsHeavy(double square, double ordinary) => ordinary > 0 && square > HeavyTail * ordinary;

    /// <summary>The binary logarithm to a tenth: a float's exponent, its mantissa taken for the rest.</summary>
    private static double RoughLog2(float x) => BitConverter.SingleToInt32Bits(x) / (double)(1 << 23) - 127;

    /// <summary>The sums of dense rows, group by group.</summary>
    private sealed class DenseGroups(int features, int groups)
    {
        private readonly double[] _origin = new double[features];
        private readonly float[] _lowest = [.. Enumerable.Repeat(float.PositiveInfinity, features)];
        private readonly float[] _highest = [.. Enumerable.Repeat(float.NegativeInfinity, features)];
        private readonly double[] _sums = new double[groups * features];
        private readonly double[] _squares = new double[groups * features];
        private readonly double[] _totals = new double[groups];
        private readonly double[] _median = new double[groups];
        private long _rows;

        public void Add(RowSet rows)
        {
            if (_rows == 0)
                Guess(rows);
            AddSums(rows);
            _rows += rows.Rows;
        }

        /// <summary>What the sums say of a feature.</summary>
        public void Summarize(int j, FeatureMoments moments)
        {
            var total = _totals.Sum();
            double sum = 0, squares = 0;
            for (var g = 0; g < groups; g++)
                (sum, squares) = (sum + _sums[g * features + j], squares + _squares[g * features + j]);
            double MeanOf(int g) => _sums[g * features + j] / _totals[g];
            var ordinary = Median(g => Square(_sums[g * features + j], _squares[g * features + j], _totals[g], MeanOf(g)));
            var isHeavy = IsHeavy(Square(sum, squares, total, sum / total), ordinary);
            var shift = isHeavy ? Median(MeanOf) : sum / total;
            var mean = _origin[j] + shift;
            var smallest = ConstantFeature * ConstantFeature * mean * mean;
            var square = Square(sum, squares, total, shift);
            moments.Means[j] = (float)mean;
            moments.MeanSquares[j] = square > smallest ? square : 0;
            moments.Ordinary[j] = isHeavy ? Math.Max(ordinary, smallest) : moments.MeanSquares[j];
            moments.Farthest[j] = ordinary > smallest ? Math.Max(_highest[j] - mean, mean - _lowest[j]) / Math.Sqrt(ordinary) : 0;
        }

        /// <summary>Of the sums of deviations from the origin and of their squares, the mean square of those from a shifted one.</summary>
        private static double Square(double sum, double squares, double total, double shift) =>
            Math.Max(0, squares / total - shift * (2 * sum / total - shift));

        private void Guess(RowSet rows)
        {
            var count = Math.Min(rows.Rows, GuessRows) - 1 | 1;
            var values = new float[count];
            for (var j = 0; j < features; j++)
            {
                for (var i = 0; i < count; i++)
                    values[i] = rows.Dense((int)(SplitMix64.Mix((ulong)i) % (uint)rows.Rows))[j];
                Array.Sort(values);
                _origin[j] = values[count / 2];
            }
        }

        private void AddSums(RowSet rows)
        {
            var members = new (nint Row, double Weight)[groups][];
            for (var g = 0; g < groups; g++)
                members[g] = new (nint, double)[RunRows];
            var counts = new int[groups];
            for (var first = 0; first < rows.Rows; first += RunRows)
            {
                Array.Clear(counts);
                for (var i = first; i < Math.Min(first + RunRows, rows.Rows); i++)
                {
                    double weight = rows.Weight(i);
                    if (weight == 0)
                        continue;
                    var group = (int)(SplitMix64.Mix((ulong)(_rows + i)) % (uint)groups);
                    members[group][counts[group]++] = ((nint)rows.Dense(i), weight);
                    WidenRange(rows.Dense(i));
                }

                for (var g = 0; g < groups; g++)
                    AddGroup(g, members[g].AsSpan(0, counts[g]));
            }
        }

        /// <summary>Lowest and highest values; a row is read from memory in order, and stays in the cache for its sums.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void WidenRange(float* row)
        {
            fixed (float* lowest = _lowest, highest = _highest)
            {
                var j = 0;
                for (; j <= features - Vector<float>.Count; j += Vector<float>.Count)
                {
                    var values = Vector.Load(row + j);
                    Vector.Min(Vector.Load(lowest + j), values).Store(lowest + j);
                    Vector.Max(Vector.Load(highest + j), values).Store(highest + j);
                }

                for (; j < features; j++)
                    (lowest[j], highest[j]) = (Math.Min(lowest[j], row[j]), Math.Max(highest[j], row[j]));
            }
        }

        private void AddGroup(int group, ReadOnlySpan<(nint Row, double Weight)> rows)
        {
            foreach (var (_, weight) in rows)
                _totals[group] += weight;
            var j = 0;
            for (; j <= features - Vector<float>.Count; j += Vector<float>.Count)
                AddVector(rows, j, group * features + j);
            for (; j < features; j++)
            {
                foreach (var (row, weight) in rows)
                {
                    var deviation = ((float*)row)[j] - _origin[j];
                    _sums[group * features + j] += weight * deviation;
                    _squares[group * features + j] += weight * deviation * deviation;
                }
            }
        }

        /// <summary>Adds the features from j on that fill a vector; the sums stay in registers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddVector(ReadOnlySpan<(nint Row, double Weight)> rows, int j, int place)
        {
            var half = Vector<double>.Count;
            Vector<double> origin = new(_origin, j), origin2 = new(_origin, j + half);
            Vector<double> sum = new(_sums, place), sum2 = new(_sums, place + half);
            Vector<double> square = new(_squares, place), square2 = new(_squares, place + half);
            foreach (var (row, weight) in rows)
            {
                Vector.Widen(Vector.Load((float*)row + j), out var deviation, out var deviation2);
                (deviation, deviation2) = (deviation - origin, deviation2 - origin2);
                var (weighted, weighted2) = (weight * deviation, weight * deviation2);
                (sum, sum2) = (sum + weighted, sum2 + weighted2);
                (square, square2) = (square + weighted * deviation, square2 + weighted2 * deviation2);
            }

            sum.CopyTo(_sums, place);
            sum2.CopyTo(_sums, place + half);
            square.CopyTo(_squares, place);
            square2.CopyTo(_squares, place + half);
        }

        /// <summary>The median over the groups that have rows; of two in the middle the lower.</summary>
        private double Median(Func<int, double> of)
        {
            var count = 0;
            for (var g = 0; g < groups; g++)
            {
                if (_totals[g] > 0)
                    _median[count++] = of(g);
            }

            Array.Sort(_median, 0, count);
            return _median[(count - 1) / 2];
        }
    }
}
