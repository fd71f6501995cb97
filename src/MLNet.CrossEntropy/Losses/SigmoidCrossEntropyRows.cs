using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Sigmoid cross-entropy of one output with labels 0 and 1, a row in each lane of a vector: with t the logit for a 1 and its negative for a 0,
/// l = w softplus(-t) = w (max(-t, 0) + log1p(exp(-|t|))) and dl/dt = -w sigmoid(-t), w being the weight of a positive or 1.
/// </summary>
internal static unsafe class SigmoidCrossEntropyRows
{
    private const int Lanes = 8;

    /// <summary>Computes all rows, of one output each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(HardLabelRows rows, float positiveWeight)
    {
        var count = rows.Labels.Length;
        fixed (int* labels = rows.Labels)
        fixed (float* logits = rows.Logits, slopes = rows.Gradients, targetWeights = rows.TargetWeights)
        fixed (double* losses = rows.Losses)
        {
            var row = 0;
            for (; row <= count - Lanes; row += Lanes)
                ComputeLanes(labels + row, logits + row, positiveWeight, slopes + row, losses + row, targetWeights + row);
            if (row == count)
                return;
            var rest = count - row;
            var someLabels = stackalloc int[Lanes];
            float* someLogits = stackalloc float[Lanes], someSlopes = stackalloc float[Lanes], someWeights = stackalloc float[Lanes];
            var someLosses = stackalloc double[Lanes];
            rows.Labels[row..].CopyTo(new Span<int>(someLabels, Lanes));
            rows.Logits[row..].CopyTo(new Span<float>(someLogits, Lanes));
            ComputeLanes(someLabels, someLogits, positiveWeight, someSlopes, someLosses, someWeights);
            new Span<float>(someSlopes, rest).CopyTo(rows.Gradients[row..]);
            new Span<double>(someLosses, rest).CopyTo(rows.Losses[row..]);
            new Span<float>(someWeights, rest).CopyTo(rows.TargetWeights[row..]);
        }
    }

    /// <summary>The <see cref="LogitLoss.CurvatureTerms"/> of all rows, of one output each: <c>w sigmoid(t) sigmoid(-t)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ComputeTerms(ReadOnlySpan<int> labels, ReadOnlySpan<float> logits, float positiveWeight, Span<float> terms)
    {
        var row = 0;
        for (; row <= labels.Length - Lanes; row += Lanes)
            Terms(Vector256.Create(labels[row..]), Vector256.Create(logits[row..]), positiveWeight).CopyTo(terms[row..]);
        if (row == labels.Length)
            return;
        Span<int> someLabels = stackalloc int[Lanes];
        Span<float> some = stackalloc float[Lanes];
        labels[row..].CopyTo(someLabels);
        logits[row..].CopyTo(some);
        Terms(Vector256.Create<int>(someLabels), Vector256.Create<float>(some), positiveWeight).CopyTo(some);
        some[..(labels.Length - row)].CopyTo(terms[row..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ComputeLanes(int* labels, float* logits, float positiveWeight, float* slopes, double* losses, float* targetWeights)
    {
        var label = Vector256.Load(labels);
        if (Vector256.GreaterThanAny(label, Vector256<int>.One))
            Refuse(label);
        var sign = Vector256.ConditionalSelect(IsPositive(label), Vector256<float>.One, -Vector256<float>.One);
        var weight = Weight(label, positiveWeight);
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
        Vector256.AndNot(Vector256<float>.One, IsMissing(label)).Store(targetWeights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Terms(Vector256<int> label, Vector256<float> logit, float positiveWeight)
    {
        var weight = Weight(label, positiveWeight);
        var term = VectorMath.Exp(-Vector256.Abs(logit));
        var sum = Vector256<float>.One + term;
        return weight * (term / (sum * sum)) & Vector256.GreaterThan(weight, Vector256<float>.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Weight(Vector256<int> label, float positiveWeight) =>
        Vector256.AndNot(Vector256.ConditionalSelect(IsPositive(label), Vector256.Create(positiveWeight), Vector256<float>.One), IsMissing(label));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> IsPositive(Vector256<int> label) => Vector256.Equals(label, Vector256<int>.One).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> IsMissing(Vector256<int> label) => Vector256.LessThan(label, Vector256<int>.Zero).AsSingle();

    private static void Refuse(Vector256<int> labels)
    {
        for (var lane = 0; lane < Lanes; lane++)
        {
            if (labels[lane] > 1)
                Throw.LabelOutOfRange(labels[lane], 2);
        }
    }
}
