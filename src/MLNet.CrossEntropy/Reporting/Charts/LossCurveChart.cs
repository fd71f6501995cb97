using MLNet.CrossEntropy.Evaluation;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Training and validation loss of one or more fits, epoch by epoch.</summary>
internal static class LossCurveChart
{
    private const string Note =
        "The training loss of an epoch is the mean over its rows, each judged by the weights just before the step that used it; validation rows are judged at the epoch's end; a ring marks the epoch whose model was returned. "
        + "A validation curve that turns up while training still falls is over-fitting.";

    public static Chart Of(IReadOnlyList<(string Name, TrainingReport Training)> fits, LossUnit unit)
    {
        var others = string.Concat(fits.Where(f => f.Training.Loss != TrainingLoss.CrossEntropy)
            .Select(f => $" The training loss of {f.Name} is {InWords(f.Training.Loss)}, which is not in {unit.Name} and is not drawn."));
        return LineChart.Of("Loss by epoch", Note + others, "epoch", $"loss ({unit.Name})", [.. fits.SelectMany((fit, i) => LinesOf(fit.Name, i, fit.Training, unit))]);
    }

    /// <summary>A loss other than cross-entropy, in words.</summary>
    public static string InWords(TrainingLoss loss) => loss switch
    {
        TrainingLoss.Brier => "squared error (Brier)",
        _ => "cross-entropy",
    };

    private static IEnumerable<ChartLine> LinesOf(string name, int model, TrainingReport training, LossUnit unit)
    {
        var history = training.History;
        if (training.Loss == TrainingLoss.CrossEntropy)
            yield return new($"{name}, training", model, false, null, Finite(history.Select(e => (e.Epoch, unit.Of(e.TrainingLoss)))));
        if (history.Any(e => e.ValidationLoss is not null))
            yield return new($"{name}, validation", model, true, training.BestEpoch, Finite(history.Where(e => e.ValidationLoss is not null).Select(e => (e.Epoch, unit.Of(e.ValidationLoss!.Value)))));
    }

    private static (double, double)[] Finite(IEnumerable<(int Epoch, double Loss)> points) => [.. points.Where(p => double.IsFinite(p.Loss)).Select(p => ((double)p.Epoch, p.Loss))];
}
