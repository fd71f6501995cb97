using System.Globalization;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>What a user should know of a fit that has not come to its end, and what to do.</summary>
internal static class FitWarnings
{
    // The share of the objective that a fit may leave without a word.
    private const double Worthwhile = 0.01;

    /// <summary>The warnings of a fit; none where validation rows or the caller have ended it, who do not ask for the optimum.</summary>
    public static IEnumerable<string> Of(FittedLinearModel fitted)
    {
        var certificate = fitted.Certificate;
        if (fitted.IsStart)
        {
            yield return "The fit ended at a higher objective than it began: the model is where it began, or the class shares alone. "
                + "Leave the learning rate to be chosen from the data, or normalise the features, or remove outliers.";
        }
        else if (fitted.BestEpoch is null && fitted.StopReason != StopReason.Cancelled
            && certificate.GapEstimate is { } gap && gap > Worthwhile * certificate.Objective)
        {
            var share = (100 * Math.Min(1, gap / certificate.Objective)).ToString("F0", CultureInfo.InvariantCulture);
            yield return $"The fit ended about {share} % above the least objective, {ReasonOf(fitted)}.";
        }
    }

    private static string ReasonOf(FittedLinearModel fitted)
    {
        var plan = fitted.Start.Plan;
        if (fitted.StopReason == StopReason.Converged)
            return "as near as it can get by floats: normalise the features, or remove outliers";
        if (plan.NewtonSteps > 0 && fitted.History.Count < plan.Epochs + plan.NewtonSteps)
        {
            return "which would take hundreds of passes over the rows more, and may not help with other rows: let L2Regularization be larger, "
                + $"or Solver {nameof(Solver.Newton)} to go all the way";
        }

        var epochs = (plan.Epochs + plan.NewtonSteps).ToString(CultureInfo.InvariantCulture);
        return plan.Solver == Solver.Newton || plan.NewtonSteps > 0
            ? $"after all its {epochs} epochs: let NumberOfEpochs be more, or L2Regularization larger"
            : $"after all its {epochs} epochs: let NumberOfEpochs be more, or leave it and the learning rate to be chosen, or let "
                + "L2Regularization be larger";
    }
}
