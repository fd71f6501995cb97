using DogCat.Data;
using MLNet.CrossEntropy;
using PictureFiles.Png;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>Sections of the report that show pictures.</summary>
internal static class PictureSections
{
    private const int Shown = 12;

    /// <summary>Where a model is sure and wrong, where it cannot tell, and where it is sure and right.</summary>
    public static IEnumerable<ReportSection> Of(string model, IReadOnlyList<JudgedPicture> pictures)
    {
        JudgedPicture[] wrong = [.. pictures.Where(p => !p.IsRight).OrderByDescending(p => p.Confidence)];
        JudgedPicture[] right = [.. pictures.Where(p => p.IsRight).OrderByDescending(p => p.Confidence)];
        yield return Section(
            "Most confident and wrong",
            Invariant($"{model} gets {wrong.Length:N0} of {pictures.Count:N0} test pictures wrong. These it was surest of: they cost the most log-loss, and some are mislabelled or show next to nothing.{Legend(pictures)}"),
            wrong);
        yield return Section(
            "Most ambiguous",
            $"The pictures whose probability is nearest 1/2. A good model says so where it cannot tell; each of them costs about log 2 = 0.693 nats, whatever the label.",
            pictures.OrderBy(p => p.Confidence));
        yield return Section("Most confident and right", $"What {model} takes for the clearest cats and dogs.", right);
    }

    /// <summary>A picture of the report: its label, what people say of it where that is known, and what the model says.</summary>
    public static ReportPicture Thumbnail(JudgedPicture judged)
    {
        var name = judged.Picture.Path is { } path ? Path.GetFileName(path) : judged.Name;
        var says = Invariant($"{judged.Answer}, {judged.Confidence:0.0000}");
        var people = Tables.SoftLabel(judged.Picture);
        return new ReportPicture(
            PngEncoder.Encode(judged.Picture.Picture),
            $"Test picture {name}, labelled {judged.Picture.Label}; {(people == "" ? "" : people + "; ")}the model says {says}.",
            $"{name}\nlabel: {judged.Picture.Label}\n{(people == "" ? "" : people + "\n")}model: {says}");
    }

    /// <summary>What stands below the pictures beside label and model; empty where nothing does.</summary>
    private static string Legend(IReadOnlyList<JudgedPicture> pictures) =>
        pictures.Any(p => p.Picture.Votes is not null) ? " 'people' is the share of their votes."
        : pictures.Any(p => p.Picture.SoftLabel is not null) ? " 'coin' is the known probability that the label was tossed with."
        : "";

    private static ReportSection Section(string heading, string text, IEnumerable<JudgedPicture> pictures)
    {
        var section = new ReportSection(heading).AddText(text);
        ReportPicture[] shown = [.. pictures.Take(Shown).Select(Thumbnail)];
        return shown.Length > 0 ? section.AddPictures(shown) : section.AddText("There is none.");
    }
}
