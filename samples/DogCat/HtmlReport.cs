using MLNet.CrossEntropy;

namespace DogCat;

/// <summary>Sections for the library's report that show pictures.</summary>
internal static class HtmlReport
{
    private const int Shown = 12;

    /// <summary>
    /// Pictures of which a model is sure and wrong, or cannot tell; where p is known, those on which p and the model are furthest apart.
    /// </summary>
    public static CrossEntropyReport AddPictures(
        this CrossEntropyReport report, string model, ScoredPicture[] judged, MulticlassCrossEntropyMetrics? soft)
    {
        ScoredPicture[] wrong = [.. judged.Where(j => j.SaysDog != j.Picture.IsDog)];
        report.Add(Section("Most confident and wrong",
            Invariant($"{model} gets {wrong.Length:N0} of {judged.Length:N0} test pictures wrong. These it was surest of: ")
                + "they cost the most log-loss; some are mislabelled or show next to nothing.",
            wrong.OrderByDescending(j => j.Score.Max())));
        report.Add(Section("Most ambiguous",
            "The pictures whose probability is nearest 1/2: a good model says so where it cannot tell. Each costs about 0.693 nats.",
            judged.OrderBy(j => j.Score.Max())));
        return soft is null ? report : report.Add(Section("Soft labels and the model",
            SoftLabels.InWords(model, soft)
                + " H(p) is doubt that no model can take away, KL(p || q) what this one could still learn. Here it is largest:",
            judged.Where(j => j.Picture.ProbabilityOfDog is not null).OrderByDescending(Divergence)));
    }

    /// <summary>What came of training on soft labels, if that was tried.</summary>
    public static CrossEntropyReport AddTrial(this CrossEntropyReport report, SoftLabelTrial? trial) => trial is null ? report : report.Add(
        trial.Sentences.Aggregate(new ReportSection("Training on soft labels"), (section, text) => section.AddText(text)));

    /// <summary>Why the trainers minimise cross-entropy.</summary>
    public static CrossEntropyReport AddReason(this CrossEntropyReport report)
    {
        double[] qs = [.. Enumerable.Range(1, 99).Select(i => i / 100.0)];
        return report.Add(new ReportSection("Why not squared error?")
            .AddText(
                "With probability q for the true class, the slope of the loss by the logit is -(1 - q) for cross-entropy and "
                + "-2 q (1 - q)^2 for squared error: at q = 0.01, 50 times as small. Squared error hardly moves a model that is sure and wrong.")
            .AddLines("How hard a picture pulls", "probability q", "size of the slope",
                [
                    ("cross-entropy", [.. qs.Select(q => (q, 1 - q))]),
                    ("squared error", [.. qs.Select(q => (q, 2 * q * (1 - q) * (1 - q)))]),
                ]));
    }

    private static double Divergence(ScoredPicture judged) => InformationTheory.KullbackLeibler(
        new Target<float>(SoftLabels.Shares(judged.Picture.ProbabilityOfDog!.Value)),
        new Prediction<float>([.. judged.Score.Select(q => Math.Max(q, 1e-15f))]));

    private static ReportSection Section(string heading, string text, IEnumerable<ScoredPicture> judged)
    {
        (ReadOnlyMemory<byte>, string, string)[] pictures = [.. judged.Take(Shown).Select(Thumbnail)];
        var section = new ReportSection(heading).AddText(text);
        return pictures.Length > 0 ? section.AddPictures(pictures) : section.AddText("There is none.");
    }

    /// <summary>A picture, its label, what else is known of it, and what the model says.</summary>
    private static (ReadOnlyMemory<byte> Data, string AlternativeText, string Caption) Thumbnail(ScoredPicture judged)
    {
        using var image = judged.Picture.Open();
        var known = judged.Picture.ProbabilityOfDog is { } p
            ? Invariant($"known: {(p > 0.5 ? "dog" : "cat")}, {Math.Max(p, 1 - p):0.0000}\n") : "";
        var model = Invariant($"model: {(judged.SaysDog ? "dog" : "cat")}, {judged.Score.Max():0.0000}");
        var caption = $"{Path.GetFileName(judged.Picture.Name)}\nlabel: {judged.Picture.Label}\n{known}{model}";
        return (PictureFile.Thumbnail(image), caption.Replace("\n", "; ", StringComparison.Ordinal), caption);
    }
}
