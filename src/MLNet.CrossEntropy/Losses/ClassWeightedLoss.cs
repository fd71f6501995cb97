using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Losses;

/// <summary>
/// Any loss, times the weight of the row's class: w l, for a soft label <c>sum_k p_k w_k</c> times l. The weight also enters what
/// a mean is divided by.
/// </summary>
internal sealed class ClassWeightedLoss(LogitLoss loss, double[] weights) : LogitLoss
{
    public override string Name => loss.Name;

    /// <summary>The loss that is weighted.</summary>
    public LogitLoss Unweighted => loss;

    /// <summary>One weight for each class.</summary>
    public IReadOnlyList<double> Weights => weights;

    internal override LogitLoss LogLoss => new ClassWeightedLoss(loss.LogLoss, weights);

    internal override double Curvature => loss.Curvature;

    public override double LossAndGradient(ReadOnlySpan<float> logits, RowTarget target, Span<float> gradient)
    {
        double value = loss.LossAndGradient(logits, target, gradient), weight = WeightOf(target);
        foreach (ref var slope in gradient)
            slope *= (float)weight;
        return StableMath.ZeroOrProduct(weight, value);
    }

    public override double LossAndGradient(ReadOnlySpan<double> logits, RowTarget target, Span<double> gradient)
    {
        double value = loss.LossAndGradient(logits, target, gradient), weight = WeightOf(target);
        foreach (ref var slope in gradient)
            slope *= weight;
        return StableMath.ZeroOrProduct(weight, value);
    }

    public override double TargetWeight(RowTarget target) => WeightOf(target) * loss.TargetWeight(target);

    internal override bool HasCurvature => loss.HasCurvature;

    internal override void CurvatureTerms(ReadOnlySpan<float> logits, RowTarget target, Span<float> terms)
    {
        loss.CurvatureTerms(logits, target, terms);
        SpanMath.Scale(terms, (float)WeightOf(target));
    }

    internal override bool HasIndependentOutputs => loss.HasIndependentOutputs;

    internal override void CurvatureProduct(ReadOnlySpan<float> terms, Span<float> direction) => loss.CurvatureProduct(terms, direction);

    internal override void CurvatureDiagonal(ReadOnlySpan<float> terms, Span<float> diagonal) => loss.CurvatureDiagonal(terms, diagonal);

    internal override void PriorLogits(ReadOnlySpan<double> meanTargets, Span<double> logits) => loss.PriorLogits(meanTargets, logits);

    private double WeightOf(RowTarget target)
    {
        if (target.IsClass)
            return target.ClassIndex < 0 ? 0 : weights[target.ClassIndex];
        if (loss.TargetWeight(target) == 0)
            return 0;
        double sum = 0;
        for (var k = 0; k < weights.Length; k++)
            sum += target.Vector[k] * weights[k];
        return sum;
    }
}
