using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Trainers;

/// <summary>Section a of the golden file: LbfgsMaximumEntropy on iris.</summary>
public class LbfgsMaximumEntropyTests
{
    private const double ScoreTolerance = 1e-6;

    private static readonly JsonElement[] Section = [.. GoldenFile.Section("a_lbfgs_maximum_entropy").EnumerateArray()];

    public static TheoryData<int, string> Cases => LbfgsCase.Names(Section);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reaches_the_optimum_that_MLNet_reaches(int index, string name)
    {
        Assert.NotNull(name);
        var golden = new LbfgsCase(Section, index, Dataset.Iris);
        var ml = new MLContext(seed: 1);
        var data = Dataset.Iris.Keyed(ml);
        var normalizer = golden.FitNormalizer(ml, data);
        var normalized = normalizer?.Transform(data) ?? data;
        var model = ml.MulticlassClassification.Trainers
            .LbfgsMaximumEntropy(golden.Options<LbfgsMaximumEntropyMulticlassTrainer.Options>()).Fit(normalized).Model;

        var objective = ObjectiveOf(golden, model, normalized);
        if (golden.IsCutShort)
            Near.Equal(golden.Objective, objective, 1e-5, "objective after the same few iterations");
        else if (golden.Optimum is { } optimum)
            Assert.InRange(objective, optimum - 1e-7, optimum + golden.ToleratedExcess);
        else
            Assert.InRange(objective, 0, golden.Objective + 1.5e-5);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Scores_and_metrics_of_the_same_weights_are_those_of_MLNet(int index, string name)
    {
        Assert.NotNull(name);
        var golden = new LbfgsCase(Section, index, Dataset.Iris);
        var ml = new MLContext(seed: 1);
        var data = Dataset.Iris.Keyed(ml);
        var normalizer = golden.FitNormalizer(ml, data);
        var normalized = normalizer?.Transform(data) ?? data;
        if (normalizer != null)
            NormalizerChecks.Check(golden.Golden, (NormalizingTransformer)normalizer, normalized);

        var scored = NativeModels.Multiclass(
            ml, normalized.Schema, golden.Golden.GetProperty("weights").SingleRows(), golden.Golden.GetProperty("biases").Singles()).Transform(normalized);
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        uint[] predicted = [.. scored.GetColumn<uint>("PredictedLabel")];
        var rows = golden.Golden.GetProperty("rows10").Integers();
        var expected = golden.Golden.GetProperty("score_rows10").SingleRows();
        for (var i = 0; i < rows.Length; i++)
            Near.Equal(expected[i].Select(s => (double)s), scores[rows[i]].Select(s => (double)s), ScoreTolerance, $"score of row {rows[i]}");
        Assert.Equal(golden.Golden.GetProperty("predicted_rows10").Integers(), rows.Select(row => (int)predicted[row]));
        MetricsChecks.Check(golden.Golden.GetProperty("metrics"), ml.MulticlassClassification.Evaluate(scored, topKPredictionCount: 2), ScoreTolerance);
    }

    [Fact]
    public void Statistics_are_made_when_asked_for()
    {
        var index = Array.FindIndex(Section, run => run.TryGetProperty("statistics", out _));
        var golden = new LbfgsCase(Section, index, Dataset.Iris);
        var ml = new MLContext(seed: 1);
        var data = Dataset.Iris.Keyed(ml);
        var statistics = ml.MulticlassClassification.Trainers
            .LbfgsMaximumEntropy(golden.Options<LbfgsMaximumEntropyMulticlassTrainer.Options>())
            .Fit(golden.FitNormalizer(ml, data)!.Transform(data)).Model.Statistics;
        var expected = golden.Golden.GetProperty("statistics");
        Assert.Equal(expected.GetProperty("TrainingExampleCount").GetInt64(), statistics.TrainingExampleCount);
        Assert.Equal(expected.GetProperty("ParametersCount").GetInt32(), statistics.ParametersCount);
        Near.Equal(expected.GetProperty("NullDeviance").Number(), statistics.NullDeviance, 1e-6, "null deviance");
        // The deviance is of the weights found, which end a little apart.
        Near.Equal(expected.GetProperty("Deviance").Number(), statistics.Deviance, 1e-2, "deviance");
    }

    private static double ObjectiveOf(LbfgsCase golden, MaximumEntropyModelParameters model, IDataView normalized)
    {
        VBuffer<float>[] vectors = [];
        model.GetWeights(ref vectors, out var classes);
        float[][] weights = [.. vectors.Take(classes).Select(vector => vector.DenseValues().ToArray())];
        float[] biases = [.. model.GetBiases()];
        float[][] rows = [.. normalized.GetColumn<float[]>("Features")];
        return golden.ObjectiveOf([.. weights.SelectMany(w => w)], i =>
        {
            double[] z = [.. weights.Select((w, k) => biases[k] + w.Zip(rows[i], (a, b) => (double)a * b).Sum())];
            var max = z.Max();
            return max + Math.Log(z.Sum(v => Math.Exp(v - max))) - z[Dataset.Iris.Y[i]];
        });
    }
}
