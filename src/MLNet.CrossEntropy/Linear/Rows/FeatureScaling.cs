using System.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The centre m and scale s of each feature: solvers work in the coordinates <c>x' = s (x - m)</c>, in which every direction of the
/// objective is about equally curved, while rows and returned weights stay raw (<c>W = s W'</c>, <c>b = b' - sum_j m_j W_j</c>).
/// </summary>
/// <remarks>
/// The curvature of coordinate j is at most <c>c E(x_j - m_j)^2 + l2</c>, where c bounds the loss's second derivative, so
/// <c>s_j = 1 / sqrt(E(x_j - m_j)^2 + l2 / c)</c>: a diagonal (Jacobi) preconditioner. It changes the path, not the optimum. Where a few
/// values far out are all of the mean square, it would hide what the feature says of the other rows: there are two scales then, see
/// <see cref="Scales"/>.
/// </remarks>
internal sealed class FeatureScaling
{
    /// <summary>The mean squared norm that scaled sparse rows may have.</summary>
    internal const double LargestRowNorm = 64;

    // A value this many times the ordinary spread away is worth a warning.
    private const double FarOut = 1_000;

    // What is smaller than its inverse is no variation that float weights could make up for; the square of a larger one is no float.
    private const double LargestScale = 1e18;

    private FeatureScaling(float[] means, float[] scales, float[] stepScales)
    {
        Means = means;
        Scales = scales;
        StepScales = stepScales;
    }

    /// <summary>The centre of each feature.</summary>
    public float[] Means { get; }

    /// <summary>
    /// The scale of each feature by its ordinary values, for second-order methods, which ask for no scale, but for one that is about the
    /// feature's own in nearly all rows.
    /// </summary>
    public float[] Scales { get; }

    /// <summary>The scale of each feature by its mean square, for gradient steps, which no row may blow up.</summary>
    public float[] StepScales { get; }

    /// <summary>The features with values absurdly far from all others, the farthest first.</summary>
    public IReadOnlyList<FarOutFeature> FarOutFeatures { get; private init; } = [];

    /// <summary>The mean square of each feature's ordinary values around its centre; empty where nobody has looked.</summary>
    public double[] Squares { get; private init; } = [];

    /// <summary>Centre and scales for dense rows; for sparse rows only scales, so that zeros stay zeros.</summary>
    /// <param name="chunks">The rows, which are gone through once.</param>
    /// <param name="summary">Their summary.</param>
    /// <param name="shares">Of a cluster, the rows of all ranks; else null.</param>
    public static FeatureScaling Of(IEnumerable<RowSet> chunks, RowSummary summary, RowShares? shares = null)
    {
        var moments = FeatureMoments.Of(chunks, summary, shares);
        var stepScales = Scale(moments.MeanSquares);
        var scales = moments.Ordinary.AsSpan().SequenceEqual(moments.MeanSquares) ? stepScales : Scale(moments.Ordinary);
        var farOut = moments.Farthest.Select((distance, j) => new FarOutFeature(j, distance)).Where(value => value.Distance > FarOut);
        return new FeatureScaling(moments.Means, scales, stepScales)
        {
            FarOutFeatures = [.. farOut.OrderByDescending(value => value.Distance)],
            Squares = moments.Ordinary,
        };

        float[] Scale(double[] squares)
        {
            var floor = summary.IsSparse ? MomentFloor(squares) : 0;
            return [.. squares.Select((square, j) => ScaleOf(square, floor, moments.Means[j]))];
        }
    }

    /// <summary>No rescaling at all.</summary>
    public static FeatureScaling None(int features)
    {
        float[] ones = [.. Enumerable.Repeat(1f, features)];
        return new FeatureScaling(new float[features], ones, ones);
    }

    /// <summary>Writes a dense row in scaled coordinates, those of <see cref="Scales"/>.</summary>
    public void Scale(ReadOnlySpan<float> row, Span<float> scaled)
    {
        var j = 0;
        for (; j <= scaled.Length - Vector<float>.Count; j += Vector<float>.Count)
        {
            var centred = new Vector<float>(row[j..]) - new Vector<float>(Means, j);
            (new Vector<float>(Scales, j) * centred).CopyTo(scaled[j..]);
        }

        for (; j < scaled.Length; j++)
            scaled[j] = Scales[j] * (row[j] - Means[j]);
    }

    /// <summary>
    /// The same, where the penalty adds to the curvature c of the weights: <c>1 / sqrt(1 / s^2 + l2 / c)</c>, of one on scaled weights
    /// <c>s / sqrt(1 + l2 / c)</c>; the latter of sparse rows, whose penalties are lazy, takes none of it.
    /// </summary>
    public FeatureScaling WithPenalty(FitPlan plan, bool isSparse)
    {
        var isOfScaled = plan.PenaltyShares is not null;
        var added = plan.L2 / plan.Loss.Curvature;
        if (!plan.Standardize || added == 0 || (isOfScaled && isSparse))
            return this;
        var scales = Add(Scales);
        return new(Means, scales, StepScales == Scales ? scales : Add(StepScales)) { FarOutFeatures = FarOutFeatures, Squares = Squares };

        float[] Add(float[] scales) => [.. scales
            .Select(scale => (float)(scale / Math.Sqrt(1 + (isOfScaled ? 1 : (double)scale * scale) * added)))];
    }

    /// <summary>
    /// The scale of a feature. One of a single value has nothing to teach: scaled up, the rounding of its large mean would pass for a
    /// gradient.
    /// </summary>
    private static float ScaleOf(double square, double floor, double mean) =>
        (float)(square > 0 ? Math.Min(LargestScale, 1 / Math.Sqrt(square + floor)) : 1 / Math.Max(1 + Math.Abs(mean), Math.Sqrt(floor)));

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

/// <summary>A feature that has a value absurdly far from all others.</summary>
/// <param name="Feature">Which.</param>
/// <param name="Distance">How far from the centre, in ordinary standard deviations.</param>
internal readonly record struct FarOutFeature(int Feature, double Distance);
