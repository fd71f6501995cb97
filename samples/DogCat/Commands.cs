using System.IO.Compression;
using System.Text.Json.Nodes;
using DogCat.Drawing;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

namespace DogCat;

/// <summary>What can be done besides training, and what training shares with it.</summary>
internal static class Commands
{
    private const string LearnedFrom = "DogCat/learned-from.txt";

    /// <summary>Asks a saved model about picture files.</summary>
    public static ExitCode Predict(string modelPath, string[] files, Output output, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        List<SkippedFile> refused = [];
        using var model = Load(ml, modelPath, out _);
        Picture[] pictures = [.. files.Select(file => Picture.OfFile(file))];
        var judged = ml.Score(model, modelPath, pictures, refused, () => { }, cancellation).ScoredPictures();
        var answers = judged.Select(
            j => new { path = j.Picture.Name, answer = j.SaysDog ? "dog" : "cat", cat = j.Score[0], dog = j.Score[1] }).ToArray();
        output.Tell("predictions", answers, answers.Select(a => Invariant($"{a.path}: {a.answer} (cat {a.cat:F3}, dog {a.dog:F3})")));
        foreach (var file in refused)
            Console.Error.WriteLine(Output.Plain($"'{file.Path}': {file.Reason}"));
        output.Tell("refused", refused);
        return refused.Count == 0 ? ExitCode.Done : ExitCode.SomePicturesRefused;
    }

    /// <summary>Evaluates a saved model by photographs, or by drawn pictures of a series that nothing is trained on.</summary>
    public static ExitCode Evaluate(string modelPath, JobOptions options, Output output, CancellationToken cancellation)
    {
        options.Check();
        var ml = new MLContext(seed: 1);
        var name = Path.GetFileName(modelPath);
        List<SkippedFile> skipped = [];
        using var model = Load(ml, modelPath, out var learned);
        Picture[] pictures = options.Images is { } folder
            ? PictureFolder.LoadTest(folder, skipped)
            : Draw(options.Seed, Series.Evaluation, options.Pictures, cancellation);
        pictures = [.. pictures.Select(p => p.UnlessAmong(learned))];
        var scored = Output.Working(
            $"Asking {name}", pictures.Length, done => ml.Score(model, modelPath, pictures, skipped, done, cancellation));
        output.Skipped(skipped);
        if (scored.Pictures.Length == 0)
            throw new UserException($"No picture is left to evaluate the model on; '{skipped[^1].Path}': {skipped[^1].Reason}");
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored.Rows, SoftLabels.By(nameof(Example.Label)));
        output.Tell("metrics", JsonNode.Parse(metrics.ToJson()), metrics.ToString()!);
        var soft = SoftLabels.Evaluate(ml, scored.Rows);
        output.Uncertainty(name, soft);
        if (options.Report is { } page)
        {
            new CrossEntropyReport("Dogs and cats").Add(name, metrics).AddPictures(name, scored.ScoredPictures(), soft).Save(page);
            output.Written("report", page);
        }
        if (options.LogLoss is { } limit)
            metrics.Require(m => m.LogLoss < limit);
        return ExitCode.Done;
    }

    /// <summary>Writes drawn pictures to a folder, laid out as <c>--images</c> reads them.</summary>
    public static ExitCode Draw(string folder, JobOptions options, Output output, CancellationToken cancellation)
    {
        options.Check();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UserException($"The folder '{folder}' is not empty; drawn pictures go into an empty or a new one.");
        DrawSet(Series.FolderTrain, "train", options.Pictures);
        DrawSet(Series.FolderTest, "test", options.Pictures / 2);
        output.Written("pictures", folder);
        return ExitCode.Done;

        void DrawSet(Series series, string name, int count)
        {
            foreach (var label in (string[])["cat", "dog"])
                Directory.CreateDirectory(Path.Combine(folder, name, label));
            foreach ((var i, var picture) in Draw(options.Seed, series, count, cancellation).Index())
            {
                using var image = picture.Open();
                image.Save(Path.Combine(folder, name, picture.Label, $"{i:D5}.png"));
            }
        }
    }

    /// <summary>Draws the first pictures of a series.</summary>
    public static Picture[] Draw(int seed, Series series, int count, CancellationToken cancellation) => Output.Working(
        Invariant($"Drawing {count:N0} pictures"), count, done => DrawnPictures.Draw(seed, series, count, done, cancellation));

    /// <summary>
    /// Saves a model from a picture to probabilities: ML.NET's own file, and in it the fingerprints of the pictures that it has learned
    /// from. A file that is there is replaced once the new one is whole.
    /// </summary>
    public static void Save(this MLContext ml, ITransformer model, HashSet<string> learned, string path)
    {
        var unfinished = path + ".unfinished";
        ml.Model.Save(model, ml.NoPictures().Schema, unfinished);
        using (var file = ZipFile.Open(unfinished, ZipArchiveMode.Update))
        using (var writer = new StreamWriter(file.CreateEntry(LearnedFrom).Open()))
            writer.Write(string.Join('\n', learned));
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Asks a model for its scores, and refuses one whose numbers are broken: what it says means nothing.</summary>
    private static Examples Score(this MLContext ml, ITransformer model, string path, Picture[] pictures, List<SkippedFile> skipped,
        Action done, CancellationToken cancellation)
    {
        var scored = ml.Ask(model, "Score", pictures, skipped, done, cancellation);
        return scored.ScoredPictures().All(j => Array.TrueForAll(j.Score, float.IsFinite)) ? scored
            : throw new UserException($"'{path}' answers with probabilities that are no numbers: the model is broken. Train it anew.");
    }

    /// <summary>Loads one. Whoever does disposes of it, or the network in it leaves its 45 megabytes in the temporary folder.</summary>
    /// <exception cref="UserException">The file is missing, no model, or the model of something else.</exception>
    private static TransformerChain<ITransformer> Load(MLContext ml, string path, out HashSet<string> learned)
    {
        if (!File.Exists(path))
            throw new UserException($"There is no model file '{path}'. Make one with: --save {path}");
        ITransformer? model = null;
        try
        {
            ml.ComponentCatalog.RegisterAssembly(typeof(GradientHistograms).Assembly);
            model = ml.Model.Load(path, out _);
            using var file = ZipFile.OpenRead(path);
            using var reader = new StreamReader(file.GetEntry(LearnedFrom) is { Length: < 200_000_000 } entry ? entry.Open() : Stream.Null);
            learned = [.. reader.ReadToEnd().Split('\n')];
            VBuffer<ReadOnlyMemory<char>> names = default;
            model.GetOutputSchema(ml.NoPictures().Schema)["Score"].GetSlotNames(ref names);
            return names.DenseValues().Select(n => n.ToString()).SequenceEqual(["cat", "dog"])
                ? (TransformerChain<ITransformer>)model : throw new InvalidOperationException("its classes are not cat and dog");
        }
        catch (Exception exception)
        {
            (model as IDisposable)?.Dispose();
            throw new UserException($"'{path}' is no model of pictures of cats and dogs: {exception.GetBaseException().Message}");
        }
    }
}
