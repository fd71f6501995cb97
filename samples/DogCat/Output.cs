using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

namespace DogCat;

/// <summary>Results on the standard output, for people or as one JSON document; what is going on, on the error stream.</summary>
internal sealed class Output(bool isJson)
{
    private const int ListedAtMost = 5;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly JsonObject _document = [];
    private readonly TextWriter _progress = Console.Error;

    /// <summary>A value for scripts, and the same in lines for people.</summary>
    public void Tell(string name, object? value, params IEnumerable<string> lines)
    {
        _document[name] = JsonSerializer.SerializeToNode(value, Json);
        Say(lines);
    }

    /// <summary>Lines for people alone.</summary>
    public void Say(params IEnumerable<string> lines)
    {
        foreach (var line in isJson ? [] : lines)
            Console.Out.WriteLine(line);
    }

    /// <summary>Announces work, says how far it is where that takes long, and at its end how long it took.</summary>
    public T Working<T>(string what, int total, Func<Action, T> work)
    {
        var watch = Stopwatch.StartNew();
        (var done, var tenths) = (0, 0);
        _progress.Write($"{what} ... ");
        var result = work(() =>
        {
            var now = (int)(10L * Interlocked.Increment(ref done) / total);
            if (now > tenths && Interlocked.Exchange(ref tenths, now) < now && watch.Elapsed.TotalSeconds > 5)
                _progress.Write($"{10 * now} % ");
        });
        _progress.WriteLine(Invariant($"{watch.Elapsed.TotalSeconds:F1} s"));
        return result;
    }

    /// <summary>What there is to learn from and to test with.</summary>
    public void Data(Examples train, Examples test, string kind)
    {
        var version =
            typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var features = ((VectorDataViewType)train.Rows.Schema["Features"].Type).Size;
        Tell("microsoftML", version, Invariant($"Microsoft.ML {version}; {train.Pictures.Length:N0} {kind} to train on, ")
            + Invariant($"{test.Pictures.Length:N0} others to test with, {features:N0} features each."));
        Tell("train", Counts(train));
        Tell("test", Counts(test));

        static object Counts(Examples examples) =>
            new { pictures = examples.Pictures.Length, dogs = examples.Pictures.Count(p => p.IsDog) };
    }

    /// <summary>Names what could not be used, the first few of many.</summary>
    public void Skipped(IReadOnlyList<SkippedFile> skipped) => Tell("skipped", skipped, skipped.Count == 0 ? [] :
    [
        Invariant($"Skipped {skipped.Count:N0}:"),
        .. skipped.Take(ListedAtMost).Select(file => $"  '{file.Path}': {file.Reason}"),
        .. skipped.Count > ListedAtMost ? [Invariant($"  and {skipped.Count - ListedAtMost:N0} more")] : Array.Empty<string>(),
    ]);

    /// <summary>One row a trainer, and below what knowing no picture and knowing all would give.</summary>
    public void Results(IReadOnlyList<Result> results, double? lowerBound)
    {
        Tell("results", results.Select(r => new
        {
            trainer = r.Trainer.Name,
            fitSeconds = r.FitTime.TotalSeconds,
            trainLogLoss = r.Train.LogLoss,
            testLogLoss = r.Test.LogLoss,
            testLogLossStandardError = r.Test.LogLossStandardError,
            testAccuracy = r.Test.Accuracy,
            warnings = r.Test.Warnings,
        }),
        [
            "\n                                            train log-loss    test log-loss",
            "trainer                              fit s    nats    bits      nats    bits    right",
            .. results.Select(r => Row(
                r.Trainer.Name + r.Trainer.Settings, r.FitTime.TotalSeconds, r.Train.LogLoss, r.Test.LogLoss, r.Test.Accuracy)),
            Row("(class shares alone)", null, null, results[0].Test.LabelEntropy, null),
        ]);
        Tell("lowerBound", lowerBound, lowerBound is not { } bound ? [] :
        [
            Row("(known lower bound)", null, null, bound, null),
            "\nA drawn picture's label is the toss of a coin of known probability. Even who knew every coin",
            "would lose the mean entropy of the coins: the known lower bound.",
        ]);
    }

    /// <summary>How far a model is from the known uncertainty; nothing where that is not known.</summary>
    public void Uncertainty(string model, MulticlassCrossEntropyMetrics? soft) => Tell("uncertainty", soft is null ? null : new
    {
        pictures = soft.Rows.Used,
        labelEntropy = soft.IrreducibleLogLoss,
        divergence = soft.KullbackLeibler,
        crossEntropy = soft.LogLoss,
    }, soft is null ? [] : [SoftLabels.InWords(model, soft)]);

    /// <summary>Whether the first trainer is better than ML.NET's, or worse, and how sure that is.</summary>
    public void Comparison(CrossEntropyComparison comparison) =>
        Tell("comparison", JsonNode.Parse(comparison.ToJson()), "\n" + comparison.Pairs[0].Sentence);

    /// <summary>What came of training on soft labels, if that was tried.</summary>
    public void Trial(SoftLabelTrial? trial) => Tell("softLabels", trial is null ? null : new
    {
        bySoftLabels = JsonNode.Parse(trial.BySoftLabels.ToJson()),
        byHardLabels = JsonNode.Parse(trial.ByHardLabels.ToJson()),
    }, trial?.Sentences ?? []);

    /// <summary>A file was written.</summary>
    public void Written(string what, string path) => Tell(what, path, $"Wrote the {what} {path}");

    /// <summary>Three commands to go on with.</summary>
    public void NextSteps(JobOptions options)
    {
        var images = options.Images is { } folder ? $" --images {folder}" : "";
        string[] next =
        [
            images == "" ? "--images DIR                              # photographs" : $"--soft-labels{images}",
            $"--save model.zip --report report.html{images}",
            options.Save is { } model ? $"predict {model} PICTURE ..." : "draw DIR                                  # look at them",
        ];
        Say(["\nTry next:", .. next.Select(arguments => $"  dotnet run -c Release --project samples/DogCat -- {arguments}")]);
    }

    /// <summary>Writes the JSON document, if it was asked for. Called once, whatever happened.</summary>
    public void Close(ExitCode exit)
    {
        Tell("exitCode", exit);
        if (isJson)
            Console.Out.WriteLine(_document.ToJsonString(Json));
    }

    private static string Row(string name, double? fit, double? train, double test, double? accuracy) => Invariant(
        $"{name,-36}{fit,6:F2}  {train,6:F4}  {train / Math.Log(2),6:F4}    {test,6:F4}  {test / Math.Log(2),6:F4}  {accuracy,7:P1}")
            .TrimEnd();
}
