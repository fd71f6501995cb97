using System.Text.Json.Serialization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// How close a fit came to the optimum of its objective <c>J(W, b) = mean loss + l2/2 ||W||^2 + l1 ||W||_1</c>, measured by
/// one more pass over the training rows with the weights that are returned.
/// </summary>
public sealed record OptimalityCertificate
{
    [JsonConstructor]
    internal OptimalityCertificate()
    {
    }

    /// <summary>
    /// Whether the pass was made. A cancelled fit that reads its rows anew in each pass does not: its caller does not want to wait, and
    /// all figures are NaN.
    /// </summary>
    public bool IsMeasured => !double.IsNaN(Objective);

    /// <summary>The objective J, in nats.</summary>
    [JsonInclude]
    public double Objective { get; internal init; }

    /// <summary>The data term of J: the weighted mean loss, in nats.</summary>
    [JsonInclude]
    public double DataTerm { get; internal init; }

    /// <summary>The Euclidean norm of J's gradient over weights and biases (of its smallest subgradient where l1 &gt; 0).</summary>
    [JsonInclude]
    public double GradientNorm { get; internal init; }

    /// <summary>
    /// About how far J lies above its minimum, in nats: half the squared Newton decrement <c>grad' H^-1 grad / 2</c> (Boyd and Vandenberghe
    /// 2004, section 9.5.1), H being the Hessian of a sample of rows. It does not change with the units of the features. Null with an
    /// L1 penalty, for losses that are not convex, and of more than a million parameters.
    /// </summary>
    [JsonInclude]
    public double? GapEstimate { get; internal init; }

    /// <summary>
    /// A bound on how far J lies above its minimum, <c>||grad||^2 / (2 l2)</c> (strong convexity; Boyd and Vandenberghe 2004,
    /// section 9.1.2); null when l2 = 0. Biases carry no penalty, so it takes them to be at their optimum for the weights.
    /// </summary>
    [JsonInclude]
    public double? GapBound { get; internal init; }

    /// <summary>The certificate of a fit whose rows were not read once more.</summary>
    internal static OptimalityCertificate NotMeasured { get; } = new()
    {
        Objective = double.NaN,
        DataTerm = double.NaN,
        GradientNorm = double.NaN,
    };

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(OptimalityCertificate), PrintMembers);
}
