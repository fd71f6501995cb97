using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

public class TrainingReportJsonTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_report_survives_beside_its_model(string trainer)
    {
        var report =
            TrainingReport.Of(
            AllTrainers.Create(trainer, _ml, options => options.ValidationFraction = 0.2).Fit(Dataset.BreastCancer.View(_ml)))!;
        using var file = new TemporaryFile();
        report.Save(file.Name);
        TrainingReport loaded = TrainingReport.Load(file.Name);
        Assert.Equal(report.History, loaded.History);
        Assert.Equal(report.Warnings, loaded.Warnings);
        Assert.Equal(report with { History = [], Warnings = [] }, loaded with { History = [], Warnings = [] });
        Assert.Equal(report.ToJson(), loaded.ToJson());
    }

    /// <summary>A file of nothing, a device that never ends, a link to it, and a file of more than a report can be.</summary>
    [Fact]
    public void A_file_that_cannot_be_a_report_is_not_read()
    {
        using var file = new TemporaryFile();
        File.WriteAllText(file.Name, "");
        Refuses(file.Name);
        using (var stream = File.OpenWrite(file.Name))
            stream.SetLength(1L << 34);
        Refuses(file.Name);
        if (!File.Exists("/dev/zero"))
            return;
        Refuses("/dev/zero");
        File.Delete(file.Name);
        File.CreateSymbolicLink(file.Name, "/dev/zero");
        Refuses(file.Name);

        static void Refuses(string path) => Assert.Contains("no training report: it is empty, or of more than",
            Assert.Throws<FormatException>(() => TrainingReport.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_is_what_it_says()
    {
        var report = new TrainingReport
        {
            Rows = new TrainingRowCounts { Used = 5, MissingLabel = 1 },
            L2Regularization = 0.25,
            Seed = 7,
            History =
                [new EpochReport { Epoch = 1, MaximumEpochs = 2, Steps = 3, LearningRate = 0.5, TrainingLoss = 0.75, Objective = 1,
                ValidationLoss = 0.5, ValidationStandardError = double.NaN, Elapsed = TimeSpan.FromSeconds(1.5) }],
            StopReason = StopReason.Cancelled,
            Certificate = new OptimalityCertificate { Objective = 1, DataTerm = 0.5, GradientNorm = double.PositiveInfinity },
        };
        var json = JsonNode.Parse(report.ToJson())!;
        Assert.Equal(("MLNet.CrossEntropy.TrainingReport", 1), ((string?)json["format"], (int)json["version"]!));
        var epoch = json["report"]!["history"]![0]!;
        Assert.Equal((1, 0.75, 0.5, "NaN", "00:00:01.5000000"),
            ((int)epoch["epoch"]!, (double)epoch["trainingLoss"]!, (double)epoch["validationLoss"]!,
                (string?)epoch["validationStandardError"], (string?)epoch["elapsed"]));
        Assert.Equal((5, 1, "cancelled", "Infinity"),
            ((int)json["report"]!["rows"]!["used"]!, (int)json["report"]!["rows"]!["missingLabel"]!, (string?)json["report"]!["stopReason"],
                (string?)json["report"]!["certificate"]!["gradientNorm"]));
        Assert.Equal(report.ToJson(), TrainingReport.FromJson(report.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("", "not a training report as JSON")]
    [InlineData("{", "not a training report as JSON")]
    [InlineData("null", "format '', version ")]
    [InlineData("{\"format\": \"other\", \"version\": 1}", "format 'other', version 1")]
    [InlineData("{\"format\": \"MLNet.CrossEntropy.TrainingReport\", \"version\": 2}", "version 2; 'MLNet.CrossEntropy.TrainingReport', version 1, is needed")]
    [InlineData("{\"format\": \"MLNet.CrossEntropy.TrainingReport\", \"version\": 1, \"report\": {}}", "not a training report as JSON")]
    public void What_is_no_report_is_refused(string json, string why)
        => Assert.Contains(why, Assert.Throws<FormatException>(() => TrainingReport.FromJson(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_memory_a_fit_will_take_is_known_before_it_begins()
    {
        var lines = new List<string>();
        _ml.Log += (_, line) => lines.Add(line.RawMessage);
        var report =
            TrainingReport.Of(
            AllTrainers.Create("softmax", _ml, options => options.NumberOfEpochs = 2).Fit(Dataset.BreastCancer.View(_ml)))!;

        // Rows, their order and labels, SAGA's memory, and the weights, several times.
        const long Rows = 569 * 30 * 4, Order = 569 * 4 * 2, Table = 569 * 2 * 4, Weights = 2 * 31 * 4;
        Assert.InRange(report.EstimatedMemoryBytes!.Value, Rows + Order + Table + 5 * Weights, Rows + Order + Table + 30 * Weights);
        var plan =
            lines.FindIndex(
            line => System.Text.RegularExpressions.Regex.IsMatch(
            line, @"^Fitting by Saga: at most 2 epochs of [0-9]+ steps of 8 rows, in about 0\.1 MB of memory\.$"));
        Assert.InRange(plan, 0, lines.FindIndex(line => line.StartsWith("Epoch 1", StringComparison.Ordinal)));
    }
}
