using System.Globalization;
using System.Xml.Linq;
using MLNet.CrossEntropy.Optimization;
using static MLNet.CrossEntropy.Reporting.Markup;

namespace MLNet.CrossEntropy.Reporting;

/// <summary>Training and validation loss of one or more fits, epoch by epoch.</summary>
internal static class LossCurveChart
{
    private const double Width = 760;
    private const double PlotHeight = 260;
    private const double LegendLine = 20;
    private const int MostPoints = 400;

    /// <summary>Losses that span more than this ratio are drawn on a logarithmic axis.</summary>
    private const double LogarithmicFrom = 20;

    public static Chart Of(IReadOnlyList<(string Name, TrainingReport Training)> fits, LossUnit unit)
    {
        LossCurve[] curves = [.. fits.SelectMany((fit, i) => CurvesOf(fit.Name, i, fit.Training, unit))];
        double[] losses = [.. curves.SelectMany(c => c.Points).Select(p => p.Loss)];
        int epochs = fits.Max(f => f.Training.History[^1].Epoch);
        Scale y = ScaleOf(losses);
        double top = 14 + LegendLine * curves.Length;
        Plot plot = new(Scale.Linear(Math.Min(1, epochs - 1), epochs, 10), y, 64, top, Width - 84, PlotHeight);

        XElement svg = Plot.Drawing(Width, top + PlotHeight + 48);
        svg.Add(plot.XAxis("epoch"), plot.YAxis($"loss ({unit.Name})"));
        for (int i = 0; i < curves.Length; i++)
            svg.Add(Draw(plot, curves[i]), Legend(curves[i], 14 + LegendLine * i));
        return new(
            "Loss by epoch",
            $"Lines of the loss in {unit.Name} by epoch. " + string.Join(" ", curves.Select(InWords)),
            "The training loss of an epoch is the mean over its rows, each judged by the weights just before the step that used it; validation rows are judged at the epoch's end; a ring marks the epoch whose model was returned. "
                + "A validation curve that turns up while training still falls is over-fitting.",
            svg,
            TableOf(curves, epochs));
    }

    private static IEnumerable<LossCurve> CurvesOf(string name, int model, TrainingReport training, LossUnit unit)
    {
        IReadOnlyList<EpochReport> history = training.History;
        yield return new($"{name}, training", model, false, null, Finite(history.Select(e => (e.Epoch, unit.Of(e.TrainingLoss)))));
        if (history.Any(e => e.ValidationLoss is not null))
            yield return new($"{name}, validation", model, true, training.BestEpoch, Finite(history.Where(e => e.ValidationLoss is not null).Select(e => (e.Epoch, unit.Of(e.ValidationLoss!.Value)))));
    }

    private static (int, double)[] Finite(IEnumerable<(int Epoch, double Loss)> points) => [.. points.Where(p => double.IsFinite(p.Loss))];

    private static Scale ScaleOf(double[] losses)
    {
        if (losses.Length == 0)
            return Scale.Linear(0, 1);
        (double low, double high) = (losses.Min(), losses.Max());
        return low > 0 && high / low > LogarithmicFrom ? Scale.Logarithmic(low, high) : Scale.Nice(low, high);
    }

    private static IEnumerable<XElement> Draw(Plot plot, LossCurve curve)
    {
        if (curve.Points.Count == 0)
            yield break;
        int stride = (curve.Points.Count + MostPoints - 1) / MostPoints;
        (double X, double Y)[] points = [.. curve.Points.Where((_, i) => i % stride == 0 || i == curve.Points.Count - 1).Select(p => (plot.X(p.Epoch), plot.Y(p.Loss)))];
        yield return Plot.Path(points, Kind(curve, "line"));
        foreach ((double x, double y) in points.Length <= 40 ? points : [points[^1]])
            yield return Marker(curve, x, y);
        foreach ((int epoch, double loss) in curve.Points.Where(p => p.Epoch == curve.BestEpoch))
            yield return Plot.Circle(plot.X(epoch), plot.Y(loss), 6, Kind(curve, "ring"));
    }

    private static IEnumerable<XElement> Legend(LossCurve curve, double y)
    {
        yield return Plot.Path([(64, y - 4), (100, y - 4)], Kind(curve, "line"));
        yield return Marker(curve, 82, y - 4);
        string last = curve.Points.Count == 0 ? "no finite loss" : FormattableString.Invariant($"{curve.Points[^1].Loss:0.0000} after epoch {curve.Points[^1].Epoch}");
        yield return Plot.Text(108, y, $"{Shorten(curve.Name, 60)}: {last}", "tick");
    }

    /// <summary>Circles for training rows, squares for validation rows, so that colour is not needed to tell them apart.</summary>
    private static XElement Marker(LossCurve curve, double x, double y) =>
        curve.IsValidation ? Plot.Rectangle(x - 3, y - 3, 6, 6, Kind(curve, "mark")) : Plot.Circle(x, y, 2.8, Kind(curve, "mark"));

    private static string Kind(LossCurve curve, string what) =>
        FormattableString.Invariant($"{what} s{curve.Model % 6 + 1}{(curve.IsValidation ? " dashed" : "")}");

    private static string InWords(LossCurve curve) => curve.Points.Count == 0
        ? $"{curve.Name}: no finite loss."
        : FormattableString.Invariant($"{curve.Name}: from {curve.Points[0].Loss:0.0000} to {curve.Points[^1].Loss:0.0000} in {curve.Points[^1].Epoch} epochs, lowest {curve.Points.Min(p => p.Loss):0.0000}.");

    private static HtmlTable TableOf(LossCurve[] curves, int epochs)
    {
        Dictionary<int, double>[] losses = [.. curves.Select(c => c.Points.ToDictionary(p => p.Epoch, p => p.Loss))];
        int stride = (epochs + MostPoints - 1) / MostPoints;
        return new(
            "Loss by epoch",
            ["epoch", .. curves.Select(c => c.Name)],
            [
                .. Enumerable.Range(1, epochs).Where(e => e % stride == 0 || e == epochs).Select(e => (string[])
                    [e.ToString(CultureInfo.InvariantCulture), .. losses.Select(l => l.TryGetValue(e, out double loss) ? Figures.Loss(loss) : "")]),
            ]);
    }
}
