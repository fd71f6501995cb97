namespace MLNet.CrossEntropy.Losses;

/// <summary>A run of rows with hard labels, and room for what a loss has to say of them.</summary>
internal readonly ref struct HardLabelRows
{
    /// <summary>The number of outputs K.</summary>
    public required int Outputs { get; init; }

    /// <summary>The class of each row; negative for a row without a label.</summary>
    public required ReadOnlySpan<int> Labels { get; init; }

    /// <summary>The logits <c>[rows, outputs]</c>.</summary>
    public required ReadOnlySpan<float> Logits { get; init; }

    /// <summary>Receives the gradients in the logits <c>[rows, outputs]</c>, class weights included.</summary>
    public required Span<float> Gradients { get; init; }

    /// <summary>Receives the loss of each row in nats, class weights included.</summary>
    public required Span<double> Losses { get; init; }

    /// <summary>Receives the weight that each row's target brings (see <see cref="LogitLoss.TargetWeight"/>).</summary>
    public required Span<float> TargetWeights { get; init; }
}
