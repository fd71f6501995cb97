using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Softmax cross-entropy, for one label out of K: l = w (LSE(z) - sum_k p_k z_k) nats, dl/dz = w (softmax(z) - p).
/// The target p is a class or a distribution; with label smoothing a it becomes (1 - a) p + a/K (Szegedy et al. 2016,
/// "Rethinking the Inception architecture", section 7). w is the weight of the true class and multiplies the whole
/// smoothed loss; for a soft label it is the expected weight sum_k p_k w_k.
/// </summary>
internal sealed class SoftmaxCrossEntropyLoss : LogitLoss
{
    private readonly double[] _classWeights;

    /// <summary>Creates the loss.</summary>
    /// <param name="labelSmoothing">a, in [0, 1].</param>
    /// <param name="classWeights">One finite weight of at least 0 for each class; null for 1 each.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing or a weight is out of range.</exception>
    public SoftmaxCrossEntropyLoss(double labelSmoothing = 0, IReadOnlyList<double>? classWeights = null)
    {
        LabelSmoothing = Throw.IfNotInUnitInterval(labelSmoothing, nameof(labelSmoothing));
        _classWeights = Throw.IfAnyNegativeOrNotFinite(classWeights, nameof(classWeights));
    }

    /// <summary>a, in [0, 1]; 0 for none.</summary>
    public double LabelSmoothing { get; }

    /// <summary>One weight for each class; empty for 1 each.</summary>
    public IReadOnlyList<double> ClassWeights => _classWeights;

    /// <inheritdoc/>
    public override string Name => "softmax cross-entropy";

    private SoftmaxCrossEntropyKernel Kernel => new(LabelSmoothing, _classWeights);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SoftmaxRow.LossAndGradient(Kernel, logits, target, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SoftmaxRow.LossAndGradient(Kernel, logits, target, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SoftmaxRow.TargetWeight(target, _classWeights);

    /// <inheritdoc/>
    internal override LogitLoss WithClassWeights(IReadOnlyList<double> weights) => new SoftmaxCrossEntropyLoss(LabelSmoothing, weights);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss => LabelSmoothing == 0 ? this : new SoftmaxCrossEntropyLoss(classWeights: _classWeights);

    /// <inheritdoc/>
    internal override bool TryHardLabels(HardLabelRows rows)
    {
        if (LabelSmoothing != 0 || !HasRows(rows.Outputs))
            return false;
        SoftmaxCrossEntropyRows.Compute(rows, _classWeights);
        return true;
    }

    /// <inheritdoc/>
    internal override bool TryHardLabelTerms(ReadOnlySpan<int> labels, ReadOnlySpan<float> logits, Span<float> terms)
    {
        if (!HasRows(logits.Length / labels.Length))
            return false;
        SoftmaxCrossEntropyRows.ComputeTerms(labels, logits, _classWeights, terms);
        return true;
    }

    /// <inheritdoc/>
    internal override bool HasCurvature => true;

    /// <summary><c>t = w q</c>, q being the softmax of z: the target, smoothed or not, has no part in it but its weight.</summary>
    internal override void CurvatureTerms(ReadOnlySpan<float> logits, RowTarget target, Span<float> terms)
    {
        StableMath.Softmax(logits, terms);
        SpanMath.Scale(terms, (float)TargetWeight(target));
    }

    /// <summary><c>w (q * v - q (q . v))</c>, which is <c>t * (v - t . v / w)</c> with <c>w = sum_k t_k</c>.</summary>
    internal override void CurvatureProduct(ReadOnlySpan<float> terms, Span<float> direction)
    {
        double sum = 0, mean = 0;
        for (var k = 0; k < terms.Length; k++)
        {
            sum += terms[k];
            mean += (double)terms[k] * direction[k];
        }

        // In double: what is left of a sure row's curvature are digits that floats do not have.
        var centre = sum > 0 ? mean / sum : 0;
        for (var k = 0; k < terms.Length; k++)
            direction[k] = (float)(terms[k] * (direction[k] - centre));
    }

    /// <summary>Whether <see cref="SoftmaxCrossEntropyRows"/> is for so many outputs.</summary>
    private bool HasRows(int outputs)
    {
        if (outputs is < 2 or > SoftmaxCrossEntropyRows.MostClasses)
            return false;
        if (_classWeights.Length > 0)
            Throw.IfLengthsDiffer(outputs, _classWeights.Length, "logits", "classWeights");
        return true;
    }

    /// <summary><c>w q_k q_l</c>.</summary>
    internal override void CurvaturePairs(ReadOnlySpan<float> terms, Span<float> pairs)
    {
        var sum = (float)SpanMath.Sum(terms);
        for (int k = 1, pair = 0; k < terms.Length; k++)
        {
            var share = sum > 0 ? terms[k] / sum : 0;
            for (var l = 0; l < k; l++)
                pairs[pair++] = share * terms[l];
        }
    }

    /// <summary><c>w q_k (1 - q_k)</c>.</summary>
    internal override void CurvatureDiagonal(ReadOnlySpan<float> terms, Span<float> diagonal)
    {
        var sum = SpanMath.Sum(terms);
        for (var k = 0; k < terms.Length; k++)
            diagonal[k] = sum > 0 ? (float)(terms[k] * ((sum - terms[k]) / sum)) : 0;
    }
}

/// <summary>
/// Softmax cross-entropy of one row: l = sum_k c_k (LSE(z) - z_k), dl/dz_k = C q_k - c_k with C = sum_k c_k, where
/// c_k = w s_k, s = (1 - a) p + a/K is the smoothed target and w the true class's weight (for a soft label the
/// expected one, sum_k p_k w_k).
/// </summary>
internal readonly ref struct SoftmaxCrossEntropyKernel(double smoothing, ReadOnlySpan<double> classWeights) : ISoftmaxKernel
{
    private readonly ReadOnlySpan<double> _classWeights = classWeights;

    public double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        SoftmaxTerms terms = SoftmaxTerms.Of(logits, gradient);
        var weight = SoftmaxRow.WeightOf(target, logits.Length, _classWeights);
        return target.OnlyClass >= 0 && smoothing == 0
            ? OneTerm(logits, target, terms, weight, gradient)
            : AllTerms(logits, target, terms, weight, gradient);
    }

    // A hard label without smoothing: the sums have one term each. The same bits as AllTerms would give.
    private double OneTerm<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, SoftmaxTerms terms, double weight, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        var k = target.OnlyClass;
        var coefficient = Coefficient(target, k, weight, logits.Length);
        var own = T.CreateTruncating(terms.Difference(k, double.CreateTruncating(gradient[k]), coefficient, coefficient));
        SpanMath.Scale(gradient, T.CreateTruncating(coefficient / terms.Sum));
        gradient[k] = own;
        return StableMath.ZeroOrProduct(coefficient, terms.Surprisal(double.CreateTruncating(logits[k])));
    }

    private double AllTerms<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, SoftmaxTerms terms, double weight, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct
    {
        var loss = new CompensatedSum();
        var total = new CompensatedSum();
        for (var k = 0; k < logits.Length; k++)
        {
            var coefficient = Coefficient(target, k, weight, logits.Length);
            loss.Add(StableMath.ZeroOrProduct(coefficient, terms.Surprisal(double.CreateTruncating(logits[k]))));
            total.Add(coefficient);
        }

        var scale = T.CreateTruncating(total.Value / terms.Sum);
        for (var k = 0; k < gradient.Length; k++)
        {
            var coefficient = Coefficient(target, k, weight, logits.Length);
            gradient[k] = coefficient == 0
                ? gradient[k] * scale
                : T.CreateTruncating(terms.Difference(k, double.CreateTruncating(gradient[k]), total.Value, coefficient));
        }

        return loss.Value;
    }

    private double Coefficient<TTarget>(TTarget target, int k, double weight, int classes)
        where TTarget : struct, ITargetRow, allows ref struct => weight * ((1 - smoothing) * target[k] + smoothing / classes);
}

/// <summary>
/// Softmax cross-entropy of rows with hard labels y, a row in each lane of a vector: l = w (log1p(o) + m - z_y) and
/// dl/dz = w (e / (1 + o) - p), with m the largest logit, e_k = exp(z_k - m) and o the sum of all e_k but the largest. The largest
/// is kept apart as in <see cref="SoftmaxTerms"/>: where it is the label's, its slope is -w o / (1 + o), which keeps its digits.
/// </summary>
internal static unsafe class SoftmaxCrossEntropyRows
{
    /// <summary>Rows of more classes are long enough for vectors along the row.</summary>
    public const int MostClasses = 64;

    private const int Lanes = 8;

    /// <summary>Computes all rows; there must be at most <see cref="MostClasses"/> classes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(HardLabelRows rows, ReadOnlySpan<double> classWeights)
    {
        rows.Check();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Outputs, MostClasses);
        var classes = rows.Outputs;
        var terms = stackalloc float[MostClasses * Lanes];
        float* targetLogits = stackalloc float[Lanes], weights = stackalloc float[Lanes];
        float* slopes = stackalloc float[Lanes], losses = stackalloc float[Lanes];
        for (var start = 0; start < rows.Labels.Length; start += Lanes)
        {
            var labels = rows.Labels.Slice(start, Math.Min(Lanes, rows.Labels.Length - start));
            Load(labels, rows.Logits[(start * classes)..], classes, classWeights, terms, targetLogits, weights);
            ComputeLanes(terms, classes, targetLogits, weights, slopes, losses);
            var gradients = rows.Gradients[(start * classes)..];
            Store(terms, labels.Length, classes, gradients);
            for (var lane = 0; lane < labels.Length; lane++)
            {
                if (labels[lane] >= 0)
                    gradients[lane * classes + labels[lane]] = slopes[lane];
                rows.Losses[start + lane] = losses[lane];
                rows.TargetWeights[start + lane] = weights[lane];
            }
        }
    }

    /// <summary>Computes the weighted probabilities <c>w q</c> of all rows, which are the terms of their curvature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeTerms(
        ReadOnlySpan<int> labels, ReadOnlySpan<float> logits, ReadOnlySpan<double> classWeights, Span<float> terms)
    {
        var classes = logits.Length / labels.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, MostClasses);
        var lanes = stackalloc float[MostClasses * Lanes];
        float* targetLogits = stackalloc float[Lanes], weights = stackalloc float[Lanes];
        float* slopes = stackalloc float[Lanes], losses = stackalloc float[Lanes];
        for (var start = 0; start < labels.Length; start += Lanes)
        {
            var some = labels.Slice(start, Math.Min(Lanes, labels.Length - start));
            Load(some, logits[(start * classes)..], classes, classWeights, lanes, targetLogits, weights);
            ComputeLanes(lanes, classes, targetLogits, weights, slopes, losses);
            Store(lanes, some.Length, classes, terms[(start * classes)..]);
        }
    }

    /// <summary>Turns up to as many rows as lanes into lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(
        ReadOnlySpan<int> labels,
        ReadOnlySpan<float> logits,
        int classes,
        ReadOnlySpan<double> classWeights,
        float* terms,
        float* targetLogits,
        float* weights)
    {
        fixed (float* from = logits[..(labels.Length * classes)])
        {
            for (var lane = 0; lane < Lanes; lane++)
            {
                // Lanes without a row repeat the last one.
                var row = Math.Min(lane, labels.Length - 1);
                for (var k = 0; k < classes; k++)
                    terms[k * Lanes + lane] = from[row * classes + k];
                var label = labels[row];
                if (label >= classes)
                    LossErrors.LabelOutOfRange(label, classes);
                targetLogits[lane] = from[row * classes + Math.Max(label, 0)];
                weights[lane] = label < 0 ? 0 : classWeights.IsEmpty ? 1 : (float)classWeights[label];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* terms, int rows, int classes, Span<float> destination)
    {
        fixed (float* to = destination[..(rows * classes)])
        {
            for (var row = 0; row < rows; row++)
            {
                for (var k = 0; k < classes; k++)
                    to[row * classes + k] = terms[k * Lanes + row];
            }
        }
    }

    /// <summary>
    /// The logits in <paramref name="terms"/> <c>[classes, lanes]</c> become the gradients of all classes but the label's.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ComputeLanes(float* terms, int classes, float* targetLogits, float* weights, float* slopes, float* losses)
    {
        var max = Vector256.Load(terms);
        for (var k = 1; k < classes; k++)
            max = Vector256.Max(max, Vector256.Load(terms + k * Lanes));

        Vector256<float> others = default, largest = default;
        for (var k = 0; k < classes; k++)
        {
            var logit = Vector256.Load(terms + k * Lanes);
            var term = VectorMath.Exp(logit - max);
            var isLargest = Vector256.Equals(logit, max);
            others += Vector256.AndNot(term, isLargest);
            largest += Vector256<float>.One & isLargest;
            term.Store(terms + k * Lanes);
        }

        // Of several largest, the first alone is the one kept apart.
        others += largest - Vector256<float>.One;
        var sum = Vector256<float>.One + others;
        Vector256<float> weight = Vector256.Load(weights), target = Vector256.Load(targetLogits);
        // A row of weight 0, such as one without a label, counts for nothing, whatever its logits.
        var counts = Vector256.GreaterThan(weight, Vector256<float>.Zero);
        var factor = weight / sum;
        for (var k = 0; k < classes; k++)
            (Vector256.Load(terms + k * Lanes) * factor & counts).Store(terms + k * Lanes);
        var slope = Vector256.ConditionalSelect(
            Vector256.Equals(target, max), -others * factor, VectorMath.Exp(target - max) * factor - weight);
        (slope & counts).Store(slopes);
        (weight * (max - target + VectorMath.Log1P(others)) & counts).Store(losses);
    }
}
