using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>The arithmetic of one softmax loss for one row.</summary>
internal interface ISoftmaxKernel
{
    /// <summary>The loss in nats, and its gradient with respect to the logits.</summary>
    double LossAndGradient<T, TTarget>(ReadOnlySpan<T> logits, TTarget target, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TTarget : struct, ITargetRow, allows ref struct;
}

/// <summary>
/// One row's target distribution p over the classes. Hard and soft labels go through the same arithmetic, so that a
/// one-hot soft label gives the same bits as the hard label.
/// </summary>
internal interface ITargetRow
{
    /// <summary>The only class with any probability, or -1 where that is not known beforehand.</summary>
    int OnlyClass { get; }

    /// <summary>p_k.</summary>
    double this[int k] { get; }
}

/// <summary>A hard label: all the probability on one class.</summary>
internal readonly struct HardRow(int label) : ITargetRow
{
    public int OnlyClass => label;

    public double this[int k] => k == label ? 1 : 0;
}

/// <summary>A soft label: a probability for each class.</summary>
internal readonly ref struct SoftRow<T>(ReadOnlySpan<T> probabilities) : ITargetRow
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> _probabilities = probabilities;

    public int OnlyClass => -1;

    public double this[int k] => double.CreateTruncating(_probabilities[k]);
}

/// <summary>One row through a softmax loss: checks the target, recognises a row without a label, then runs the kernel.</summary>
internal static class SoftmaxRow
{
    /// <summary>How far from 1 a soft label may sum: labels written with three digits pass, counts do not.</summary>
    private const double SumTolerance = 1e-3;

    /// <summary>The loss and gradient of a row.</summary>
    public static double LossAndGradient<TKernel, T>(TKernel kernel, ReadOnlySpan<T> logits, RowTarget target, Span<T> gradient)
        where TKernel : struct, ISoftmaxKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        LossAndGradient(kernel, logits, target.ClassIndex, target.Vector, gradient);

    /// <summary>The loss and gradient for a hard label, or for a soft one where <paramref name="soft"/> is not empty.</summary>
    public static double LossAndGradient<TKernel, T, TSoft>(
        TKernel kernel, ReadOnlySpan<T> logits, int label, ReadOnlySpan<TSoft> soft, Span<T> gradient)
        where TKernel : struct, ISoftmaxKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSoft : unmanaged, IBinaryFloatingPointIeee754<TSoft>
    {
        LossErrors.IfNotARowAndItsGradient(logits, gradient);
        if (!HasLabel(label, soft, logits.Length))
        {
            gradient.Clear();
            return 0;
        }

        return soft.IsEmpty
            ? kernel.LossAndGradient(logits, new HardRow(label), gradient)
            : kernel.LossAndGradient(logits, new SoftRow<TSoft>(soft), gradient);
    }

    /// <summary>The weight of the target's class, 1 without class weights; 0 for a row without a label.</summary>
    public static double TargetWeight(RowTarget target, ReadOnlySpan<double> classWeights)
    {
        // Without class weights every class that the logits may have weighs 1.
        var classes = !target.IsClass ? target.Vector.Length : classWeights.IsEmpty ? int.MaxValue : classWeights.Length;
        if (!HasLabel(target.ClassIndex, target.Vector, classes))
            return 0;
        return target.IsClass
            ? WeightOf(new HardRow(target.ClassIndex), classes, classWeights)
            : WeightOf(new SoftRow<float>(target.Vector), classes, classWeights);
    }

    /// <summary>The true class's weight; for a soft label the expected one, sum_k p_k w_k; 1 without weights.</summary>
    public static double WeightOf<TTarget>(TTarget target, int classes, ReadOnlySpan<double> classWeights)
        where TTarget : struct, ITargetRow, allows ref struct
    {
        if (classWeights.IsEmpty)
            return 1;
        Throw.IfLengthsDiffer(classes, classWeights.Length, "logits", nameof(classWeights));
        if (target.OnlyClass >= 0)
            return classWeights[target.OnlyClass];
        double weight = 0;
        for (var k = 0; k < classes; k++)
            weight += target[k] * classWeights[k];
        return weight;
    }

    /// <summary>Whether there is a label: a class that is not negative, or a distribution.</summary>
    public static bool HasLabel<TSoft>(int label, ReadOnlySpan<TSoft> soft, int classes)
        where TSoft : unmanaged, IBinaryFloatingPointIeee754<TSoft>
    {
        if (!soft.IsEmpty)
            return HasDistribution(soft, classes);
        if (label >= classes)
            LossErrors.LabelOutOfRange(label, classes);
        return label >= 0;
    }

    private static bool HasDistribution<TSoft>(ReadOnlySpan<TSoft> soft, int classes)
        where TSoft : unmanaged, IBinaryFloatingPointIeee754<TSoft>
    {
        Throw.IfLengthsDiffer(classes, soft.Length, "logits", "target");
        double sum = 0;
        foreach (var p in soft)
        {
            if (!(p >= TSoft.Zero))
                return false;
            sum += double.CreateTruncating(p);
        }

        if (sum == 0)
            return false;
        if (!(Math.Abs(sum - 1) <= SumTolerance))
            LossErrors.SoftLabelDoesNotSumToOne(sum, "target");
        return true;
    }
}
