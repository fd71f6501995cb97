using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
        Farthest = new float[features];
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
    public float[] Farthest { get; }

    /// <summary>Goes through all rows.</summary>
    /// <param name="chunks">The rows.</param>
    /// <param name="summary">What is known of them.</param>
    /// <param name="shares">Of a cluster, the rows of all ranks; else null.</param>
    public static FeatureMoments Of(IEnumerable<RowSet> chunks, RowSummary summary, RowShares? shares) =>
        summary.IsSparse ? OfSparse(chunks, summary, shares)
            : OfDense(chunks, summary.Features, summary.Rows, shares);

    /// <summary>Goes through the dense rows of all ranks.</summary>
    public static FeatureMoments Of(RowShares shares) => OfDense([], shares.Own.Features, shares.Rows, shares);

    private static FeatureMoments OfDense(IEnumerable<RowSet> chunks, int features, long rows, RowShares? shares)
    {
        var groups = new DenseGroups(features, (int)Math.Clamp(rows / RowsOfGroup, 1, MostGroups) | 1);
        if (shares is null)
            groups.Add(chunks);
        else
            groups.Add(shares);
        var moments = new FeatureMoments(features);
        for (var j = 0; j < features; j++)
            groups.Summarize(j, moments);
        return moments;
    }

    private static FeatureMoments OfSparse(IEnumerable<RowSet> chunks, RowSummary summary, RowShares? shares)
    {
        var features = summary.Features;
        var moments = new FeatureMoments(features);
        var sums = new double[3 * features];
        if (shares is null)
        {
            foreach (var rows in chunks)
                Add(rows, 0, rows.Rows, sums);
        }
        else
        {
            sums = shares.Sum(sums.Length, (share, values) => Add(shares.Own, share.From, share.To, values));
            shares.Cluster.Max(moments.Farthest);
        }

        for (var j = 0; j < features; j++)
        {
            var (square, share, logarithm) = (sums[j], sums[features + j], sums[2 * features + j]);
            if (share == 0)
                continue;
            var ordinary = Math.Pow(2, logarithm / share);
            moments.MeanSquares[j] = square;
            moments.Ordinary[j] = IsHeavy(square, share * ordinary * ordinary) ? share * ordinary * ordinary : square;
            moments.Farthest[j] = (float)(moments.Farthest[j] / ordinary);
        }

        return moments;

        // Mean squares, shares of the rows with a value, and logarithms.
        void Add(RowSet rows, int from, int to, double[] values)
        {
            for (var i = from; i < to; i++)
            {
                var row = rows.Sparse(i);
                var share = rows.Weight(i) / summary.TotalWeight;
                for (var e = 0; e < row.Length; e++)
                {
                    var (j, size) = (row.Indices[e], Math.Abs(row.Values[e]));
                    values[j] += share * size * size;
                    values[features + j] += share;
                    values[2 * features + j] += share * RoughLog2(size);
                    moments.Farthest[j] = Math.Max(moments.Farthest[j], size);
                }
            }
        }
    }

    private static bool IsHeavy(double square, double ordinary) => ordinary > 0 && square > HeavyTail * ordinary;

    /// <summary>The binary logarithm to a tenth: a float's exponent, its mantissa taken for the rest.</summary>
    private static double RoughLog2(float x) => BitConverter.SingleToInt32Bits(x) / (double)(1 << 23) - 127;

    /// <summary>The sums of dense rows, group by group: of deviations from an origin, of their squares, and of weights.</summary>
    private sealed class DenseGroups(int features, int groups)
    {
        private readonly double[] _origin = new double[features];
        private readonly float[] _highest = [.. Enumerable.Repeat(float.NegativeInfinity, features)];
        private readonly float[] _lowest = [.. Enumerable.Repeat(float.NegativeInfinity, features)];
        private readonly double[] _median = new double[groups];
        private double[] _sums = new double[groups * (2 * features + 1)];

        public void Add(IEnumerable<RowSet> chunks)
        {
            var done = 0L;
            foreach (var rows in chunks)
            {
                if (done == 0)
                    Guess(rows, rows.Rows);
                Add(rows, new RowShare(0, 0, rows.Rows, done), _sums);
                done += rows.Rows;
            }
        }

        public void Add(RowShares shares)
        {
            if (shares.Local.First() is { Index: 0 } first)
                Guess(shares.Own, first.To);
            shares.Cluster.Broadcast(MemoryMarshal.AsBytes(_origin.AsSpan()));
            _sums = [.. shares.Sum(_sums.Length, (share, values) => Add(shares.Own, share, values))];
            shares.Cluster.Max(_highest);
            shares.Cluster.Max(_lowest);
        }

        /// <summary>What the sums say of a feature.</summary>
        public void Summarize(int j, FeatureMoments moments)
        {
            double total = 0, sum = 0, squares = 0;
            for (var g = 0; g < groups; g++)
                (total, sum, squares) = (total + Total(g), sum + SumOf(g), squares + SquaresOf(g));
            double SumOf(int g) => _sums[g * features + j];
            double SquaresOf(int g) => _sums[Squares + g * features + j];
            double MeanOf(int g) => SumOf(g) / Total(g);
            var ordinary = Median(g => Square(SumOf(g), SquaresOf(g), Total(g), MeanOf(g)));
            var isHeavy = IsHeavy(Square(sum, squares, total, sum / total), ordinary);
            var shift = isHeavy ? Median(MeanOf) : sum / total;
            var mean = _origin[j] + shift;
            var smallest = ConstantFeature * ConstantFeature * mean * mean;
            var square = Square(sum, squares, total, shift);
            moments.Means[j] = (float)mean;
            moments.MeanSquares[j] = square > smallest ? square : 0;
            moments.Ordinary[j] = isHeavy ? Math.Max(ordinary, smallest) : moments.MeanSquares[j];
            moments.Farthest[j] = ordinary > smallest ? (float)(Math.Max(_highest[j] - mean, mean + _lowest[j]) / Math.Sqrt(ordinary)) : 0;
        }

        /// <summary>Of the sums of deviations from the origin and of their squares, the mean square of those from a shifted one.</summary>
        private static double Square(double sum, double squares, double total, double shift) =>
            Math.Max(0, squares / total - shift * (2 * sum / total - shift));

        private int Squares => groups * features;

        private double Total(int group) => _sums[2 * groups * features + group];

        private void Guess(RowSet rows, int most)
        {
            var count = Math.Min(most, GuessRows) - 1 | 1;
            var values = new float[count];
            for (var j = 0; j < features; j++)
            {
                for (var i = 0; i < count; i++)
                    values[i] = rows.Values((int)(SplitMix64.Mix((ulong)i) % (uint)most))[j];
                Array.Sort(values);
                _origin[j] = values[count / 2];
            }
        }

        private void Add(RowSet rows, RowShare share, double[] sums)
        {
            rows.Require(features, isSparse: false);
            var members = new (nint Row, double Weight)[groups][];
            for (var g = 0; g < groups; g++)
                members[g] = new (nint, double)[RunRows];
            var counts = new int[groups];
            for (var first = share.From; first < share.To; first += RunRows)
            {
                Array.Clear(counts);
                for (var i = first; i < Math.Min(first + RunRows, share.To); i++)
                {
                    double weight = rows.Weight(i);
                    if (weight == 0)
                        continue;
                    var group = (int)(SplitMix64.Mix((ulong)(share.First + i - share.From)) % (uint)groups);
                    members[group][counts[group]++] = ((nint)rows.Dense(i), weight);
                    WidenRange(rows.Values(i));
                }

                for (var g = 0; g < groups; g++)
                    AddGroup(g, members[g].AsSpan(0, counts[g]), sums);
            }
        }

        /// <summary>Largest values, and negatives; a row is read from memory in order, and stays in the cache for its sums.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void WidenRange(ReadOnlySpan<float> row)
        {
            Span<float> lowest = _lowest.AsSpan(0, row.Length), highest = _highest.AsSpan(0, row.Length);
            for (; row.Length >= Vector<float>.Count; row = row[Vector<float>.Count..])
            {
                var values = new Vector<float>(row);
                Vector.Max(new Vector<float>(lowest), -values).CopyTo(lowest);
                Vector.Max(new Vector<float>(highest), values).CopyTo(highest);
                lowest = lowest[Vector<float>.Count..];
                highest = highest[Vector<float>.Count..];
            }

            for (var j = 0; j < row.Length; j++)
                (lowest[j], highest[j]) = (Math.Max(lowest[j], -row[j]), Math.Max(highest[j], row[j]));
        }

        private void AddGroup(int group, ReadOnlySpan<(nint Row, double Weight)> rows, double[] sums)
        {
            foreach (var (_, weight) in rows)
                sums[2 * Squares + group] += weight;
            var j = 0;
            for (; j <= features - Vector<float>.Count; j += Vector<float>.Count)
                AddVector(rows, j, group * features + j, sums);
            for (; j < features; j++)
            {
                foreach (var (row, weight) in rows)
                {
                    var deviation = ((float*)row)[j] - _origin[j];
                    sums[group * features + j] += weight * deviation;
                    sums[Squares + group * features + j] += weight * deviation * deviation;
                }
            }
        }

        /// <summary>Adds the features from j on that fill a vector; the sums stay in registers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void AddVector(ReadOnlySpan<(nint Row, double Weight)> rows, int j, int place, double[] sums)
        {
            var half = Vector<double>.Count;
            var squares = Squares + place;
            Vector<double> origin = new(_origin, j), origin2 = new(_origin, j + half);
            Vector<double> sum = new(sums, place), sum2 = new(sums, place + half);
            Vector<double> square = new(sums, squares), square2 = new(sums, squares + half);
            foreach (var (row, weight) in rows)
            {
                Vector.Widen(Vector.Load((float*)row + j), out var deviation, out var deviation2);
                (deviation, deviation2) = (deviation - origin, deviation2 - origin2);
                var (weighted, weighted2) = (weight * deviation, weight * deviation2);
                (sum, sum2) = (sum + weighted, sum2 + weighted2);
                (square, square2) = (square + weighted * deviation, square2 + weighted2 * deviation2);
            }

            sum.CopyTo(sums, place);
            sum2.CopyTo(sums, place + half);
            square.CopyTo(sums, squares);
            square2.CopyTo(sums, squares + half);
        }

        /// <summary>The median over the groups that have rows; of two in the middle the lower.</summary>
        private double Median(Func<int, double> of)
        {
            var count = 0;
            for (var g = 0; g < groups; g++)
            {
                if (Total(g) > 0)
                    _median[count++] = of(g);
            }

            Array.Sort(_median, 0, count);
            return _median[(count - 1) / 2];
        }
    }
}
