namespace MLNet.CrossEntropy.Optimization;

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

    private FeatureScaling(float[] means, float[] scales)
    {
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

    /// <summary>Centre and scale for dense rows; for sparse rows only a scale, by the root mean square, so that zeros stay zeros.</summary>
    public static FeatureScaling Of(RowSet rows, double l2, double curvature) =>
        rows.IsSparse ? OfSparse(rows) : OfDense(rows, l2, curvature);

    private static unsafe FeatureScaling OfDense(RowSet rows, double l2, double curvature)
    {
        var features = rows.Features;
        double[] sums = new double[features], squares = new double[features], origin = new double[features];
        // Sums are taken around the first row, so that a large mean does not cancel the variance away.
        for (var j = 0; j < features; j++)
            origin[j] = rows.Dense(0)[j];
        var total = 0.0;
        var stride = Math.Max(1, (double)rows.Rows / SampleRows);
        for (var position = 0.0; position < rows.Rows; position += stride)
        {
            var row = (int)position;
            double weight = rows.Weight(row);
            var x = new ReadOnlySpan<float>(rows.Dense(row), features);
            total += weight;
            for (var j = 0; j < features; j++)
            {
                var deviation = x[j] - origin[j];
                sums[j] += weight * deviation;
                squares[j] += weight * deviation * deviation;
            }
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

    private static FeatureScaling OfSparse(RowSet rows)
    {
        var moments = new double[rows.Features];
        foreach (var block in rows.Blocks)
        {
            for (var r = 0; r < block.Rows; r++)
            {
                var share = (block.Weights is null ? 1 : block.Weights[r]) / rows.TotalWeight;
                for (var i = block.RowStarts![r]; i < block.RowStarts[r + 1]; i++)
                    moments[block.Indices![i]] += share * block.Values[i] * block.Values[i];
            }
        }

        var floor = MomentFloor(moments);
        var scales = new float[rows.Features];
        for (var j = 0; j < scales.Length; j++)
            scales[j] = moments[j] + floor > 0 ? (float)(1 / Math.Sqrt(moments[j] + floor)) : 1;
        return new FeatureScaling(new float[rows.Features], scales);
    }

    /// <summary>
    /// The smallest f for which rows scaled by <c>1 / sqrt(E[x_j^2] + f)</c> have a mean squared norm, <c>sum_j E[x_j^2] / (E[x_j^2] + f)</c>
    /// (the effective dimension of ridge regression), of at most <see cref="LargestRowNorm"/>: without it, every rare
    /// feature would add 1, and the noise of a step would grow with the vocabulary.
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
