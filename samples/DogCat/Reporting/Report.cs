using System.Diagnostics;
using DogCat.Commands;
using DogCat.Data;
using DogCat.Features;
using DogCat.Training;
using Microsoft.ML;
using MLNet.CrossEntropy;
using PictureFiles;
using Spectre.Console;
using static System.FormattableString;

namespace DogCat.Reporting;

/// <summary>What the program says: the story of a run, its results, and the same as JSON for scripts.</summary>
public sealed class Report(Verbosity verbosity)
{
    private const int ListedAtMost = 5;

    private readonly JsonReport _json = new();

    /// <summary>What is going on; said only when nobody asked for less.</summary>
    private readonly TextWriter _story = verbosity == Verbosity.Normal ? Console.Out : TextWriter.Null;

    /// <summary>What came of it.</summary>
    private readonly TextWriter _results = verbosity == Verbosity.Json ? TextWriter.Null : Console.Out;

    /// <summary>For bars and pictures; null where they would only fill a file or a pipe.</summary>
    private readonly IAnsiConsole? _terminal = verbosity == Verbosity.Normal && !Console.IsOutputRedirected ? AnsiConsole.Console : null;

    public void Host()
    {
        _story.WriteLine(DogCat.Host.Description);
        _json.Add("host", DogCat.Host.Description);
    }

    /// <summary>Announces work, shows its progress and says how long it took.</summary>
    public T Working<T>(string what, string unit, int total, Func<Action, T> work)
    {
        _story.WriteLine($"{what} ...");
        var start = Stopwatch.GetTimestamp();
        var result = WorkProgress.Run(what, unit, total, _story, _terminal, work);
        _story.WriteLine(Invariant($"  done in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        return result;
    }

    public Result Fitting(Contender contender, Func<IProgress<EpochReport>, Result> fit)
    {
        _story.WriteLine($"{contender.Name} ...");
        return FitProgress.Run(contender.Name, _story, _terminal, fit);
    }

    public void Finished(Result result, TimeSpan time)
    {
        _story.WriteLine(Invariant($"  fitted in {result.FitTime.TotalSeconds:F1} s, judged in {(time - result.FitTime).TotalSeconds:F1} s; log-loss {result.Train.LogLoss:F4} train, {result.Test.LogLoss:F4} +- {result.Test.LogLossStandardError:F4} test (nats)"));
        foreach (var warning in result.Test.Warnings)
            _story.WriteLine($"  {warning}");
        _json.Append("results", JsonReport.Of(result));
    }

    /// <summary>Says why a contender cannot take part.</summary>
    public void LeftOut(Contender contender, LeftOutException reason)
    {
        _results.WriteLine($"  {contender.Name} is left out: {reason.Message}");
        _json.Append("leftOut", new { trainer = contender.Name, reason = reason.Message });
    }

    public void Data(PictureData data)
    {
        Set("train", data.Train);
        Set("test", data.Test);
        Skipped(data.Skipped);
    }

    public void Set(string name, PictureSet set)
    {
        _story.WriteLine(Invariant($"  {name,-5} {set.Count:N0}: {set.Cats:N0} cats, {set.Dogs:N0} dogs"));
        _json.Add(name, new { pictures = set.Count, cats = set.Cats, dogs = set.Dogs });
    }

    public void Skipped(IReadOnlyList<SkippedFile> skipped)
    {
        _json.Add("skipped", skipped);
        if (skipped.Count == 0)
            return;
        _results.WriteLine(Invariant($"  skipped {skipped.Count:N0}:"));
        foreach (var file in skipped.Take(ListedAtMost))
            _results.WriteLine(Invariant($"    '{file.Path}': {file.Reason}"));
        if (skipped.Count > ListedAtMost)
            _results.WriteLine(Invariant($"    and {skipped.Count - ListedAtMost:N0} more"));
    }

    public void Features(PictureFeatures features, FeatureFileReport? cache)
    {
        _story.WriteLine(Invariant($"  {PictureFeatures.Count:N0} features each: {features.Description}"));
        _json.Add("features", features.Families.Select(f => new { family = f.Name, count = f.Count }));
        if (cache is null)
            return;
        _json.Add("cache", cache);
        if (cache.Torn > 0)
            _story.WriteLine(Invariant($"  the cache '{cache.Path}' was damaged after {cache.Read:N0} pictures: {cache.Torn:N0} bytes thrown away, their features computed anew"));
        _story.WriteLine(cache.Trouble is { } trouble
            ? $"  the cache '{cache.Path}' could not be used: {trouble}"
            : Invariant($"  kept in '{cache.Path}', which had those of {cache.Read:N0} pictures"));
    }

    public void Results(IReadOnlyList<Result> results, PictureData data)
    {
        if (verbosity != Verbosity.Json)
            Tables.Write(Tables.Results(results, data));
        _json.Add("classPrior", new { testLogLoss = Prior.LogLoss(data.Train, data.Test), testAccuracy = Prior.Accuracy(data) });
    }

    public void Gallery(MLContext ml, ITransformer model, PictureSet test, IDataView features)
    {
        if (_terminal is not null)
            Reporting.Gallery.Write(_terminal, ml, model, test, features);
    }

    public void Ablation(IEnumerable<AblationRow> rows)
    {
        List<AblationRow> all = [];
        _story.WriteLine("What each family of features brings ...");
        foreach (var row in rows)
        {
            all.Add(row);
            _story.WriteLine(Invariant($"  {row.Family}: {row.Alone.LogLoss:F4} nats alone, {row.Without.LogLoss:F4} without"));
        }
        if (verbosity != Verbosity.Json)
            Tables.Write(Tables.Ablation(all));
        _json.Add("ablation", all);
    }

    public void Metrics(MulticlassCrossEntropyMetrics metrics)
    {
        _results.WriteLine(metrics);
        _json.AddRaw("metrics", metrics.ToJson());
    }

    public void Saved(Result result, string path)
    {
        _results.WriteLine($"Saved {result.Name} to {path}");
        _json.Add("saved", path);
    }

    /// <summary>Says who is better than the first contender, and how sure that is; null says nothing.</summary>
    public void Comparison(CrossEntropyComparison? comparison)
    {
        if (comparison is null)
            return;
        foreach (var pair in comparison.Pairs)
            _results.WriteLine("  " + pair.Sentence);
        _json.AddRaw("comparison", comparison.ToJson());
    }

    /// <summary>Says how sure people are and how far the models are from them; nothing where nobody was asked.</summary>
    public void Uncertainty(IReadOnlyList<Uncertainty> models)
    {
        if (models.Count == 0)
            return;
        _results.WriteLine(Invariant($"  Soft labels p of {models[0].Pictures:N0} test pictures, model's q: a log-loss is H(p) + KL(p || q).{Training.Uncertainty.Exceptions(models)}"));
        if (verbosity != Verbosity.Json)
            Tables.Write(Tables.Uncertainty(models));
        _json.Add("uncertainty", models);
    }

    /// <summary>Names the pictures on which model and people, or known probabilities, are furthest apart; nothing where nobody was asked.</summary>
    public void Disagreement(string model, Disagreement? found)
    {
        if (found is null)
            return;
        _results.WriteLine($"  {found.InWords(model)} Furthest apart:");
        foreach (var judged in found.Furthest.Take(ListedAtMost))
            _results.WriteLine("    " + Tables.InWords(judged));
        _json.Add("disagreement", new
        {
            pictures = found.Pictures,
            otherSide = found.OtherSide,
            furthest = found.Furthest.Select(j => new { picture = j.Name, label = j.Picture.Label, softLabelOfDog = j.Picture.SoftLabel, votes = j.Picture.Votes, modelOfDog = j.ProbabilityOfDog, divergence = j.Divergence }),
        });
    }

    /// <summary>Runs the trial of soft labels and says what came of it.</summary>
    public SoftLabelTrial? Trial(Func<SoftLabelTrial?> run)
    {
        _story.WriteLine("Training on soft labels and on hard ones ...");
        if (run() is not { } trial)
        {
            _results.WriteLine("  No trial of soft labels: too few pictures have any (people's votes, test/human-votes.csv, or drawn pictures' known probabilities).");
            return null;
        }
        _results.WriteLine("  " + trial.Design);
        _results.WriteLine("  judged by soft labels: " + trial.BySoftLabels.Pairs[0].Sentence);
        _results.WriteLine("  judged by hard labels: " + trial.ByHardLabels.Pairs[0].Sentence);
        _json.Add("softLabelTrial", trial.Design);
        _json.AddRaw("softLabelTrialBySoftLabels", trial.BySoftLabels.ToJson());
        _json.AddRaw("softLabelTrialByHardLabels", trial.ByHardLabels.ToJson());
        return trial;
    }

    /// <summary>Runs cross-entropy against squared error and says how they did; null where that was interrupted.</summary>
    public LossCurves? LossCurves(Func<Action, LossCurves> run)
    {
        LossCurves found;
        try
        {
            found = Working("Squared error instead of cross-entropy", "epochs", Training.LossCurves.TotalEpochs, run);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        _results.WriteLine("  " + LossCurveSection.InWords(found));
        foreach (var race in (LossRace[])[found.FromWrong, found.FromZero])
        {
            _results.WriteLine($"  From {race.Beginning}:");
            _results.WriteLine("    " + LossCurveSection.LogLoss(race));
            _results.WriteLine("    " + LossCurveSection.ErrorRate(race));
        }
        _json.Add("lossCurves", new { found.Trained, found.Judged, slopes = new { found.Slopes.CrossEntropy, found.Slopes.SquaredError }, races = JsonReport.Of(found.FromWrong, found.FromZero) });
        return found;
    }

    public void Written(string path)
    {
        _results.WriteLine($"Wrote the report {path}; open it in a browser");
        _json.Add("report", path);
    }

    public void Prediction(string path, Prediction prediction)
    {
        _results.WriteLine($"{path}: {prediction.Answer} ({string.Join(", ", prediction.Classes.Zip(prediction.Probabilities, (name, p) => Invariant($"{name} {p:F3}")))})");
        _json.Append("predictions", new { path, answer = prediction.Answer, probabilities = prediction.Classes.Zip(prediction.Probabilities).ToDictionary(p => p.First, p => p.Second) });
    }

    public void Refused(string path, PictureException exception)
    {
        Console.Error.WriteLine(exception.Message);
        _json.Append("refused", new SkippedFile(path, exception.Reason));
    }

    public void Drawn(string folder, string sheet)
    {
        _results.WriteLine($"Drawn into '{folder}'; '{sheet}' shows some of them");
        _story.WriteLine($"Try next: train --images {folder}");
        _json.Add("drawn", new { folder, sheet });
    }

    /// <summary>Says what to try next, or that the run was cut short.</summary>
    public ExitCode End(TrainOptions options, CancellationToken cancellation)
    {
        _json.Add("interrupted", cancellation.IsCancellationRequested);
        if (cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine("Interrupted: the results are those of the best model so far.");
            return ExitCode.Interrupted;
        }
        _story.WriteLine("Try next:");
        foreach (var line in NextSteps.For(options))
            _story.WriteLine("  " + line);
        return ExitCode.Done;
    }

    /// <summary>Writes the JSON document, if it was asked for. Called once, whatever happened.</summary>
    public void Close(ExitCode exit)
    {
        if (verbosity == Verbosity.Json)
            Console.Out.WriteLine(_json.ToString(exit));
    }
}
