namespace MLNet.CrossEntropy;

/// <summary>
/// How close a fit came to the optimum of its objective <c>J(W, b) = mean loss + l2/2 ||W||^2 + l1 ||W||_1</c>, measured by
/// one more pass over the training rows with the weights that are returned.
/// </summary>
public sealed record OptimalityCertificate
{
    /// <summary>
    /// Whether the pass was made. A cancelled fit that reads its rows anew in each pass does not: its caller does not want to wait, and
    /// all figures are NaN.
    /// </summary>
    public bool IsMeasured => !double.IsNaN(Objective);

    /// <summary>The objective J, in nats.</summary>
    public required double Objective { get; init; }

    /// <summary>The data term of J: the weighted mean loss, in nats.</summary>
    public required double DataTerm { get; init; }

    /// <summary>The Euclidean norm of J's gradient over weights and biases (of its smallest subgradient where l1 &gt; 0).</summary>
    public required double GradientNorm { get; init; }

    /// <summary>
    /// A bound on how far J lies above its minimum, <c>||grad||^2 / (2 l2)</c> (strong convexity; Boyd and Vandenberghe 2004,
    /// section 9.1.2); null when l2 = 0. Biases carry no penalty, so it takes them to be at their optimum for the weights.
    /// </summary>
    public double? GapBound { get; init; }

    /// <summary>The certificate of a fit whose rows were not read once more.</summary>
    internal static OptimalityCertificate NotMeasured { get; } = new()
    {
        Objective = double.NaN,
        DataTerm = double.NaN,
        GradientNorm = double.NaN,
    };
}
