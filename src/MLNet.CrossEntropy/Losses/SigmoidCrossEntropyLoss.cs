using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Sigmoid cross-entropy, for one yes-or-no output or K independent ones (multi-label), summed over the outputs:
/// l = max(z, 0) - z y + log1p(exp(-|z|)) nats, dl/dz = sigmoid(z) - y. A positive weight c multiplies what a positive
/// costs: l = c y softplus(-z) + (1 - y) softplus(z). With label smoothing a the target becomes (1 - a) y + a/2.
/// Class weights multiply the whole loss of one output: by the weight of a 0 or of a 1.
/// A hard label on one output is its 0 or 1; on several it is the only output that is on. A NaN cell counts for nothing.
/// </summary>
internal sealed class SigmoidCrossEntropyLoss : LogitLoss
{
    private readonly double[] _positiveWeights;
    private readonly double[] _classWeights;

    /// <summary>Creates the loss.</summary>
    /// <param name="labelSmoothing">a, in [0, 1].</param>
    /// <param name="positiveWeights">c: one finite weight of at least 0 for each output, or one for all; null for 1 each.</param>
    /// <param name="classWeights">The weights of a 0 and of a 1, for one output; null for 1 each. Unlike c they enter what a mean is
    /// divided by.</param>
    /// <exception cref="ArgumentOutOfRangeException">The smoothing or a weight is out of range.</exception>
    public SigmoidCrossEntropyLoss(
        double labelSmoothing = 0, IReadOnlyList<double>? positiveWeights = null, IReadOnlyList<double>? classWeights = null)
    {
        LabelSmoothing = Throw.IfNotInUnitInterval(labelSmoothing, nameof(labelSmoothing));
        _positiveWeights = Throw.IfAnyNegativeOrNotFinite(positiveWeights, nameof(positiveWeights));
        _classWeights = SigmoidRow.CheckClassWeights(classWeights, nameof(classWeights));
    }

    /// <summary>a, in [0, 1]; 0 for none.</summary>
    public double LabelSmoothing { get; }

    /// <summary>c: one weight for each output, or one for all; empty for 1 each.</summary>
    public IReadOnlyList<double> PositiveWeights => _positiveWeights;

    /// <summary>The weights of a 0 and of a 1; empty for 1 each.</summary>
    public IReadOnlyList<double> ClassWeights => _classWeights;

    /// <inheritdoc/>
    public override string Name => "sigmoid cross-entropy";

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient) =>
        SigmoidRow.LossAndGradient(KernelFor(logits.Length), logits, target, _classWeights, gradient);

    /// <inheritdoc/>
    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient) =>
        SigmoidRow.LossAndGradient(KernelFor(logits.Length), logits, target, _classWeights, gradient);

    /// <inheritdoc/>
    public override double TargetWeight(RowTarget target) => SigmoidRow.TargetWeight(target, _classWeights);

    /// <inheritdoc/>
    internal override LogitLoss WithClassWeights(IReadOnlyList<double> weights) =>
        new SigmoidCrossEntropyLoss(LabelSmoothing, _positiveWeights, weights);

    /// <inheritdoc/>
    internal override LogitLoss LogLoss =>
        LabelSmoothing == 0 ? this : new SigmoidCrossEntropyLoss(0, _positiveWeights, _classWeights);

    /// <inheritdoc/>
    internal override double Curvature => 0.25 * Math.Max(1, _positiveWeights.DefaultIfEmpty(1).Max());

    /// <inheritdoc/>
    internal override bool HasCurvature => true;

    /// <summary><c>w (1 - s + c s) sigmoid(z) sigmoid(-z)</c> in each cell that has a label, s being the smoothed target.</summary>
    internal override void CurvatureTerms(ReadOnlySpan<float> logits, RowTarget target, Span<float> terms)
    {
        var rowWeight = _classWeights.Length == 0 ? 1 : SigmoidRow.WeightOf(target, logits.Length, _classWeights);
        for (var k = 0; k < logits.Length; k++)
        {
            var y = SigmoidRow.Cell(target, k, logits.Length);
            float decay = MathF.Exp(-Math.Abs(logits[k])), slope = decay / ((1 + decay) * (1 + decay));
            var smoothed = (1 - LabelSmoothing) * y + LabelSmoothing / 2;
            var weight = 1 - smoothed + smoothed * (_positiveWeights.Length == 0 ? 1 : _positiveWeights[k % _positiveWeights.Length]);
            terms[k] = double.IsNaN(y) ? 0 : (float)(rowWeight * weight * slope);
        }
    }

    /// <inheritdoc/>
    internal override bool HasIndependentOutputs => true;

    /// <summary>The outputs are independent.</summary>
    internal override void CurvatureProduct(ReadOnlySpan<float> terms, Span<float> direction) => SpanMath.Multiply(terms, direction);

    /// <inheritdoc/>
    internal override void CurvatureDiagonal(ReadOnlySpan<float> terms, Span<float> diagonal) => terms.CopyTo(diagonal);

    /// <inheritdoc/>
    internal override void PriorLogits(ReadOnlySpan<double> meanTargets, Span<double> logits) =>
        IndependentPriorLogits(meanTargets, logits);

    /// <inheritdoc/>
    internal override bool TryHardLabels(HardLabelRows rows)
    {
        if (!HasRows(rows.Outputs))
            return false;
        SigmoidCrossEntropyRows.Compute(rows, WeightsOfRows);
        return true;
    }

    /// <inheritdoc/>
    internal override bool TryHardLabelTerms(ReadOnlySpan<int> labels, ReadOnlySpan<float> logits, Span<float> terms)
    {
        if (!HasRows(logits.Length / labels.Length))
            return false;
        SigmoidCrossEntropyRows.ComputeTerms(labels, logits, WeightsOfRows, terms);
        return true;
    }

    private SigmoidCrossEntropyRows.Weights WeightsOfRows
    {
        get
        {
            (var negative, var positive) = _classWeights.Length == 0 ? (1, 1) : (_classWeights[0], _classWeights[1]);
            var cost = positive * (_positiveWeights.Length == 0 ? 1 : _positiveWeights[0]);
            return new((float)negative, (float)positive, (float)cost);
        }
    }

    /// <summary>Whether <see cref="SigmoidCrossEntropyRows"/> is this loss.</summary>
    private bool HasRows(int outputs) => LabelSmoothing == 0 && outputs == 1 && _positiveWeights.Length <= 1;

    private SigmoidCrossEntropyKernel KernelFor(int outputs)
    {
        if (_positiveWeights.Length > 1)
            Throw.IfLengthsDiffer(outputs, _positiveWeights.Length, "logits", "positiveWeights");
        return new(LabelSmoothing, _positiveWeights);
    }
}

/// <summary>
/// Sigmoid cross-entropy of one cell: l = c s softplus(-z) + (1 - s) softplus(z), dl/dz = (1 - s) sigmoid(z) - c s sigmoid(-z),
/// where s = (1 - a) y + a/2 is the smoothed target and c the weight of a positive. With c = 1 that is
/// max(z, 0) - z s + log1p(exp(-|z|)) and sigmoid(z) - s.
/// </summary>
internal readonly ref struct SigmoidCrossEntropyKernel(double smoothing, ReadOnlySpan<double> positiveWeights) : ISigmoidKernel
{
    private readonly ReadOnlySpan<double> _positiveWeights = positiveWeights;

    public CellLoss At(int cell, double logit, double target)
    {
        var terms = new LogisticTerms(logit);
        var smoothed = (1 - smoothing) * target + smoothing / 2;
        double positive = smoothed * PositiveWeight(cell), negative = 1 - smoothed;
        return new CellLoss(
            StableMath.ZeroOrProduct(positive, terms.Surprisal) + StableMath.ZeroOrProduct(negative, terms.ComplementSurprisal),
            negative * terms.Probability - positive * terms.Complement);
    }

    private double PositiveWeight(int cell) => _positiveWeights.IsEmpty ? 1 : _positiveWeights[cell % _positiveWeights.Length];
}

/// <summary>
/// Sigmoid cross-entropy of one output with labels 0 and 1, a row in each lane of a vector: with t the logit for a 1 and its negative for
/// a 0, l = w softplus(-t) = w (max(-t, 0) + log1p(exp(-|t|))) and dl/dt = -w sigmoid(-t), w being the weight of the label.
/// </summary>
internal static unsafe class SigmoidCrossEntropyRows
{
    private const int Lanes = 8;

    /// <summary>What rows weigh.</summary>
    /// <param name="Negative">The class weight of a 0.</param>
    /// <param name="Positive">The class weight of a 1, as it enters a mean's divisor.</param>
    /// <param name="PositiveCost">What the loss of a 1 is multiplied by: the class weight times the positive weight.</param>
    public readonly record struct Weights(float Negative, float Positive, float PositiveCost);

    /// <summary>Computes all rows, of one output each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(HardLabelRows rows, Weights weights)
    {
        rows.Check();
        var count = rows.Labels.Length;
        fixed (int* labels = rows.Labels)
        fixed (float* logits = rows.Logits, slopes = rows.Gradients, targetWeights = rows.TargetWeights)
        fixed (double* losses = rows.Losses)
        {
            var row = 0;
            for (; row <= count - Lanes; row += Lanes)
                ComputeLanes(labels + row, logits + row, weights, slopes + row, losses + row, targetWeights + row);
            if (row == count)
                return;
            var rest = count - row;
            var someLabels = stackalloc int[Lanes];
            float* someLogits = stackalloc float[Lanes], someSlopes = stackalloc float[Lanes], someWeights = stackalloc float[Lanes];
            var someLosses = stackalloc double[Lanes];
            rows.Labels[row..].CopyTo(new Span<int>(someLabels, Lanes));
            rows.Logits[row..].CopyTo(new Span<float>(someLogits, Lanes));
            ComputeLanes(someLabels, someLogits, weights, someSlopes, someLosses, someWeights);
            new Span<float>(someSlopes, rest).CopyTo(rows.Gradients[row..]);
            new Span<double>(someLosses, rest).CopyTo(rows.Losses[row..]);
            new Span<float>(someWeights, rest).CopyTo(rows.TargetWeights[row..]);
        }
    }

    /// <summary>The <see cref="LogitLoss.CurvatureTerms"/> of all rows, of one output each: <c>w sigmoid(t) sigmoid(-t)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeTerms(ReadOnlySpan<int> labels, ReadOnlySpan<float> logits, Weights weights, Span<float> terms)
    {
        var row = 0;
        for (; row <= labels.Length - Lanes; row += Lanes)
            Terms(Vector256.Create(labels[row..]), Vector256.Create(logits[row..]), weights).CopyTo(terms[row..]);
        if (row == labels.Length)
            return;
        Span<int> someLabels = stackalloc int[Lanes];
        Span<float> some = stackalloc float[Lanes];
        labels[row..].CopyTo(someLabels);
        logits[row..].CopyTo(some);
        Terms(Vector256.Create<int>(someLabels), Vector256.Create<float>(some), weights).CopyTo(some);
        some[..(labels.Length - row)].CopyTo(terms[row..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ComputeLanes(int* labels, float* logits, Weights weights, float* slopes, double* losses, float* targetWeights)
    {
        var label = Vector256.Load(labels);
        if (Vector256.GreaterThanAny(label, Vector256<int>.One))
            Refuse(label);
        var sign = Vector256.ConditionalSelect(IsPositive(label), Vector256<float>.One, -Vector256<float>.One);
        var weight = Weight(label, weights.Negative, weights.PositiveCost);
        // A row of weight 0, such as one without a label, counts for nothing, whatever its logit.
        var counts = Vector256.GreaterThan(weight, Vector256<float>.Zero);
        var t = sign * Vector256.Load(logits);
        var term = VectorMath.Exp(-Vector256.Abs(t));
        var larger = weight / (Vector256<float>.One + term);
        var slope = Vector256.ConditionalSelect(Vector256.GreaterThan(t, Vector256<float>.Zero), larger * term, larger);
        (-sign * slope & counts).Store(slopes);
        var (lower, upper) = Vector256.Widen(weight * (Vector256.Max(-t, Vector256<float>.Zero) + VectorMath.Log1P(term)) & counts);
        lower.Store(losses);
        upper.Store(losses + Vector256<double>.Count);
        Weight(label, weights.Negative, weights.Positive).Store(targetWeights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Terms(Vector256<int> label, Vector256<float> logit, Weights weights)
    {
        var weight = Weight(label, weights.Negative, weights.PositiveCost);
        var term = VectorMath.Exp(-Vector256.Abs(logit));
        var sum = Vector256<float>.One + term;
        return weight * (term / (sum * sum)) & Vector256.GreaterThan(weight, Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Weight(Vector256<int> label, float negative, float positive) => Vector256.AndNot(
        Vector256.ConditionalSelect(IsPositive(label), Vector256.Create(positive), Vector256.Create(negative)), IsMissing(label));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> IsPositive(Vector256<int> label) => Vector256.Equals(label, Vector256<int>.One).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> IsMissing(Vector256<int> label) => Vector256.LessThan(label, Vector256<int>.Zero).AsSingle();

    private static void Refuse(Vector256<int> labels)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (labels[lane] > 1)
                LossErrors.LabelOutOfRange(labels[lane], 2);
        }
    }
}
