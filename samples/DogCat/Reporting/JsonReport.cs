using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DogCat.Commands;
using DogCat.Training;

namespace DogCat.Reporting;

/// <summary>Gathers what a run has to say into one JSON document.</summary>
internal sealed class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly JsonObject _document = [];

    public void Add<T>(string name, T value) => _document[name] = JsonSerializer.SerializeToNode(value, Options);

    public void AddRaw(string name, string json) => _document[name] = JsonNode.Parse(json);

    public void Append<T>(string name, T value)
    {
        if (_document[name] is not JsonArray array)
            _document[name] = array = [];
        array.Add(JsonSerializer.SerializeToNode(value, Options));
    }

    /// <summary>The document, with the exit code.</summary>
    public string ToString(ExitCode exit)
    {
        _document["exitCode"] = (int)exit;
        return _document.ToJsonString(Options);
    }

    /// <summary>Races of losses, curve by curve; the first figures are those of the beginning.</summary>
    public static object Of(params LossRace[] races) => races.Select(race => new
    {
        race.Beginning,
        curves = race.Curves.Select(c => new { loss = c.Name, c.Rate, logLoss = c.Epochs.Select(j => j.LogLoss), errorRate = c.Epochs.Select(j => j.ErrorRate) }),
    });

    /// <summary>What scripts want to know of a result.</summary>
    public static object Of(Result result) => new
    {
        trainer = result.Name,
        fitSeconds = result.FitTime.TotalSeconds,
        trainLogLoss = result.Train.LogLoss,
        testLogLoss = result.Test.LogLoss,
        testLogLossStandardError = result.Test.LogLossStandardError,
        testAccuracy = result.Test.Accuracy,
        warnings = result.Test.Warnings,
    };
}
