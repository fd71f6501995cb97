using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Losses;

/// <summary>The weight that a row gets from its class.</summary>
internal static class ClassWeighting
{
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
}
