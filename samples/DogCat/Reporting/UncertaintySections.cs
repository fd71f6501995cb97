using DogCat.Data;
using DogCat.Training;
using MLNet.CrossEntropy;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>Sections of the report about pictures whose label is uncertain: people's votes, or the known probabilities of drawn pictures.</summary>
internal static class UncertaintySections
{
    private const int Shown = 12;

    /// <summary>Where people agree, doubt, and are at odds: H(p) up to these.</summary>
    private static readonly (string Name, double To)[] Bands = [("up to 0.1", 0.1), ("0.1 to 0.4", 0.4), ("above 0.4", double.PositiveInfinity)];

    /// <summary>How uncertain the pictures are, and whether the models know.</summary>
    public static ReportSection Uncertainty(IReadOnlyList<Uncertainty> models, IReadOnlyList<JudgedPicture> judged)
    {
        var voted = judged.Any(j => j.Picture.Votes is not null);
        var source = voted ? "the share of dog among people's votes for cat or dog" : "the known probability with which it was labelled a dog";
        var section = new ReportSection("How sure can one be?")
            .AddText(Invariant($"For {models[0].Pictures:N0} of {judged.Count:N0} test pictures a soft label p is known, {source}.{Training.Uncertainty.Exceptions(models)}"))
            .AddText("Were labels drawn from p, a model that says q would have a log-loss of H(p, q) = H(p) + KL(p || q): the doubt in the pictures themselves, which no model can remove, and what the model adds. H(q) is the doubt that it admits to: below H(p, q) it is too sure of itself, above it too cautious.")
            .AddTable("Means over these pictures, in nats", ["", "H(p)", "KL(p || q)", "H(p, q)", "H(q)"], models.Select(m => (string[])[m.Model, Nats(m.LabelEntropy), Nats(m.Divergence), Nats(m.CrossEntropy), Nats(m.ModelEntropy)]))
            .AddTable(Invariant($"Pictures by their own doubt, with {models[0].Model}"), ["H(p) in nats", "pictures", "mean H(q)", "mean KL(p || q)", "right"], Bands.Select((band, i) => Row(band.Name, judged, i == 0 ? -1 : Bands[i - 1].To, band.To)));
        return section
            .AddText(voted ? "People were least sure of these:" : "These are nearest to an even chance:")
            .AddPictures(judged.Where(j => j.Picture.SoftLabel is not null).OrderByDescending(j => j.LabelEntropy).Take(Shown).Select(PictureSections.Thumbnail));
    }

    /// <summary>The pictures on which model and soft label are furthest apart.</summary>
    public static ReportSection Disagreement(string model, Disagreement found) => new ReportSection($"Where {found.Who} and the model disagree")
        .AddText(found.InWords(model) + " These have the largest KL(p || q).")
        .AddPictures(found.Furthest.Select(PictureSections.Thumbnail));

    /// <summary>Training on soft labels against training on hard ones.</summary>
    public static ReportSection Trial(SoftLabelTrial trial)
    {
        var section = new ReportSection("Training on soft labels").AddText(trial.Design + " Everything else is the same.");
        foreach ((var by, var comparison) in ((string, CrossEntropyComparison)[])[("soft", trial.BySoftLabels), ("hard", trial.ByHardLabels)])
        {
            var pair = comparison.Pairs[0];
            section
                .AddTable($"Judged by {by} labels", ["", "log-loss (nats)", "right"], comparison.Models.Select(m => (string[])[m.Name, Invariant($"{m.LogLoss:F4} ± {m.LogLossStandardError:F4}"), Invariant($"{m.Accuracy:P1}")]))
                .AddText(pair.Sentence);
        }
        return section;
    }

    private static string[] Row(string name, IReadOnlyList<JudgedPicture> judged, double from, double to)
    {
        JudgedPicture[] band = [.. judged.Where(j => j.LabelEntropy > from && j.LabelEntropy <= to)];
        return band.Length == 0 ? [name, "0", "", "", ""] :
            [name, Invariant($"{band.Length:N0}"), Nats(band.Average(j => j.ModelEntropy)), Nats(band.Average(j => j.Divergence)), Invariant($"{band.Count(j => j.IsRight) / (double)band.Length:P1}")];
    }

    private static string Nats(double value) => Invariant($"{value:F4}");
}
