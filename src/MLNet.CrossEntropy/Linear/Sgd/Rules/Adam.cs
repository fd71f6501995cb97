namespace MLNet.CrossEntropy;

/// <summary>
/// Adam: momentum, divided by the root of the running mean of squared gradients.
/// <code>
/// g &lt;- g + d p                                   d = weight decay, an L2 penalty that the division weakens: see AdamW
/// m &lt;- b1 m + (1 - b1) g
/// s &lt;- b2 s + (1 - b2) g^2
/// p &lt;- p - lr m / (1 - b1^t) / (sqrt(s / (1 - b2^t)) + eps)     t = 1, 2, ...
/// </code>
/// </summary>
/// <remarks>
/// Kingma and Ba 2015, Algorithm 1. Defaults are PyTorch's, its rate 0.001. On convex problems plain momentum with a rate fitted to the data
/// usually ends closer to the optimum.
/// </remarks>
public sealed record Adam : MomentOptimizer
{
    /// <inheritdoc/>
    public override string Name => AmsGrad ? "Adam with AMSGrad" : "Adam";

    /// <summary>
    /// Whether steps are divided by the largest running mean of squares so far, which restores convergence where Adam cycles (Reddi, Kale
    /// and Kumar 2018, On the Convergence of Adam and Beyond).
    /// </summary>
    public bool AmsGrad { get; init; }

    private protected override ReadOnlySpan<string> SlotNames => AdamSlots(AmsGrad);

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate) =>
        UpdateByAdam(parameters, gradient, state, offset, learningRate, AmsGrad, shrink: 1, WeightDecay);
}
