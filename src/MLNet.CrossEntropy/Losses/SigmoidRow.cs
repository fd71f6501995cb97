using System.Numerics;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Losses;

/// <summary>The loss of one cell in nats, and its slope with respect to the logit.</summary>
internal readonly record struct CellLoss(double Loss, double Slope);

/// <summary>The arithmetic of one sigmoid loss for one cell.</summary>
internal interface ISigmoidKernel
{
    /// <summary>The loss of one cell; <paramref name="target"/> is in [0, 1].</summary>
    CellLoss At(int cell, double logit, double target);
}

/// <summary>One row of independent outputs through a sigmoid loss: the sum over the cells that have a label.</summary>
internal static class SigmoidRow
{
    /// <summary>The loss and gradient of a row of K outputs.</summary>
    public static double LossAndGradient<TKernel, T>(TKernel kernel, ReadOnlySpan<T> logits, RowTarget target, Span<T> gradient)
        where TKernel : struct, ISigmoidKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Throw.IfNotARowAndItsGradient(logits, gradient);
        CheckTarget(target, logits.Length);
        var loss = new CompensatedSum();
        for (var k = 0; k < logits.Length; k++)
        {
            var y = Cell(target, k, logits.Length);
            var cell = double.IsNaN(y) ? default : kernel.At(k, double.CreateTruncating(logits[k]), CheckCell(y, k));
            loss.Add(cell.Loss);
            gradient[k] = T.CreateTruncating(cell.Slope);
        }

        return loss.Value;
    }

    /// <summary>1 where any cell has a label, else 0.</summary>
    public static double TargetWeight(RowTarget target)
    {
        if (target.IsClass)
            return target.ClassIndex >= 0 ? 1 : 0;
        foreach (var y in target.Vector)
        {
            if (!float.IsNaN(y))
                return 1;
        }

        return 0;
    }

    /// <summary>Refuses a target that is neither NaN (no label) nor in [0, 1].</summary>
    public static double CheckCell(double target, int cell)
    {
        if (target is not (>= 0 and <= 1))
            Throw.CellOutOfRange(target, cell);
        return target;
    }

    private static void CheckTarget(RowTarget target, int outputs)
    {
        if (!target.IsClass)
            Throw.IfLengthsDiffer(outputs, target.Vector.Length, "logits", "target");
        else if (target.ClassIndex >= Math.Max(outputs, 2))
            Throw.LabelOutOfRange(target.ClassIndex, Math.Max(outputs, 2));
    }

    /// <summary>
    /// The target of a cell; NaN for none. A hard label on one output is the output's own 0 or 1; on several, it is the only one that is on.
    /// </summary>
    public static double Cell(RowTarget target, int k, int outputs)
    {
        if (!target.IsClass)
            return target.Vector[k];
        if (target.ClassIndex < 0)
            return double.NaN;
        return outputs == 1 ? target.ClassIndex : target.ClassIndex == k ? 1 : 0;
    }
}
