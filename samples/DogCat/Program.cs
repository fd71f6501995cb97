using DogCat;
using DogCat.Drawing;
using Microsoft.ML;
using MLNet.CrossEntropy;
using static System.FormattableString;

return CommandLine.Run(args, Main);

// From pictures to probabilities whose worth is known.
static ExitCode Main(JobOptions options, Output output, CancellationToken cancellation)
{
    options.Check();
    var ml = new MLContext(seed: 1);

    // 1. Pictures: photographs from a folder, or drawn ones, of which is known how well one can do at best.
    List<SkippedFile> skipped = [];
    (var train, var test) = options.Images is { } folder
        ? PictureFolder.Load(folder, options.Seed, skipped)
        : (output.Draw(options.Seed, Series.Train, options.Pictures, cancellation),
            output.Draw(options.Seed, Series.Test, options.Pictures / 2, cancellation));

    if (options.SoftLabels)
        SoftLabels.Check(test);

    // 2. Pixels become features: of photographs by a network that has seen a million others, of drawings by where their edges run.
    var arePhotographs = options.Images is not null;
    var kind = arePhotographs ? "photographs" : "drawn pictures";
    var featurizer = (arePhotographs ? Featurizing.ResNet18(ml) : Featurizing.GradientHistograms(ml))
        .Fit(ml.Data.LoadFromEnumerable<PictureRow>([]));
    var known =
        output.Working("Computing features to train on", train.Length, done => ml.Examples(featurizer, train, skipped, done, cancellation));
    var unseen =
        output.Working("Computing features to test with", test.Length, done => ml.Examples(featurizer, test, skipped, done, cancellation));
    output.Data(known, unseen, skipped, kind);

    // 3. Each trainer learns from the same examples, as it comes.
    List<Result> results = [];
    foreach (var contender in Contenders.All(ml, arePhotographs))
    {
        cancellation.ThrowIfCancellationRequested();
        results.Add(output.Working($"Training {contender.Name}", 1, _ => contender.Run(ml, known, unseen)));
    }

    // 4. Whose probabilities fit the pictures that no trainer has seen, and how sure is that?
    output.Results(results, arePhotographs ? null : unseen.Pictures.Average(p => p.LabelEntropy));
    var comparison = ml.MulticlassClassification.CompareCrossEntropy(
        results.Where(r => !r.IsBinary).ToDictionary(r => r.Name, r => r.Model.Transform(unseen.Rows)), new ComparisonOptions { Seed = 1 });
    output.Comparison(comparison);

    // 5. How uncertain some pictures are is known. How far is the model from that, and does it help to train on it?
    (var name, var model) = (results[0].Name, results[0].Model);
    var judged = unseen.JudgedBy(model);
    var soft = options.SoftLabels || options.Report is not null ? SoftLabels.Evaluate(ml, judged) : null;
    var trial = options.SoftLabels ? output.Working("Training on soft labels and on hard ones", 1, _ => SoftLabels.Trial(ml, known, unseen))
        : null;
    output.Uncertainty(name, soft, trial);

    // 6. The model is ML.NET's own, from the picture to the prediction; the report is one HTML file.
    if (options.Save is { } path)
    {
        ml.Save(featurizer.Append(model), path);
        output.Written("model", path);
    }
    if (options.Report is { } page)
    {
        var report = new CrossEntropyReport("Dogs and cats")
        {
            Introduction =
            Invariant(
            $"Linear models of {known.Pictures.Length:N0} {kind}, judged by {unseen.Pictures.Length:N0} others that no model has seen.")
        };
        foreach (var result in results)
            report.Add(result.Name, result.Test, result.Training);
        report.Add(comparison).AddPictures(name, judged, soft);
        if (trial is not null)
            report.Add(trial.ToSection());
        report.AddReason().Save(page);
        output.Written("report", page);
    }
    output.NextSteps(options);
    return ExitCode.Done;
}
