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

    /// <summary>The weight of the target's class.</summary>
    double TargetWeight<TTarget>(TTarget target, int classes)
        where TTarget : struct, ITargetRow, allows ref struct;
}

/// <summary>One row through a softmax loss: checks the target, recognises a row without a label, then runs the kernel.</summary>
internal static class SoftmaxRow
{
    /// <summary>How far from 1 a soft label may sum: labels written with three digits pass, counts do not.</summary>
    private const double SumTolerance = 1e-3;

    /// <summary>The loss and gradient for a hard label, or for a soft one where <paramref name="soft"/> is not empty.</summary>
    public static double LossAndGradient<TKernel, T, TSoft>(
        TKernel kernel, ReadOnlySpan<T> logits, int label, ReadOnlySpan<TSoft> soft, Span<T> gradient)
        where TKernel : struct, ISoftmaxKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSoft : unmanaged, IBinaryFloatingPointIeee754<TSoft>
    {
        Throw.IfNotARowAndItsGradient(logits, gradient);
        if (!HasLabel(label, soft, logits.Length))
        {
            gradient.Clear();
            return 0;
        }

        return soft.IsEmpty
            ? kernel.LossAndGradient(logits, new HardRow(label), gradient)
            : kernel.LossAndGradient(logits, new SoftRow<TSoft>(soft), gradient);
    }

    /// <summary>1, or 0 for a row without a label: the weight under a loss that knows no class weights.</summary>
    public static double TargetWeight(RowTarget target) =>
        HasLabel(target.ClassIndex, target.Vector, target.IsClass ? int.MaxValue : target.Vector.Length) ? 1 : 0;

    /// <summary>The weight of the target's class; 0 for a row without a label.</summary>
    public static double TargetWeight<TKernel, TSoft>(TKernel kernel, int label, ReadOnlySpan<TSoft> soft, int classes)
        where TKernel : struct, ISoftmaxKernel, allows ref struct
        where TSoft : unmanaged, IBinaryFloatingPointIeee754<TSoft>
    {
        if (!HasLabel(label, soft, classes))
            return 0;
        return soft.IsEmpty
            ? kernel.TargetWeight(new HardRow(label), classes)
            : kernel.TargetWeight(new SoftRow<TSoft>(soft), classes);
    }

    private static bool HasLabel<TSoft>(int label, ReadOnlySpan<TSoft> soft, int classes)
        where TSoft : unmanaged, IBinaryFloatingPointIeee754<TSoft>
    {
        if (!soft.IsEmpty)
            return HasDistribution(soft, classes);
        if (label >= classes)
            Throw.LabelOutOfRange(label, classes);
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
            Throw.SoftLabelDoesNotSumToOne(sum, "target");
        return true;
    }
}
