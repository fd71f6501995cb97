using System.Text.Json.Nodes;
using DogCat;
using DogCat.Drawing;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

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
        : (Commands.Draw(options.Seed, Series.Train, options.Pictures, cancellation),
            Commands.Draw(options.Seed, Series.Test, options.Pictures / 2, cancellation));

    if (options.SoftLabels)
        SoftLabels.Check(test);

    // 2. Pixels become features: of photographs by a network that has seen a million others, of drawings by where their edges run.
    var arePhotographs = options.Images is not null;
    var kind = arePhotographs ? "photographs" : "drawn pictures";
    var featurizer = (arePhotographs ? Featurizing.ResNet18(ml) : Featurizing.GradientHistograms(ml)).Fit(ml.NoPictures());
    var known = Featurize("train on", train);
    HashSet<string> learned = [.. known.Rows.GetColumn<string>(nameof(Example.Fingerprint))];
    var unseen = Featurize("test with", [.. test.Select(picture => picture.UnlessAmong(learned))]);
    output.Data(known, unseen, kind);
    output.Skipped(skipped);

    // 3. Each trainer learns from the same examples, as it comes.
    List<Result> results = [];
    foreach (var contender in Contender.All(ml, arePhotographs))
    {
        cancellation.ThrowIfCancellationRequested();
        results.Add(Output.Working($"Training {contender.Name}", 1, _ => contender.Run(ml, known.Rows, unseen.Rows)));
    }

    // 4. Whose probabilities fit the pictures that no trainer has seen, and how sure is that?
    (var name, var model) = (results[0].Trainer.Name, results[0].Model);
    var scored = model.Transform(unseen.Rows);
    var soft = SoftLabels.Evaluate(ml, scored);
    output.Results(results, arePhotographs ? null : soft?.IrreducibleLogLoss);
    // Of the models that give classes scores: SigmoidCrossEntropy's is SoftmaxCrossEntropy's in another form.
    var compared = results.Where(r => !r.Trainer.IsBinary).ToDictionary(r => r.Trainer.Name);
    var comparison = ml.MulticlassClassification.CompareCrossEntropy(
        compared.ToDictionary(r => r.Key, r => r.Value.Model.Transform(unseen.Rows)), new ComparisonOptions { Seed = 1 });
    output.Tell("comparison", JsonNode.Parse(comparison.ToJson()), "\n" + comparison.Pairs[0].Sentence);

    // 5. How uncertain some pictures are is known. How far is the model from that, and does it help to train on it?
    SoftLabelTrial? trial = null;
    if (options.SoftLabels)
    {
        output.Uncertainty(name, soft);
        trial = Output.Working("Training on soft labels and on hard ones", 1, _ => SoftLabels.Trial(ml, known, unseen));
        output.Tell("softLabels", trial.Json, trial.Sentences);
    }

    // 6. The model is ML.NET's own, from the picture to the prediction; the report is one HTML file.
    if (options.Save is { } path)
    {
        ml.Save(featurizer.Append(model), learned, path);
        output.Written("model", path);
    }
    if (options.Report is { } page)
    {
        var report = new CrossEntropyReport("Dogs and cats")
        {
            Introduction = Invariant($"Linear models of {known.Pictures.Length:N0} {kind}, ")
                + Invariant($"judged by {unseen.Pictures.Length:N0} others that no model has seen."),
        };
        foreach ((var of, var result) in compared)
            report.Add(of, result.Test, TrainingReport.Of(result.Model));
        report.Add(comparison).AddPictures(name, unseen.ScoredPictures(scored), soft).AddTrial(trial).AddReason().Save(page);
        output.Written("report", page);
    }
    output.NextSteps();
    return ExitCode.Done;

    Examples Featurize(string purpose, Picture[] pictures) => Output.Working($"Computing features to {purpose}", pictures.Length,
        done => ml.Featurize(featurizer, pictures, skipped, done, cancellation));
}
