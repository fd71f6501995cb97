using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;
using LogisticModel = Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>A binary fit goes on from the logit of the model's probability, not from its score, and not from its threshold.</summary>
public class CalibratedWarmStartTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly IDataView _data = Dataset.Iris.View(new MLContext());

    [Theory]
    [InlineData(-1, 0, 2)]
    [InlineData(-2.5, 0, 0)]
    [InlineData(-0.5, 0.75, 0)]
    [InlineData(-2, -1.5, -3)]
    [InlineData(1, 0.25, 0.5)]
    public void The_calibration_is_part_of_where_it_starts_and_the_threshold_is_not(double slope, double offset, float threshold)
    {
        var recalibrated = Recalibrated(Sigmoid(epochs: 100).Fit(_data), slope, offset);
        var model = _ml.BinaryClassification.ChangeModelThreshold(recalibrated, threshold);
        Assert.Equal(
            model.Transform(_data).GetColumn<float>("Score").Select(score => score > threshold), model.Transform(_data)
            .GetColumn<bool>("PredictedLabel"));
        using var file = new TemporaryFile();
        _ml.Model.Save(model, _data.Schema, file.Name);
        var loaded = new MLContext().Model.Load(file.Name, out _);

        // At rate 0 a fit predicts what the model predicted.
        var frozen = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        {
            LabelColumnName = "IsSecond",
            NumberOfEpochs = 1,
            Solver = Solver.Sgd,
            LearningRate = 1e-30,
        });
        var expected = Probabilities(model);
        foreach (var start in (ITransformer[])[model, loaded])
        {
            var further = frozen.Fit(_data, start);
            Assert.Equal((-1, 0), (further.Model.Calibrator.Slope, further.Model.Calibrator.Offset));
            Assert.All(expected.Zip(Probabilities(further)), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            Assert.Equal(expected.Select(p => p > 0.5f), further.Transform(_data).GetColumn<bool>("PredictedLabel"));
        }
    }

    [Fact]
    public void A_recalibrated_optimum_is_the_optimum()
    {
        var optimum = Sigmoid(epochs: 1000).Fit(_data);
        var objective = TrainingReport.Of(optimum)!.Certificate.Objective;
        var further = Sigmoid(epochs: 1).Fit(_data, Rewritten(optimum, slope: -4, offset: 0.5));
        Assert.InRange(TrainingReport.Of(further)!.Certificate.Objective, objective * (1 - 1e-6), objective * (1 + 1e-5));
    }

    private SigmoidCrossEntropyTrainer Sigmoid(int epochs) => _ml.BinaryClassification.Trainers.SigmoidCrossEntropy(
        new SigmoidCrossEntropyTrainer.Options { LabelColumnName = "IsSecond", NumberOfEpochs = epochs, Seed = 1 });

    private float[] Probabilities(BinaryPredictionTransformer<LogisticModel> model) =>
        [.. model.Transform(_data).GetColumn<float>("Probability")];

    /// <summary>The model with another calibrator, as models of other makers may have it.</summary>
    private BinaryPredictionTransformer<LogisticModel> Recalibrated(
        BinaryPredictionTransformer<LogisticModel> model, double slope, double offset)
        => Calibrated(model, model.Model.SubModel, slope, offset);

    /// <summary>The same probabilities, <c>sigmoid(w x + b)</c>, written as <c>1 / (1 + exp(slope s + offset))</c>.</summary>
    private BinaryPredictionTransformer<LogisticModel> Rewritten(
        BinaryPredictionTransformer<LogisticModel> model, double slope, double offset)
    {
        var linear = model.Model.SubModel;
        float[] weights = [.. linear.Weights.Select(weight => (float)(weight / -slope))];
        return Calibrated(
            model, NativeModels.LogisticRegression(_ml, weights, (float)((linear.Bias + offset) / -slope)).SubModel, slope, offset);
    }

    /// <summary>ML.NET's own types, whose constructors are internal.</summary>
    private BinaryPredictionTransformer<LogisticModel> Calibrated(
        BinaryPredictionTransformer<LogisticModel> like, LinearBinaryModelParameters linear, double slope, double offset)
    {
        const BindingFlags anyConstructor = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var platt = Activator.CreateInstance(typeof(PlattCalibrator), anyConstructor, null, [_ml, slope, offset], null)!;
        var model = (LogisticModel)Activator.CreateInstance(like.Model.GetType(), anyConstructor, null, [_ml, linear, platt], null)!;
        return NativeModels.Binary(_ml, model, _data.Schema, "Features");
    }
}
