namespace MLNet.CrossEntropy;

/// <summary>The curve along which a schedule goes from one rate to another.</summary>
public enum Annealing
{
    /// <summary>Half a cosine wave, flat at both ends.</summary>
    Cosine,

    /// <summary>A straight line.</summary>
    Linear,
}
