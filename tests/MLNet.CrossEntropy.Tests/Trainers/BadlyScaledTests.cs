using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Features with means far beyond their variation, and features with values far beyond all others.</summary>
public sealed class BadlyScaledTests
{
    private const int FeatureCount = 4;
    private const float L2 = 1e-3f;

    private static readonly float[] LargeMeans = [1e6f, -3e6f, 0, 1e6f];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Large_means_change_nothing_but_the_biases(bool cache)
    {
        var plain = new MLContext(seed: 1);
        var shifted = new MLContext(seed: 1);
        Row[] rows = [.. Draw(600, seed: 1)], held = [.. Draw(200, seed: 2)];
        var expected = Fit(plain, rows, held, cache);
        var fit = Fit(shifted, [.. rows.Select(Shift)], [.. held.Select(Shift)], cache);
        Assert.Equal(Report(expected).Certificate.Objective, Report(fit).Certificate.Objective, 1e-4);
        Assert.Equal(Report(expected).History[^1].ValidationLoss!.Value, Report(fit).History[^1].ValidationLoss!.Value, 1e-3);

        // The model is one of raw features: floats round its scores there, some sixteenths at most.
        var scored = shifted.MulticlassClassification.EvaluateCrossEntropy(fit.Transform(View(shifted, [.. held.Select(Shift)])));
        Assert.Equal(Report(expected).History[^1].ValidationLoss!.Value, scored.LogLoss, 2e-2);
    }

    [Fact]
    public void A_model_of_large_means_is_a_start_for_the_next()
    {
        var ml = new MLContext(seed: 1);
        var view = View(ml, [.. Draw(600, seed: 1).Select(Shift)]);
        var options = new SoftmaxCrossEntropyTrainer.Options { L2Regularization = L2, Solver = Solver.Newton };
        var first = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(view);
        options.InitialModel = first;
        var next = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(view);
        var start = Report(next).History[0].TrainingLoss;
        // Rounding of the raw model's biases, to a sixteenth, is all that it begins with.
        Assert.InRange(start, 0, Report(first).Certificate.DataTerm + 0.01);
        Assert.Equal(Report(first).Certificate.Objective, Report(next).Certificate.Objective, 1e-5);
    }

    [Fact]
    public void Values_far_out_are_named_in_the_log_and_the_report()
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                warnings.Add(log.RawMessage);
        };
        Row[] rows = [.. Draw(600, seed: 1)];
        ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: L2).Fit(View(ml, rows));
        Assert.DoesNotContain(warnings, warning => warning.Contains("far from all others", StringComparison.Ordinal));
        rows[500].Features[2] = 6_000;
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: L2).Fit(View(ml, rows));
        var warning = Assert.Single(warnings, warning => warning.Contains("far from all others", StringComparison.Ordinal));
        Assert.Contains("feature 2 ", warning, StringComparison.Ordinal);
        Assert.Matches("one [56],[0-9]{3} standard deviations from its mean", warning);
        Assert.Contains("logarithm", warning, StringComparison.Ordinal);
        Assert.Equal([warning], Report(model).Warnings);
    }

    private static MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(MLContext ml, Row[] rows, Row[] held, bool cache) =>
        ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            L2Regularization = L2,
            Solver = Solver.Sgd,
            NumberOfEpochs = 20,
            Patience = 20,
            Cache = cache,
            Seed = 1,
        }).Fit(View(ml, rows), View(ml, held));

    private static TrainingReport Report(ITransformer model) => TrainingReport.Of(model)!;

    private static IDataView View(MLContext ml, Row[] rows) =>
        ml.Transforms.Conversion.MapValueToKey("Label").Fit(ml.Data.LoadFromEnumerable(rows)).Transform(ml.Data.LoadFromEnumerable(rows));

    private static Row Shift(Row row) =>
        new() { Label = row.Label, Features = [.. row.Features.Select((value, j) => value + LargeMeans[j])] };

    /// <summary>Three classes; every value is a multiple of a quarter, so that large means do not round it.</summary>
    private static IEnumerable<Row> Draw(int rows, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < rows; i++)
        {
            var label = i % 3;
            yield return new Row
            {
                Label = $"{label}",
                Features = [.. Enumerable.Range(0, FeatureCount)
                    .Select(j => MathF.Round(16 * random.NextSingle() + (j % 3 == label ? 4 : 0)) / 4)],
            };
        }
    }

    private sealed class Row
    {
        public string Label { get; set; } = "";

        [VectorType(FeatureCount)]
        public float[] Features { get; set; } = [];
    }
}
