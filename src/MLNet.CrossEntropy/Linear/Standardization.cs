namespace MLNet.CrossEntropy;

/// <summary>
/// How features are rescaled inside the trainer. The scaling is folded back into the returned weights, so the model
/// always takes raw features, and penalties are always those of the raw weights: standardisation changes how fast the
/// optimum is reached, not where it lies.
/// </summary>
public enum Standardization
{
    /// <summary>Dense rows are centred and scaled; sparse rows are only scaled, so that they stay sparse.</summary>
    Auto,

    /// <summary>Features are used as they are.</summary>
    None,
}
