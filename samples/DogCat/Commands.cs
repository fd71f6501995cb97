using DogCat.Drawing;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;
using static System.FormattableString;

namespace DogCat;

/// <summary>What can be done besides training, and what training shares with it.</summary>
internal static class Commands
{
    /// <summary>Asks a saved model about picture files.</summary>
    public static ExitCode Predict(string modelPath, string[] files, Output output, CancellationToken cancellation)
    {
        var ml = new MLContext(seed: 1);
        List<SkippedFile> refused = [];
        using var model = Load(ml, modelPath);
        var scores = ml.Ask(model, "Score", [.. files.Select(file => Picture.OfFile(file))], refused, () => { }, cancellation);
        CheckScores(modelPath, scores);
        var answers = files.Zip(scores).Where(a => a.Second is not null)
            .Select(a => new { path = a.First, answer = a.Second![1] > a.Second[0] ? "dog" : "cat", cat = a.Second[0], dog = a.Second[1] })
                .ToArray();
        foreach (var a in answers)
            output.Say(Invariant($"{a.path}: {a.answer} (cat {a.cat:F3}, dog {a.dog:F3})"));
        foreach (var file in refused)
            Console.Error.WriteLine($"'{file.Path}': {file.Reason}");
        output.Add("predictions", answers);
        output.Add("refused", refused);
        return refused.Count == 0 ? ExitCode.Done : ExitCode.SomePicturesRefused;
    }

    /// <summary>
    /// Judges a saved model by pictures whose labels are known: photographs, or drawn ones of a series that nothing is trained on.
    /// </summary>
    public static ExitCode Evaluate(string modelPath, JobOptions options, Output output, CancellationToken cancellation)
    {
        options.Check();
        var ml = new MLContext(seed: 1);
        var name = Path.GetFileName(modelPath);
        List<SkippedFile> skipped = [];
        using var model = Load(ml, modelPath);
        Picture[] pictures = options.Images is { } folder
            ? PictureFolder.LoadTest(folder, skipped)
            : output.Draw(options.Seed, Series.Evaluation, options.Pictures, cancellation);
        var scores =
            output.Working($"Asking {name}", pictures.Length, done => ml.Ask(model, "Score", pictures, skipped, done, cancellation));
        CheckScores(modelPath, scores);
        Judged[] judged = [.. pictures.Zip(scores).Where(j => j.Second is not null).Select(j => new Judged(j.First, j.Second!))];
        output.Skipped(skipped);
        if (judged.Length == 0)
            throw new UserException("There is no picture left to judge the model by.");
        var metrics = SoftLabels.EvaluateByLabel(ml, judged);
        output.Say(metrics.ToString()!);
        output.AddJson("metrics", metrics.ToJson());
        var soft = SoftLabels.Evaluate(ml, judged);
        output.Uncertainty(name, soft, trial: null);
        if (options.Report is { } page)
        {
            new CrossEntropyReport("Dogs and cats").Add(name, metrics).AddPictures(name, judged, soft).Save(page);
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
        (Series, string, int)[] sets = [(Series.FolderTrain, "train", options.Pictures), (Series.FolderTest, "test", options.Pictures / 2)];
        foreach ((var series, var name, var count) in sets)
        {
            foreach (var label in (string[])["cat", "dog"])
                Directory.CreateDirectory(Path.Combine(folder, name, label));
            Picture[] pictures = output.Draw(options.Seed, series, count, cancellation);
            for (var i = 0; i < count; i++)
            {
                using var image = pictures[i].Open();
                image.Save(Path.Combine(folder, name, pictures[i].Label, $"{i:D5}.png"));
            }
        }
        output.Written("pictures", folder);
        return ExitCode.Done;
    }

    /// <summary>Draws the first pictures of a series.</summary>
    public static Picture[] Draw(this Output output, int seed, Series series, int count, CancellationToken cancellation) => output.Working(
        Invariant($"Drawing {count:N0} pictures"), count, done => DrawnPictures.Draw(seed, series, count, done, cancellation));

    /// <summary>
    /// Saves a model from a picture to probabilities: ML.NET's own file. One that is there is replaced once the new one is whole.
    /// </summary>
    public static void Save(this MLContext ml, ITransformer model, string path)
    {
        var unfinished = path + ".unfinished";
        ml.Model.Save(model, ml.Data.LoadFromEnumerable<PictureRow>([]).Schema, unfinished);
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Refuses a model whose numbers are broken: what it says means nothing.</summary>
    private static void CheckScores(string path, float[]?[] scores)
    {
        if (scores.Any(score => score is not null && !Array.TrueForAll(score, float.IsFinite)))
            throw new UserException($"'{path}' answers with probabilities that are no numbers: the model is broken. Train it anew.");
    }

    /// <summary>Loads one. Whoever does disposes of it, or the network in it leaves its 45 megabytes in the temporary folder.</summary>
    /// <exception cref="UserException">The file is missing, no model, or the model of something else.</exception>
    private static TransformerChain<ITransformer> Load(MLContext ml, string path)
    {
        if (!File.Exists(path))
            throw new UserException($"There is no model file '{path}'. Make one with: --save {path}");
        ITransformer? model = null;
        try
        {
            ml.ComponentCatalog.RegisterAssembly(typeof(GradientHistograms).Assembly);
            model = ml.Model.Load(path, out _);
            VBuffer<ReadOnlyMemory<char>> names = default;
            model.GetOutputSchema(ml.Data.LoadFromEnumerable<PictureRow>([]).Schema)["Score"].GetSlotNames(ref names);
            return names.DenseValues().Select(n => n.ToString()).SequenceEqual(["cat", "dog"])
                ? (TransformerChain<ITransformer>)model : throw new InvalidOperationException("its classes are not cat and dog");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            (model as IDisposable)?.Dispose();
            throw new UserException($"'{path}' is no model of pictures of cats and dogs: {exception.Message}");
        }
    }
}
