using DogCat.Commands;
using DogCat.Data;
using DogCat.Drawing;
using DogCat.Training;
using MLNet.CrossEntropy;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>The report of a run for people: the library's, with the sample's own sections and pictures.</summary>
internal static class HtmlReport
{
    /// <summary>Everything that was found; pictures are judged by the first result.</summary>
    public static CrossEntropyReport Of(TrainOptions options, PictureData data, IReadOnlyList<Result> results, CrossEntropyComparison? comparison, IReadOnlyList<Uncertainty> uncertainty, SoftLabelTrial? trial, LossCurves? losses)
    {
        var report = new CrossEntropyReport("Dogs and cats") { Introduction = Introduction(options.Data, data) };
        foreach (var result in results)
            report.Add(result.Name, result.Test, result.Training);
        if (comparison is not null)
            report.Add(comparison);
        report.Add(Yardsticks(results, data));
        AddPictures(report, results[0].Name, JudgedPicture.All(data.Test, results[0].ProbabilityOfDog), uncertainty);
        if (trial is not null)
            report.Add(UncertaintySections.Trial(trial));
        if (losses is not null)
            report.Add(LossCurveSection.Of(losses));
        return report;
    }

    /// <summary>What a saved model says about pictures.</summary>
    public static CrossEntropyReport OfEvaluation(string model, CrossEntropyMetrics metrics, DataOptions options, IReadOnlyList<JudgedPicture> judged, int skipped)
    {
        var report = new CrossEntropyReport("Dogs and cats")
        {
            Introduction = Invariant($"{model}, judged by {judged.Count:N0} {Kind(options)}.{Unusable(skipped)}"),
        };
        report.Add(model, metrics);
        AddPictures(report, model, judged, Training.Uncertainty.Of(model, judged) is { } uncertainty ? [uncertainty] : []);
        return report;
    }

    /// <summary>The sections that show pictures.</summary>
    private static void AddPictures(CrossEntropyReport report, string model, IReadOnlyList<JudgedPicture> judged, IReadOnlyList<Uncertainty> uncertainty)
    {
        foreach (var section in PictureSections.Of(model, judged))
            report.Add(section);
        if (uncertainty.Count > 0)
            report.Add(UncertaintySections.Uncertainty(uncertainty, judged));
        if (Data.Disagreement.Of(judged) is { } disagreement)
            report.Add(UncertaintySections.Disagreement(model, disagreement));
    }

    private static string Introduction(DataOptions options, PictureData data)
    {
        return Invariant($"Linear models on features of {data.Train.Count:N0} {Kind(options)}, judged by {data.Test.Count:N0} others that no model has seen.{Unusable(data.Skipped.Count)}");
    }

    private static string Kind(DataOptions options) => options.Images is null ? Invariant($"drawn pictures, seed {options.Seed}") : "photographs";

    private static string Unusable(int skipped) => skipped == 0 ? "" : Invariant($" {skipped:N0} files could not be used.");

    /// <summary>What the losses are to be measured by: knowing nothing, and, where it is known, knowing all that can be known.</summary>
    private static ReportSection Yardsticks(IReadOnlyList<Result> results, PictureData data)
    {
        List<string[]> rows = [.. results.Select(r => Row(r.Name, r.Test.LogLoss, r.Test.Accuracy, r.FitTime.TotalSeconds))];
        rows.Add(Row("class prior", Prior.LogLoss(data.Train, data.Test), Prior.Accuracy(data)));
        if (data.Test.ProbabilityOfDog is { } known)
            rows.Add(Row("known lower bound", known.Average(DrawnPictures.BinaryEntropy), known.Average(p => Math.Max(p, 1 - p))));
        var section = new ReportSection("How good can it get?").AddText("The class prior looks at no picture: it answers the training pictures' share of dogs to all. A model above it is worse than nothing.");
        if (data.Test.ProbabilityOfDog is not null)
            section.AddText("The drawn pictures' labels are tosses of coins whose probabilities are known. The mean entropy of these coins is a lower bound of every model's expected log-loss.");
        return section.AddTable("Log-loss on the test pictures", ["", "nats", "bits", "right", "fitted in"], rows);

        static string[] Row(string name, double nats, double right, double? seconds = null) =>
            [name, Invariant($"{nats:F4}"), Invariant($"{nats / Math.Log(2):F4}"), Invariant($"{right:P1}"), seconds is null ? "" : Invariant($"{seconds:F2} s")];
    }
}
