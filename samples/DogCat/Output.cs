using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.ML;
using MLNet.CrossEntropy;
using static System.FormattableString;

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

    /// <summary>A line for people.</summary>
    public void Say(string line)
    {
        if (!isJson)
            Console.Out.WriteLine(line);
    }

    /// <summary>A value for scripts.</summary>
    public void Add<T>(string name, T value) => _document[name] = JsonSerializer.SerializeToNode(value, Json);

    /// <summary>One of the library's own documents for scripts.</summary>
    public void AddJson(string name, string json) => _document[name] = JsonNode.Parse(json);

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
    public void Data(Examples train, Examples test, IReadOnlyList<SkippedFile> skipped, string kind)
    {
        var version =
            typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        Say(Invariant(
            $"Microsoft.ML {version}; {train.Pictures.Length:N0} {kind} to train on, {test.Pictures.Length:N0} others to test with, ")
            + Invariant($"{train.Features[0].Length:N0} features each."));
        Add("microsoftML", version);
        Add("train", new { pictures = train.Pictures.Length, dogs = train.Pictures.Count(p => p.IsDog) });
        Add("test", new { pictures = test.Pictures.Length, dogs = test.Pictures.Count(p => p.IsDog) });
        Skipped(skipped);
    }

    /// <summary>Names what could not be used, the first few of many.</summary>
    public void Skipped(IReadOnlyList<SkippedFile> skipped)
    {
        Add("skipped", skipped);
        if (skipped.Count > 0)
            Say(Invariant($"Skipped {skipped.Count:N0}:"));
        foreach (var file in skipped.Take(ListedAtMost))
            Say($"  '{file.Path}': {file.Reason}");
        if (skipped.Count > ListedAtMost)
            Say(Invariant($"  and {skipped.Count - ListedAtMost:N0} more"));
    }

    /// <summary>One row a trainer, and below what knowing no picture and knowing all would give.</summary>
    public void Results(IReadOnlyList<Result> results, double? lowerBound)
    {
        Say("\n                                            train log-loss    test log-loss");
        Say("trainer                              fit s    nats    bits      nats    bits    right");
        foreach (var r in results)
            Say(Row(r.Name + r.Settings, r.FitTime.TotalSeconds, r.Train.LogLoss, r.Test.LogLoss, r.Test.Accuracy));
        Say(Row("(class shares alone)", null, null, results[0].Test.LabelEntropy, null));
        if (lowerBound is { } bound)
        {
            Say(Row("(known lower bound)", null, null, bound, null));
            Say("\nA drawn picture's label is the toss of a coin of known probability. Even who knew every coin");
            Say("would lose the mean entropy of the coins: the known lower bound.");
        }
        Add("lowerBound", lowerBound);
        Add("results", results.Select(r => new
        {
            trainer = r.Name,
            fitSeconds = r.FitTime.TotalSeconds,
            trainLogLoss = r.Train.LogLoss,
            testLogLoss = r.Test.LogLoss,
            testLogLossStandardError = r.Test.LogLossStandardError,
            testAccuracy = r.Test.Accuracy,
            warnings = r.Test.Warnings,
        }));
    }

    /// <summary>Whether the first trainer is better than ML.NET's, and who could not take part.</summary>
    public void Comparison(CrossEntropyComparison comparison)
    {
        Say(comparison.Pairs[0].Sentence);
        AddJson("comparison", comparison.ToJson());
        if (Contenders.LeftOut is { } leftOut)
            Say(leftOut);
    }

    /// <summary>How far a model is from the known uncertainty, and what came of training on it; nothing where neither is known.</summary>
    public void Uncertainty(string model, MulticlassCrossEntropyMetrics? soft, SoftLabelTrial? trial)
    {
        if (soft is not null)
            Say(SoftLabels.InWords(model, soft));
        foreach (var sentence in trial?.Sentences ?? [])
            Say(sentence);
        Add("uncertainty", soft is null ? null : new
        {
            pictures = soft.Rows.Used,
            labelEntropy = soft.IrreducibleLogLoss,
            divergence = soft.KullbackLeibler,
            crossEntropy = soft.LogLoss,
        });
        Add("softLabels", trial is null ? null : new
        {
            bySoftLabels = JsonNode.Parse(trial.BySoftLabels.ToJson()),
            byHardLabels = JsonNode.Parse(trial.ByHardLabels.ToJson()),
        });
    }

    /// <summary>A file was written.</summary>
    public void Written(string what, string path)
    {
        Say($"Wrote the {what} {path}");
        Add(what, path);
    }

    /// <summary>Three commands to go on with.</summary>
    public void NextSteps(JobOptions options)
    {
        const string program = "  dotnet run -c Release --project samples/DogCat -- ";
        var images = options.Images is { } folder ? $" --images {folder}" : "";
        Say("\nTry next:");
        Say($"{program}{(images == "" ? "--images DIR                              # photographs" : $"--soft-labels{images}")}");
        Say($"{program}--save model.zip --report report.html{images}");
        var last = options.Save is { } model ? $"predict {model} PICTURE ..." : "draw DIR                                  # look at them";
        Say($"{program}{last}");
    }

    /// <summary>Writes the JSON document, if it was asked for. Called once, whatever happened.</summary>
    public void Close(ExitCode exit)
    {
        Add("exitCode", (int)exit);
        if (isJson)
            Console.Out.WriteLine(_document.ToJsonString(Json));
    }

    private static string Row(string name, double? fit, double? train, double test, double? accuracy) => Invariant(
        $"{name,-36}{fit,6:F2}  {train,6:F4}  {train / Math.Log(2),6:F4}    {test,6:F4}  {test / Math.Log(2),6:F4}  {accuracy,7:P1}")
            .TrimEnd();
}
