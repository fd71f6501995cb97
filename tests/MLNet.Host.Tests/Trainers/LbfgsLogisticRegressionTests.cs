using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Trainers;

/// <summary>Section b of the golden file: LbfgsLogisticRegression on breast cancer.</summary>
public class LbfgsLogisticRegressionTests
{
    // A few roundings in Single of the terms of a score, which cancel.
    private const double RoundingsOfATerm = 4 * 5.96e-8;
    private const double MetricsTolerance = 1e-6;

    private static readonly JsonElement[] Section = [.. GoldenFile.Section("b_lbfgs_logistic_regression").EnumerateArray()];

    public static TheoryData<int, string> Cases => LbfgsCase.Names(Section);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Reaches_the_optimum_that_MLNet_reaches(int index, string name)
    {
        Assert.NotNull(name);
        var golden = new LbfgsCase(Section, index, Dataset.BreastCancer);
        var ml = new MLContext(seed: 1);
        var data = Dataset.BreastCancer.Boolean(ml);
        var normalizer = golden.FitNormalizer(ml, data);
        var normalized = normalizer?.Transform(data) ?? data;
        var model = ml.BinaryClassification.Trainers
            .LbfgsLogisticRegression(golden.Options<LbfgsLogisticRegressionBinaryTrainer.Options>()).Fit(normalized).Model.SubModel;

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
        var golden = new LbfgsCase(Section, index, Dataset.BreastCancer);
        var ml = new MLContext(seed: 1);
        var data = Dataset.BreastCancer.Boolean(ml);
        var normalizer = golden.FitNormalizer(ml, data);
        var normalized = normalizer?.Transform(data) ?? data;
        if (normalizer != null)
            NormalizerChecks.Check(golden.Golden, (NormalizingTransformer)normalizer, normalized);

        var scored = NativeModels.Binary(
            ml, normalized.Schema, golden.Golden.GetProperty("weights").Singles(), golden.Golden.GetProperty("bias").Single()).Transform(normalized);
        var weights = golden.Golden.GetProperty("weights").Singles();
        float[][] features = [.. normalized.GetColumn<float[]>("Features")];
        var rows = golden.Golden.GetProperty("rows10").Integers();
        CheckRows("score_rows10", "Score");
        CheckRows("probability_rows10", "Probability");
        bool[] predicted = [.. scored.GetColumn<bool>("PredictedLabel")];
        Assert.Equal(golden.Golden.GetProperty("predicted_rows10").EnumerateArray().Select(item => item.GetBoolean()), rows.Select(row => predicted[row]));
        MetricsChecks.Check(golden.Golden.GetProperty("metrics"), ml.BinaryClassification.Evaluate(scored), MetricsTolerance);
        MetricsChecks.CheckNonCalibrated(
            golden.Golden.GetProperty("metrics_non_calibrated"), ml.BinaryClassification.EvaluateNonCalibrated(scored), MetricsTolerance);

        void CheckRows(string recorded, string column)
        {
            float[] values = [.. scored.GetColumn<float>(column)];
            var expected = golden.Golden.GetProperty(recorded).Singles();
            for (var i = 0; i < rows.Length; i++)
            {
                var terms = weights.Zip(features[rows[i]], (w, x) => Math.Abs((double)w * x)).Sum();
                Assert.Equal(expected[i], values[rows[i]], RoundingsOfATerm * (1 + terms));
            }
        }
    }

    [Fact]
    public void The_calibrator_is_the_logistic_function()
    {
        var ml = new MLContext(seed: 1);
        var calibrator = ml.BinaryClassification.Trainers.LbfgsLogisticRegression().Fit(Dataset.BreastCancer.Boolean(ml)).Model.Calibrator;
        Assert.Equal((-1, 0), (calibrator.Slope, calibrator.Offset));
        Assert.Equal((float)(1 / (1 + Math.Exp(-0.75))), calibrator.PredictProbability(0.75f));
        Assert.Equal(float.NaN, calibrator.PredictProbability(float.NaN));
    }

    private static double ObjectiveOf(LbfgsCase golden, LinearBinaryModelParameters model, IDataView normalized)
    {
        float[][] rows = [.. normalized.GetColumn<float[]>("Features")];
        return golden.ObjectiveOf(model.Weights, i =>
        {
            var z = model.Bias + model.Weights.Zip(rows[i], (a, b) => (double)a * b).Sum();
            var margin = Dataset.BreastCancer.Y[i] == 1 ? z : -z;
            return Math.Max(-margin, 0) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
        });
    }
}
