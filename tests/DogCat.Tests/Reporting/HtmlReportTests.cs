using System.Globalization;
using System.Text.RegularExpressions;
using DogCat.Commands;
using DogCat.Data;
using DogCat.Features;
using DogCat.Reporting;
using DogCat.Training;
using Microsoft.ML;
using PictureFiles;
using PictureFiles.Png;

namespace DogCat.Tests.Reporting;

public sealed partial class HtmlReportTests
{
    /// <summary>Three cats and three dogs, each of one shade, so that a thumbnail tells which it shows.</summary>
    private static readonly PictureSet Pictures = new([.. Enumerable.Range(0, 6).Select(i => new LabelledPicture(Plain(i), IsDog: i >= 3))]);

    [Fact]
    public void Pictures_are_ordered_by_how_sure_the_model_is()
    {
        // Cats 0, 1, 2 and dogs 3, 4, 5: 1 and 5 are mistaken, 5 the more confidently; 2 is nearest to 1/2.
        var html = Html([0.01, 0.8, 0.45, 0.72, 0.98, 0.1]);
        Assert.Equal([5, 1], Shown(html, "Most confident and wrong"));
        Assert.Equal([2, 3, 1, 5, 4, 0], Shown(html, "Most ambiguous"));
        Assert.Equal([0, 4, 3, 2], Shown(html, "Most confident and right"));
        Assert.Contains("alt=\"Test picture row 5, labelled dog; the model says cat, 0.9000.\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_mistakes_is_said_to_have_none()
    {
        var html = Html([0.01, 0.2, 0.45, 0.7, 0.99, 0.9]);
        Assert.Empty(Shown(html, "Most confident and wrong"));
        Assert.Contains("There is none.", Section(html, "Most confident and wrong"), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_are_compared_and_the_better_one_is_named()
    {
        var ml = new MLContext(seed: 1);
        double[] good = [0.02, 0.04, 0.03, 0.97, 0.96, 0.99];
        double[] bad = [0.3, 0.42, 0.35, 0.62, 0.66, 0.7];
        Assert.Null(ModelComparison.Of(ml, [Judged("good", good)], Pictures));
        var sentence = ModelComparison.Of(ml, [Judged("good", good), Judged("bad", bad)], Pictures)!.Pairs.Single().Sentence;
        var difference = Pictures.Items.Select((p, i) => p.IsDog ? Math.Log(good[i] / bad[i]) : Math.Log((1 - good[i]) / (1 - bad[i]))).Average();
        Assert.StartsWith("good is better than bad by ", sentence, StringComparison.Ordinal);
        Assert.Equal(difference, double.Parse(Number().Match(sentence).Value, CultureInfo.InvariantCulture), 0.005);
    }

    [Fact]
    public void Votes_show_what_people_say_and_where_the_model_differs()
    {
        // Nobody called picture 3 a cat or a dog.
        Votes[] votes = [new(50, 0, 0), new(20, 30, 1), new(40, 10, 0), new(0, 0, 51), new(25, 25, 0), new(5, 45, 0)];
        double[] model = [0.9, 0.5, 0.1, 0.7, 0.6, 0.95];
        PictureSet voted = new([.. Pictures.Items.Zip(votes, (picture, v) => picture with { Votes = v })]);
        var uncertainty = Assert.Single(Uncertainty.Of([Judged("model", model)], voted));

        double[] p = [0, 0.6, 0.2, 0.5, 0.9];
        double[] q = [0.9, 0.5, 0.1, 0.6, 0.95];
        Assert.Equal((5, 1), (uncertainty.Pictures, uncertainty.WithoutVote));
        Assert.Equal(p.Zip(q, CrossEntropy).Average(), uncertainty.CrossEntropy, 1e-12);
        Assert.Equal(p.Zip(p, CrossEntropy).Average(), uncertainty.LabelEntropy, 1e-12);
        Assert.Equal(q.Zip(q, CrossEntropy).Average(), uncertainty.ModelEntropy, 1e-12);

        var html = Html(model, voted);
        Assert.Equal([4, 1, 2, 5, 0], Shown(html, "How sure can one be\\?"));
        Assert.Equal([0, 2, 5, 4, 1], Shown(html, "Where people and the model disagree"));
        Assert.Contains("Left out: 1 that nobody took for a cat or a dog.", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"Test picture row 1, labelled cat; people: dog, 0.6000; the model says cat, 0.5000.\"", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"Test picture row 3, labelled dog; the model says dog, 0.7000.\"", html, StringComparison.Ordinal);

        static double CrossEntropy(double p, double q) => (p == 0 ? 0 : -p * Math.Log(q)) - (p == 1 ? 0 : (1 - p) * Math.Log(1 - q));
    }

    [Fact]
    public void A_model_that_is_certain_costs_much_and_not_infinity()
    {
        PictureSet voted = new([.. Pictures.Items.Select(picture => picture with { Votes = new(5, 5, 0) })]);
        var uncertainty = Assert.Single(Uncertainty.Of([Judged("model", [0, 1, 0.5, 0.5, 0.5, 0.5])], voted));
        Assert.Equal(2, uncertainty.Floored);
        Assert.Equal(2 * (Math.Log(0.5) - 0.5 * Math.Log(1e-15)) / 6, uncertainty.Divergence, 1e-3);
        Assert.Contains("On 2 of them model gives no chance at all", Uncertainty.Exceptions([uncertainty]), StringComparison.Ordinal);

        // Whoever is certain and right needs no floor.
        PictureSet agreed = new([.. Pictures.Items.Select(picture => picture with { Votes = new(picture.IsDog ? 0 : 9, picture.IsDog ? 9 : 0, 0) })]);
        Assert.Equal(0, Assert.Single(Uncertainty.Of([Judged("model", [0, 0, 0, 1, 1, 1])], agreed)).Floored);
    }

    private static string Html(double[] probabilitiesOfDog, PictureSet? pictures = null)
    {
        pictures ??= Pictures;
        Result[] results = [Judged("model", probabilitiesOfDog)];
        var options = new TrainOptions(new DataOptions(null, 20, 1, null), [], Ablation: false, SoftLabels: false, Save: null, Report: "report.html");
        return HtmlReport.Of(options, new PictureData(pictures, pictures, []), results, comparison: null, Uncertainty.Of(results, pictures), trial: null, losses: null).ToHtml();
    }

    private static Result Judged(string name, double[] probabilitiesOfDog)
    {
        var ml = new MLContext(seed: 1);
        var scored = ml.Data.LoadFromEnumerable(
            Pictures.Items.Zip(probabilitiesOfDog, (item, p) => new ForecastRow { Label = item.Label, Score = [(float)(1 - p), (float)p] }).ToArray());
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored, new MLNet.CrossEntropy.MulticlassEvaluationOptions { ClassNames = ["cat", "dog"] });
        return new Result(name, TimeSpan.Zero, metrics, metrics, ml.Transforms.CopyColumns("Copy", "Score").Fit(scored), probabilitiesOfDog);
    }

    private static Picture Plain(int shade)
    {
        var rgb = new byte[3 * PictureFeatures.Side * PictureFeatures.Side];
        Array.Fill(rgb, (byte)(40 * shade));
        return new Picture(PictureFeatures.Side, PictureFeatures.Side, rgb);
    }

    private static string Section(string html, string heading) =>
        Regex.Match(html, $"<h2>{heading}</h2>.*?</section>", RegexOptions.Singleline).Value;

    /// <summary>The shades of a section's pictures, read from the page itself.</summary>
    private static int[] Shown(string html, string heading) =>
        [.. DataUri().Matches(Section(html, heading)).Select(m => PngDecoder.Decode(Convert.FromBase64String(m.Groups[1].Value), maxPixels: 1024).Rgb[0] / 40)];

    [GeneratedRegex("src=\"data:image/png;base64,([^\"]+)\"")]
    private static partial Regex DataUri();

    [GeneratedRegex(@"\d\.\d+")]
    private static partial Regex Number();
}
