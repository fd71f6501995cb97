

namespace MLNet.CrossEntropy.Reporting;

/// <summary>The unit in which a report shows losses.</summary>
internal sealed record LossUnit(LogBase LogBase)
{
    public string Name => LogBase == LogBase.Bits ? "bits" : "nats";

    /// <summary>A loss of so many nats in this unit.</summary>
    public double Of(double nats) => LogBase == LogBase.Bits ? nats / Math.Log(2) : nats;

    public string Text(double nats) => Figures.Loss(Of(nats));
}
