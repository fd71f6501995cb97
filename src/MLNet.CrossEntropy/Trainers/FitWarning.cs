using System.Globalization;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>What a user should know of a fit that has not come to its end, and what to do.</summary>
internal static class FitWarning
{
    // The share of the objective that a fit may leave without a word.
    private const double Worthwhile = 0.01;

    /// <summary>The warning of a fit; null where there is none, and where validation rows or the caller have ended it.</summary>
    public static string? Of(FittedLinearModel fitted)
    {
        if (fitted.Warning is not null)
            return fitted.Warning;
        var certificate = fitted.Certificate;
        if (certificate.IsMeasured && !double.IsFinite(certificate.GradientNorm))
        {
            return "The gradient of the objective is larger than a float can hold, so that nothing tells how near the optimum the model "
                + "is. Normalise the features, for example with NormalizeMeanVariance.";
        }

        if (fitted.BestEpoch is not null || fitted.StopReason == StopReason.Cancelled
            || !(certificate.GapEstimate > Worthwhile * certificate.Objective))
            return null;
        var share = (100 * Math.Min(1, certificate.GapEstimate.Value / certificate.Objective)).ToString("F0", CultureInfo.InvariantCulture);
        return $"About {share} % of the objective are left to gain: the fit ended {ReasonOf(fitted)}.";
    }

    private static string ReasonOf(FittedLinearModel fitted)
    {
        var plan = fitted.Start.Plan;
        var most = plan.Epochs + plan.NewtonSteps;
        if (fitted.StopReason == StopReason.Converged)
            return "as near to the optimum as floats can tell. Normalise the features, or remove outliers";
        if (fitted.History.Count < most)
        {
            return "where hundreds of passes over the rows are between it and the optimum, which may not help with other rows. Let "
                + $"L2Regularization be larger, or Solver be {nameof(Solver.Newton)} to go all the way";
        }

        return string.Create(CultureInfo.InvariantCulture, $"after all its {most} epochs. Let NumberOfEpochs be more, or leave it and the "
            + $"learning rate to be chosen, or let L2Regularization be larger, or Solver be {nameof(Solver.Newton)}");
    }
}
