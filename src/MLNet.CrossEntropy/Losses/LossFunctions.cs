using System.Runtime.CompilerServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// Losses of many rows at once, as plain functions: the fused loss and gradient over spans of float or double, with hard
/// labels (<c>int</c>) or soft ones (<see cref="Target{T}"/>, so that logits and target in the wrong order do not compile).
/// Sums are in double and compensated. The mean is sum(w l) / sum(w), for hard and soft labels alike, where w is the
/// example's weight times the class's. The same losses as objects, row by row: <see cref="LogitLoss"/> and its kinds.
/// </summary>
public static partial class LossFunctions
{
    private static double Smoothing(double labelSmoothing) => Throw.IfNotInUnitInterval(labelSmoothing, nameof(labelSmoothing));

    private static ReadOnlySpan<double> Weights(ReadOnlySpan<double> weights, [CallerArgumentExpression(nameof(weights))] string name = "")
    {
        Throw.IfAnyNegativeOrNotFinite(weights, name);
        return weights;
    }
}
