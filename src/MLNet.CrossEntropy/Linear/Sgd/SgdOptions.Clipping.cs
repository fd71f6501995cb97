namespace MLNet.CrossEntropy.Linear;

/// <summary>Limits on the gradient of a step on dense rows (see <see cref="GradientClipping"/>).</summary>
internal sealed partial record SgdOptions
{
    /// <summary>The largest norm of the objective's gradient, in scaled weights and biases together; null for none.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The largest size of each of its elements, limited before the norm; null for none.</summary>
    public double? ClipValue { get; init; }

    /// <summary>Whether there is a limit.</summary>
    public bool Clips => ClipNorm is not null || ClipValue is not null;
}
