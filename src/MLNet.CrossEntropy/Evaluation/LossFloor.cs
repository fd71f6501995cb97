using System.Numerics;
using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The largest loss that the clipped log-loss lets one probability have, -ln of the floor. Logits lose nothing by
/// rounding, so that of them none but an impossible class is clipped.
/// </summary>
internal readonly struct LossFloor(double probabilityFloor, bool fromLogits)
{
    /// <summary>-ln of the floor.</summary>
    public double Largest { get; } = -Math.Log(probabilityFloor);

    public double Clip(double loss) => fromLogits && double.IsFinite(loss) ? loss : Math.Min(loss, Largest);

    /// <inheritdoc cref="Clip(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<double> Clip(Vector<double> losses)
    {
        Vector<double> clipped = Vector.MinNative(losses, new Vector<double>(Largest));
        return fromLogits ? Vector.ConditionalSelect(Vector.LessThan(losses, new Vector<double>(double.PositiveInfinity)), losses, clipped) : clipped;
    }
}
