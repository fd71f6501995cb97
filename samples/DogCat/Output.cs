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
    private const int LongestLine = 300;

    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly JsonObject _document = [];

    /// <summary>A value for scripts, and the same in lines for people.</summary>
    public void Tell(string name, object? value, params IEnumerable<string> lines)
    {
        _document[name] = JsonSerializer.SerializeToNode(value, Json);
        foreach (var line in isJson ? [] : lines)
            Console.Out.WriteLine(Plain(line));
    }

    /// <summary>Announces work, says how far it is where that takes long, and at its end how long it took.</summary>
    public static T Working<T>(string what, int total, Func<Action, T> work)
    {
        var watch = Stopwatch.StartNew();
        var done = 0;
        Console.Error.Write($"{what} ... ");
        var result = work(() =>
        {
            var now = Interlocked.Increment(ref done);
            if (now % Math.Max(1, total / 10) == 0 && watch.Elapsed.TotalSeconds > 5)
                Console.Error.Write($"{100L * now / total} % ");
        });
        Console.Error.WriteLine(Invariant($"{watch.Elapsed.TotalSeconds:F1} s"));
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
    }

    /// <summary>Names what could not be used, the first few of many.</summary>
    public void Skipped(IReadOnlyList<SkippedFile> skipped) => Tell("skipped", skipped, skipped.Count == 0 ? [] :
    [
        Invariant($"Skipped {skipped.Count:N0}:"),
        .. skipped.Take(ListedAtMost).Select(file => Short($"  '{file.Path}': {file.Reason}")),
        .. skipped.Count > ListedAtMost ? [Invariant($"  and {skipped.Count - ListedAtMost:N0} more")] : Array.Empty<string>(),
    ]);

    /// <summary>A text that does nothing to a terminal: names of files may hold any bytes.</summary>
    public static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\n' ? '?' : c));

    // A name of a hostile file may be as long as it likes.
    private static string Short(string line) => line.Length <= LongestLine ? line : line[..LongestLine] + "...";

    /// <summary>One row a trainer, and below what knowing no picture and knowing all would give.</summary>
    public void Results(IReadOnlyList<Result> results, double? lowerBound)
    {
        Tell("results", results.Select(r => new
        {
            trainer = r.Trainer.Name,
            fitSeconds = r.FitTime.TotalSeconds,
            trainLogLoss = r.Train.LogLoss,
            test = JsonNode.Parse(r.Test.ToJson()),
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
    public void Uncertainty(string model, MulticlassCrossEntropyMetrics? soft) =>
        Tell("uncertainty", soft is null ? null : JsonNode.Parse(soft.ToJson()), soft is null ? [] : [SoftLabels.InWords(model, soft)]);

    /// <summary>A file was written.</summary>
    public void Written(string what, string path) => Tell(what, path, $"Wrote the {what} {path}");

    /// <summary>Three commands to go on with.</summary>
    public void NextSteps()
    {
        string[] next = ["draw DIR", "--images DIR --save model.zip --report report.html", "predict model.zip DIR/test/dog/*"];
        Tell("next", next, ["\nTry next:", .. next.Select(arguments => $"  dotnet run -c Release --project samples/DogCat -- {arguments}")]);
    }

    /// <summary>Writes the JSON document, if it was asked for. Called once, whatever happened.</summary>
    public void Close(ExitCode exit)
    {
        Tell("exitCode", exit);
        if (isJson)
            Console.Out.WriteLine(_document.ToJsonString(Json));
    }

    private static string Row(string name, double? fit, double? train, double test, double? accuracy) => Invariant(
        $"{name,-36}{fit,6:F2}  {train,6:F4}  {train / Math.Log(2),6:F4}    {test,6:F4}  {test / Math.Log(2),6:F4}  {accuracy,7:P1}").TrimEnd();
}
