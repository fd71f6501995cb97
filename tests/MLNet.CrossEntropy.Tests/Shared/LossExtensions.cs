namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Losses over arrays, which tests read more easily than spans.</summary>
internal static class LossExtensions
{
    public static (double Loss, double[] Gradient) Of(this LogitLoss loss, double[] logits, RowTarget target)
    {
        var gradient = new double[logits.Length];
        return (loss.LossAndGradient(logits, target, gradient), gradient);
    }

    public static (double Loss, float[] Gradient) Of(this LogitLoss loss, float[] logits, RowTarget target)
    {
        var gradient = new float[logits.Length];
        return (loss.LossAndGradient(logits, target, gradient), gradient);
    }
}
