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

/// <summary>
/// One row of independent outputs through a sigmoid loss: the sum over the cells that have a label. Class weights, of the classes 0 and 1,
/// go with one output alone; several outputs have no class in common.
/// </summary>
internal static class SigmoidRow
{
    /// <summary>The loss and gradient of a row of K outputs.</summary>
    public static double LossAndGradient<TKernel, T>(
        TKernel kernel, ReadOnlySpan<T> logits, RowTarget target, ReadOnlySpan<double> classWeights, Span<T> gradient)
        where TKernel : struct, ISigmoidKernel, allows ref struct
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        LossErrors.IfNotARowAndItsGradient(logits, gradient);
        CheckTarget(target, logits.Length);
        var weight = classWeights.IsEmpty ? 1 : WeightOf(target, logits.Length, classWeights);
        var loss = new CompensatedSum();
        for (var k = 0; k < logits.Length; k++)
        {
            var y = Cell(target, k, logits.Length);
            var cell = double.IsNaN(y) ? default : kernel.At(k, double.CreateTruncating(logits[k]), CheckCell(y, k));
            loss.Add(cell.Loss);
            gradient[k] = T.CreateTruncating(weight * cell.Slope);
        }

        return StableMath.ZeroOrProduct(weight, loss.Value);
    }

    /// <summary>The weight of the target's class, 1 without class weights; 0 where no cell has a label.</summary>
    public static double TargetWeight(RowTarget target, ReadOnlySpan<double> classWeights)
    {
        if (!HasLabel(target))
            return 0;
        return classWeights.IsEmpty ? 1 : WeightOf(target, target.IsClass ? 1 : target.Vector.Length, classWeights);
    }

    /// <summary>The true class's weight; for a cell y between 0 and 1 the expected one; 0 without a label.</summary>
    public static double WeightOf(RowTarget target, int outputs, ReadOnlySpan<double> classWeights)
    {
        if (outputs != 1)
            LossErrors.ClassWeightsOfOutputs(outputs);
        var y = Cell(target, 0, 1);
        return double.IsNaN(y) ? 0 : (1 - y) * classWeights[0] + y * classWeights[1];
    }

    /// <summary>Refuses a target that is neither NaN (no label) nor in [0, 1].</summary>
    public static double CheckCell(double target, int cell)
    {
        if (target is not (>= 0 and <= 1))
            LossErrors.CellOutOfRange(target, cell);
        return target;
    }

    /// <summary>A copy of the class weights, empty for null.</summary>
    public static double[] CheckClassWeights(IReadOnlyList<double>? classWeights, string name)
    {
        var weights = Throw.IfAnyNegativeOrNotFinite(classWeights, name);
        if (weights.Length > 0)
            Throw.IfLengthsDiffer(2, weights.Length, "the classes 0 and 1", name);
        return weights;
    }

    /// <summary>
    /// The target of a cell; NaN for none. A hard label on one output is the output's own 0 or 1; on several, it is the only one that is
    /// on.
    /// </summary>
    public static double Cell(RowTarget target, int k, int outputs)
    {
        if (!target.IsClass)
            return target.Vector[k];
        if (target.ClassIndex < 0)
            return double.NaN;
        return outputs == 1 ? target.ClassIndex : target.ClassIndex == k ? 1 : 0;
    }

    private static void CheckTarget(RowTarget target, int outputs)
    {
        if (!target.IsClass)
            Throw.IfLengthsDiffer(outputs, target.Vector.Length, "logits", "target");
        else if (target.ClassIndex >= Math.Max(outputs, 2))
            LossErrors.LabelOutOfRange(target.ClassIndex, Math.Max(outputs, 2));
    }

    private static bool HasLabel(RowTarget target)
    {
        if (target.IsClass)
            return target.ClassIndex >= 0;
        foreach (var y in target.Vector)
        {
            if (!float.IsNaN(y))
                return true;
        }

        return false;
    }
}

/// <summary>
/// What a sigmoid is made of: q = sigmoid(z), 1 - q, -log q and -log(1 - q), from one exponential and one logarithm,
/// each with all its digits.
/// </summary>
internal readonly struct LogisticTerms
{
    public LogisticTerms(double logit)
    {
        var decay = Math.Exp(-Math.Abs(logit));
        var logSum = StableMath.Log1P(decay);
        double larger = 1 / (1 + decay), smaller = decay / (1 + decay);
        (Probability, Complement) = logit >= 0 ? (larger, smaller) : (smaller, larger);
        Surprisal = Math.Max(-logit, 0) + logSum;
        ComplementSurprisal = Math.Max(logit, 0) + logSum;
    }

    /// <summary>q = sigmoid(z).</summary>
    public double Probability { get; }

    /// <summary>1 - q = sigmoid(-z).</summary>
    public double Complement { get; }

    /// <summary>-log q = softplus(-z).</summary>
    public double Surprisal { get; }

    /// <summary>-log(1 - q) = softplus(z).</summary>
    public double ComplementSurprisal { get; }
}
