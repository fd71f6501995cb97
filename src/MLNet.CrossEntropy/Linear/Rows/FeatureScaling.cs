namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The centre m and scale s of each feature: SGD runs in the coordinates <c>x' = s (x - m)</c>, in which every direction of the
/// objective is about equally curved, while rows and returned weights stay raw (<c>W = s W'</c>, <c>b = b' - sum_j m_j W_j</c>).
/// </summary>
/// <remarks>
/// The curvature of coordinate j is at most <c>c var(x_j) + l2</c>, where c bounds the loss's second derivative, so
/// <c>s_j = 1 / sqrt(var(x_j) + l2 / c)</c>: a diagonal (Jacobi) preconditioner. It changes the path, not the optimum.
/// Means and variances come from at most <see cref="SampleRows"/> rows spread over the data: a preconditioner need not be exact.
/// </remarks>
internal sealed class FeatureScaling
{
    /// <summary>The number of rows looked at, at most.</summary>
    internal const int SampleRows = 16_384;

    /// <summary>The mean squared norm that scaled sparse rows may have.</summary>
    internal const double LargestRowNorm = 64;

    // A standard deviation below this share of the mean is float rounding, not variation.
    private const double ConstantFeature = 1e-6;

    // What is smaller than its inverse is no variation that float weights could make up for; the square of a larger one is no float.
    private const float LargestScale = 1e18f;

    private FeatureScaling(float[] means, float[] scales)
    {
        foreach (ref var scale in scales.AsSpan())
            scale = Math.Min(scale, LargestScale);
        Means = means;
        Scales = scales;
    }

    /// <summary>The centre of each feature.</summary>
    public float[] Means { get; }

    /// <summary>The scale of each feature.</summary>
    public float[] Scales { get; }

    /// <summary>No rescaling at all.</summary>
    public static FeatureScaling None(int features)
    {
        var scales = new float[features];
        scales.AsSpan().Fill(1f);
        return new FeatureScaling(new float[features], scales);
    }

    /// <summary>
    /// The same, where a penalty l2 on scaled weights adds to their curvature c, <c>s / sqrt(1 + l2 / c)</c>; that of sparse rows takes
    /// none of it, whose penalties are lazy.
    /// </summary>
    public FeatureScaling WithPenalty(double l2, double curvature) =>
        new(Means, [.. Scales.Select(scale => (float)(scale / Math.Sqrt(1 + l2 / curvature)))]);

    /// <summary>Centre and scale for dense rows; for sparse rows only a scale, by the root mean square, so that zeros stay zeros.</summary>
    public static FeatureScaling Of(IEnumerable<RowSet> chunks, RowSummary summary, double l2, double curvature) =>
        summary.IsSparse ? OfSparse(chunks, summary) : OfDense(chunks, summary, l2, curvature);

    private static unsafe FeatureScaling OfDense(IEnumerable<RowSet> chunks, RowSummary summary, double l2, double curvature)
    {
        var features = summary.Features;
        double[] sums = new double[features], squares = new double[features], origin = new double[features];
        var total = 0.0;
        var stride = Math.Max(1, (double)summary.Rows / SampleRows);
        var position = 0.0;
        var begin = 0L;
        foreach (var rows in chunks)
        {
            // Sums are taken around the first row, so that a large mean does not cancel the variance away.
            for (var j = 0; begin == 0 && j < features; j++)
                origin[j] = rows.Dense(0)[j];
            for (; position < begin + rows.Rows; position += stride)
                total += AddMoments(rows, (int)((long)position - begin), origin, sums, squares);
            begin += rows.Rows;
        }

        float[] means = new float[features], scales = new float[features];
        for (var j = 0; j < features; j++)
        {
            var shift = sums[j] / total;
            var mean = origin[j] + shift;
            var variance = Math.Max(0, squares[j] / total - shift * shift);
            if (variance <= ConstantFeature * ConstantFeature * mean * mean)
                variance = 0;
            means[j] = (float)mean;

            // A constant feature has nothing to teach: scaled up, the rounding of its large mean would pass for a gradient.
            scales[j] = (float)(variance > 0 ? 1 / Math.Sqrt(variance + l2 / curvature) : 1 / (1 + Math.Abs(mean)));
        }

        return new FeatureScaling(means, scales);
    }

    /// <summary>
    /// Adds a dense row to the weighted sums of deviations from <paramref name="origin"/> and their squares; returns its weight.
    /// </summary>
    private static unsafe double AddMoments(RowSet rows, int row, double[] origin, double[] sums, double[] squares)
    {
        double weight = rows.Weight(row);
        var x = new ReadOnlySpan<float>(rows.Dense(row), sums.Length);
        for (var j = 0; j < x.Length; j++)
        {
            var deviation = x[j] - origin[j];
            sums[j] += weight * deviation;
            squares[j] += weight * deviation * deviation;
        }

        return weight;
    }

    private static FeatureScaling OfSparse(IEnumerable<RowSet> chunks, RowSummary summary)
    {
        var moments = new double[summary.Features];
        foreach (var rows in chunks)
        {
            foreach (var block in rows.Blocks)
                AddSquares(block, summary.TotalWeight, moments);
        }

        var floor = MomentFloor(moments);
        var scales = new float[summary.Features];
        for (var j = 0; j < scales.Length; j++)
            scales[j] = moments[j] + floor > 0 ? (float)(1 / Math.Sqrt(moments[j] + floor)) : 1;
        return new FeatureScaling(new float[summary.Features], scales);
    }

    private static void AddSquares(RowBlock block, double totalWeight, double[] moments)
    {
        for (var r = 0; r < block.Rows; r++)
        {
            var share = (block.Weights is null ? 1 : block.Weights[r]) / totalWeight;
            for (var i = block.RowStarts![r]; i < block.RowStarts[r + 1]; i++)
                moments[block.Indices![i]] += share * block.Values[i] * block.Values[i];
        }
    }

    /// <summary>
    /// The smallest f for which rows scaled by <c>1 / sqrt(E[x_j^2] + f)</c> have a mean squared norm, <c>sum_j E[x_j^2] / (E[x_j^2] +
    /// f)</c> (the effective dimension of ridge regression), of at most <see cref="LargestRowNorm"/>: without it, every rare feature
    /// would add 1, and the noise of a step would grow with the vocabulary.
    /// </summary>
    private static double MomentFloor(double[] moments)
    {
        double SquaredNorm(double floor) => moments.Sum(moment => moment == 0 ? 0 : moment / (moment + floor));
        if (SquaredNorm(0) <= LargestRowNorm)
            return 0;
        // With every feature's share at most moment / f, the sum's bound gives an f that is large enough.
        var high = moments.Sum() / LargestRowNorm;
        var low = high;
        while (SquaredNorm(low) <= LargestRowNorm)
            low /= 2;
        for (var i = 0; i < 20; i++)
        {
            var middle = Math.Sqrt(low * high);
            if (SquaredNorm(middle) > LargestRowNorm)
                low = middle;
            else
                high = middle;
        }

        return high;
    }
}
