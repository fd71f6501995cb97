namespace MLNet.CrossEntropy;

/// <summary>
/// AdamW: <see cref="Adam"/> with decoupled weight decay, which shrinks the parameters directly instead of passing through the gradient:
/// <code>
/// p &lt;- (1 - lr d) p, then Adam's step with the bare gradient     d = weight decay, 0.01 unless set
/// </code>
/// </summary>
/// <remarks>
/// Loshchilov and Hutter 2019, Decoupled Weight Decay Regularization, Algorithm 2. Defaults are PyTorch's, its rate 0.001. The decay is not the
/// gradient of a penalty: AdamW has no objective whose minimum it approaches, unless the decay is 0.
/// </remarks>
public sealed record AdamW : MomentOptimizer
{
    /// <summary>AdamW with PyTorch's defaults.</summary>
    public AdamW() => WeightDecay = 0.01;

    /// <inheritdoc/>
    public override string Name => AmsGrad ? "AdamW with AMSGrad" : "AdamW";

    /// <summary>Whether steps are divided by the largest running mean of squares so far: see <see cref="Adam.AmsGrad"/>.</summary>
    public bool AmsGrad { get; init; }

    private protected override ReadOnlySpan<string> SlotNames => AdamSlots(AmsGrad);

    private protected override void Update<T>(
        Span<T> parameters, ReadOnlySpan<T> gradient, OptimizerState<T> state, int offset, double learningRate) =>
        UpdateByAdam(parameters, gradient, state, offset, learningRate, AmsGrad, shrink: 1 - (learningRate * WeightDecay), decay: 0);
}
