using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// A learning rate that needs no tuning, from the curvature of the objective. With c the bound of the loss's second derivative
/// in a logit, lambda the largest eigenvalue of the (scaled, centred) features' second moment and r the mean squared norm of
/// a row, the mean loss of a mini-batch of B rows has the expected smoothness <c>c (lambda + r / B)</c>
/// (Gower et al. 2019, "SGD: General Analysis and Improved Rates", section 3); a step of its inverse is safe. Momentum m
/// repeats a gradient 1 / (1 - m) times, which the sampling noise, but not the deterministic part, has to pay for.
/// </summary>
internal static unsafe class LearningRateRule
{
    private const int SampleRows = 512;
    private const int PowerIterations = 12;
    private const int TrialRows = 1_024;
    private const int FewestSteps = 64;
    private const int MostTrials = 10;
    private const double Growth = 4;

    // How much smaller than the largest stable one the step is kept where sampling noise, not curvature, limits it.
    private const double NoiseFactor = 2;

    /// <summary>The largest rate of the schedule for dense rows.</summary>
    public static double ForDense(RowSet rows, FeatureScaling scaling, double curvature, int batchSize, double momentum, int seed)
    {
        var drawn = Draw(rows.Rows, SampleRows, seed);
        var count = drawn.Length;
        var features = rows.Features;
        using var sample = new NativeBuffer<float>((long)count * features);
        using var pointers = new NativeBuffer<nint>(count);
        var meanSquaredNorm = 0.0;
        for (var i = 0; i < count; i++)
        {
            var x = rows.Values(drawn[i]);
            var scaled = sample.Span((long)i * features, features);
            var squared = 0.0;
            for (var j = 0; j < features; j++)
            {
                scaled[j] = scaling.StepScales[j] * (x[j] - scaling.Means[j]);
                squared += (double)scaled[j] * scaled[j];
            }

            meanSquaredNorm += squared / count;
            pointers[i] = (nint)sample.At((long)i * features, features);
        }

        // The mean squared norm is the sum of all eigenvalues; of the largest numbers power iteration may know less.
        var largest = LargestEigenvalue((float**)pointers.At(0, count), count, features) is var found && found <= meanSquaredNorm
            ? found : meanSquaredNorm;
        return Rate(curvature, largest, meanSquaredNorm, batchSize, momentum);
    }

    /// <summary>
    /// The largest rate of the schedule for sparse rows: norms bound the eigenvalue, which rare features make hard to sample.
    /// </summary>
    public static double ForSparse(RowSet rows, FeatureScaling scaling, double curvature)
    {
        var squaredNorms = 0.0;
        for (var i = 0; i < rows.Rows; i++)
        {
            var row = rows.Sparse(i);
            for (var e = 0; e < row.Length; e++)
            {
                double value = row.Values[e] * scaling.StepScales[row.Indices[e]];
                squaredNorms += value * value;
            }
        }

        return Rate(curvature, squaredNorms / rows.Rows, 0, 1, 0);
    }

    /// <summary>
    /// The rate found by trying: a pass over a few rows (or several, if that is few steps) at <paramref name="start"/>, which is
    /// multiplied as long as the objective of these rows ends lower, with a last look in between (after Bottou 2012, "Stochastic Gradient
    /// Descent Tricks", section 4.2). The step is left as it was.
    /// </summary>
    /// <remarks>
    /// For sparse rows the worst-case bound of <see cref="ForSparse"/> is orders of magnitude too small: rare features seldom meet, so
    /// steps along them hardly disturb each other. It is safe all the same: no smaller rate is tried. What counts is the objective that the
    /// steps minimise, on the rows that they have seen: on other rows a weak penalty lets the loss rise, however well the steps descend,
    /// and a few hundred of them tell rates apart by chance. The rate stays as it is during a trial, since that shows its noise, which a
    /// long fit has to bear most of the time. Rows are drawn by the seed, since their order may have a period.
    /// </remarks>
    public static double Search(SparseStep step, RowSet rows, int batchSize, double start, ElasticNet penalty, int seed)
    {
        var drawn = Draw(rows.Rows, TrialRows, seed);
        step.Save();
        var (best, least) = (start, Try(start));
        for (var trial = 0; trial < MostTrials && Try(Growth * best) is var objective && objective < least; trial++)
            (best, least) = (Growth * best, objective);
        var between = Math.Sqrt(Growth) * best;
        return Try(between) < least ? between : best;

        double Try(double rate)
        {
            for (var taken = 0; taken < FewestSteps;)
            {
                for (var from = 0; from < drawn.Length; from += batchSize, taken++)
                    step.Take(rows, Batch(from), rate);
            }

            CompensatedSum loss = default, weight = default;
            for (var from = 0; from < drawn.Length; from += batchSize)
            {
                var sums = step.TakeErrors(rows, Batch(from), isStep: false);
                loss.Add(sums.Loss);
                weight.Add(sums.Weight);
            }

            var objective = loss.Value / weight.Value + penalty.Value(step.Weights);
            step.Restore();
            return double.IsFinite(objective) ? objective : double.PositiveInfinity;
        }

        ReadOnlySpan<int> Batch(int from) => drawn.AsSpan(from, Math.Min(batchSize, drawn.Length - from));
    }

    /// <summary>At most so many of the rows, none twice, in random order.</summary>
    private static int[] Draw(int rows, int most, int seed)
    {
        var order = new RowOrder(rows, seed);
        order.NextEpoch();
        return order.Batch(0, Math.Min(rows, most)).ToArray();
    }

    // The bias is one more feature, always 1: it adds 1 to every row's squared norm and at most 1 to the eigenvalue.
    private static double Rate(double curvature, double eigenvalue, double meanSquaredNorm, int batchSize, double momentum) =>
        1 / (curvature * (eigenvalue + 1 + NoiseFactor * (meanSquaredNorm + 1) / (batchSize * (1 - momentum))));

    /// <summary>Power iteration on <c>X'X / n</c>; <paramref name="rows"/> point to n rows of X.</summary>
    private static double LargestEigenvalue(float** rows, int count, int features)
    {
        using var vector = new NativeBuffer<float>(features);
        using var image = new NativeBuffer<float>(count);
        // A start without symmetry, so that it is not orthogonal to the leading direction of tidy data.
        for (var j = 0; j < features; j++)
            vector[j] = 1 + 0.1f * (j % 7);
        var eigenvalue = 0.0;
        for (var iteration = 0; iteration < PowerIterations; iteration++)
        {
            var norm = Math.Sqrt(SumOfSquares(vector.Span(0, features)));
            if (norm == 0)
                return 0;
            foreach (ref var value in vector.Span(0, features))
                value /= (float)norm;
            image.Span(0, count).Clear();
            DenseForward.Accumulate(rows, count, features, vector.At(0, features), features, 1, image.At(0, count));
            eigenvalue = SumOfSquares(image.Span(0, count)) / count;
            DenseBackward.Compute(rows, count, 0, features, image.At(0, count), 1, vector.At(0, features), features);
        }

        return eigenvalue;
    }

    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += (double)value * value;
        return sum;
    }
}
