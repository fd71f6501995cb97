using DogCat.Training;
using MLNet.CrossEntropy;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>The section of the report on squared error instead of cross-entropy.</summary>
internal static class LossCurveSection
{
    private static readonly TrainingLoss[] Losses = [TrainingLoss.CrossEntropy, TrainingLoss.Brier];

    /// <summary>What squared error does differently, in theory and here.</summary>
    public static ReportSection Of(LossCurves found)
    {
        var section = new ReportSection("Squared error instead of cross-entropy")
            .AddText("With probability q for the true class, the slope of the loss by the difference of the logits is -(1 - q) for cross-entropy and -4 q (1 - q)^2 for squared error. At q = 1/2 they are the same; at q = 0.01 squared error's is 25 times as small: where a model is confidently wrong, squared error hardly moves it.")
            .AddText(InWords(found))
            .AddText(Invariant($"Both losses go on from that model by the same steps: plain SGD without momentum or penalty, the learning rate constant and for each loss, in each chart, the best of {string.Join(", ", LossCurves.Rates)}. {found.Trained:N0} pictures are trained on; {found.Judged:N0} others judge after each epoch, all by the same two measures."))
            .AddText(LogLoss(found.FromWrong))
            .AddLines("Log-loss from a confidently wrong model", "epoch", "held-out log-loss (nats)", Lines(found.FromWrong, j => j.LogLoss))
            .AddText(ErrorRate(found.FromWrong))
            .AddLines("Error rate from a confidently wrong model", "epoch", "share told wrong", Lines(found.FromWrong, j => j.ErrorRate))
            .AddText("From weights of 0 no picture is given up for lost, and the losses need not differ much:")
            .AddText(LogLoss(found.FromZero))
            .AddText(ErrorRate(found.FromZero));
        return section.AddTable(
            Invariant($"Log-loss (nats) and error rate after {LossCurves.Epochs} epochs, at every learning rate"),
            ["learning rate", .. Races(found).SelectMany(race => Losses.Select(loss => $"{new LossCurve(loss, 0, []).Name} from {race.Beginning}"))],
            LossCurves.Rates.Select(rate => (string[])[Invariant($"{rate}"), .. Races(found).SelectMany(race => Losses.Select(loss => Cell(race.Curves.Single(c => c.Loss == loss && c.Rate == rate))))]));
    }

    /// <summary>How wrong the model is that the race begins with, and what pull either loss has there.</summary>
    public static string InWords(LossCurves found)
    {
        (var entropy, var squared) = found.Slopes;
        return Invariant($"A model trained on the pictures with cats called dogs and dogs called cats gives half of them a probability q below {found.TrueClass[found.TrueClass.Count / 2]:0.######} for what they are. Over all of them the slope of cross-entropy is {entropy:0.0000} in the mean, that of squared error {squared:0.######}: {entropy / squared:N0} times as small.");
    }

    /// <summary>Which loss learned faster by log-loss.</summary>
    public static string LogLoss(LossRace race) => race.InWords("Held-out log-loss", j => j.LogLoss, "0.00 nats");

    /// <summary>Which loss learned faster by the share of mistakes.</summary>
    public static string ErrorRate(LossRace race) => race.InWords("Held-out pictures told wrong", j => j.ErrorRate, "0.0 %");

    private static LossRace[] Races(LossCurves found) => [found.FromWrong, found.FromZero];

    private static IEnumerable<ReportLine> Lines(LossRace race, Func<Judgement, double> measure) => Losses.Select(loss => race.Best(loss, measure)).Select(curve =>
        new ReportLine(Invariant($"{curve.Name}, learning rate {curve.Rate}"), [.. curve.Epochs.Select((j, epoch) => ((double)epoch, measure(j)))]));

    private static string Cell(LossCurve curve) => Invariant($"{curve.Epochs[^1].LogLoss:F3}, {curve.Epochs[^1].ErrorRate:P1}");
}
