using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.CrossEntropy.Tests.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Calibration;

/// <summary>What was fitted to held-out rows is folded into the weights of a native model, wherever in a chain it stands.</summary>
public class LinearCalibrationTests
{
    private static readonly IDataView Train = NamedIris.View(Noisy(row => row % 3 == 0));
    private static readonly IDataView Held = NamedIris.View(Noisy(row => row % 3 != 0));

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void The_calibrated_model_is_the_softmax_of_logits_by_temperature()
    {
        ITransformer model = Fit();
        var calibrated = _ml.MulticlassClassification.CalibrateTemperature(model, Held);
        Assert.InRange(calibrated.Temperature, 1.2, 20);
        Assert.True(calibrated.LogLossAfter < 0.95 * calibrated.LogLossBefore);
        Assert.Equal(100, calibrated.Rows.Used);

        (var before, var after) = (Scores(model), Scores(calibrated.Transformer));
        for (var i = 0; i < before.Length; i++)
        {
            double[] powers = [.. before[i].Select(p => Math.Pow(p, 1 / calibrated.Temperature))];
            for (var k = 0; k < powers.Length; k++)
                Assert.Equal(powers[k] / powers.Sum(), after[i][k], 1e-5);
        }
        Assert.Equal(Predicted(model), Predicted(calibrated.Transformer));
        AgreesWithTheEvaluator(model, calibrated.LogLossBefore, calibrated.CalibrationErrorBefore);
        AgreesWithTheEvaluator(calibrated.Transformer, calibrated.LogLossAfter, calibrated.CalibrationErrorAfter);

        // Calibrated once, there is nothing left to do.
        Assert.Equal(1, _ml.MulticlassClassification.CalibrateTemperature(calibrated.Transformer, Held).Temperature, 1e-5);
    }

    [Fact]
    public void Vector_scaling_is_folded_in_too()
    {
        ITransformer model = Fit();
        var calibrated = _ml.MulticlassClassification.CalibrateVector(model, Held);
        Assert.True(calibrated.LogLossAfter < _ml.MulticlassClassification.CalibrateTemperature(model, Held).LogLossAfter);
        AgreesWithTheEvaluator(calibrated.Transformer, calibrated.LogLossAfter, calibrated.CalibrationErrorAfter);
        Assert.True(double.IsNaN(calibrated.Temperature));

        LinearCoefficients before = _ml.Model.LinearCoefficients(model), after = _ml.Model.LinearCoefficients(calibrated.Transformer);
        for (var k = 0; k < 3; k++)
        {
            Assert.Equal(before.Classes[k].Weights.Select(w => (float)(w * calibrated.Scales[k])), after.Classes[k].Weights);
            Assert.Equal((float)(before.Classes[k].Bias * calibrated.Scales[k] + calibrated.Offsets[k]), after.Classes[k].Bias);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_binary_model_is_calibrated_in_its_logit(bool byTemperature)
    {
        var model = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond", l2Regularization: 0, numberOfEpochs: 300).Fit(Train);
        var calibrated = byTemperature
            ? _ml.BinaryClassification.CalibrateTemperature(model, Held, "IsSecond")
            : _ml.BinaryClassification.CalibratePlatt(model, Held, "IsSecond");
        Assert.Equal(["positive"], calibrated.ClassNames);
        Assert.True(calibrated.LogLossAfter < calibrated.LogLossBefore);

        var (scored, rescored) = (model.Transform(Held), calibrated.Transformer.Transform(Held));
        float[] before = [.. scored.GetColumn<float>("Score")], after = [.. rescored.GetColumn<float>("Score")];
        for (var i = 0; i < before.Length; i++)
            Assert.Equal(calibrated.Scales[0] * before[i] + calibrated.Offsets[0], after[i], 1e-4 * (1 + Math.Abs(after[i])));
        var metrics = _ml.BinaryClassification.EvaluateCrossEntropy(rescored, "IsSecond");
        Assert.Equal(calibrated.LogLossAfter, metrics.LogLoss, 1e-6);
        Assert.IsType(model.GetType(), calibrated.Transformer);
    }

    [Fact]
    public void Platts_optimum_is_that_of_newtons_method()
    {
        var model = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(Train);
        var calibrated = _ml.BinaryClassification.CalibratePlatt(model, Held, "IsSecond");
        var scored = model.Transform(Held);
        double[] z = [.. scored.GetColumn<float>("Score").Select(x => (double)x)];
        bool[] y = [.. scored.GetColumn<bool>("IsSecond")];
        double a = 1, c = 0;
        for (var iteration = 0; iteration < 50; iteration++)
        {
            double ga = 0, gc = 0, haa = 0, hac = 0, hcc = 0;
            for (var i = 0; i < z.Length; i++)
            {
                double q = 1 / (1 + Math.Exp(-a * z[i] - c)), error = q - (y[i] ? 1 : 0), h = q * (1 - q);
                (ga, gc, haa, hac, hcc) = (ga + error * z[i], gc + error, haa + h * z[i] * z[i], hac + h * z[i], hcc + h);
            }
            var determinant = haa * hcc - hac * hac;
            (a, c) = (a - (hcc * ga - hac * gc) / determinant, c - (haa * gc - hac * ga) / determinant);
        }
        Assert.Equal(a, calibrated.Scales[0], 1e-4);
        Assert.Equal(c, calibrated.Offsets[0], 1e-4);
    }

    [Fact]
    public void In_a_chain_only_the_model_is_replaced()
    {
        var model = NamedIris.Chain(Fit());
        var calibrated =
            Assert.IsType<TransformerChain<ITransformer>>(_ml.MulticlassClassification.CalibrateTemperature(model, Held).Transformer);
        var inner = calibrated.Single();
        Assert.IsType(model.Single().GetType(), inner);
        ITransformer[] before = [.. (IEnumerable<ITransformer>)model.Single()], after = [.. (IEnumerable<ITransformer>)inner];
        Assert.Equal([true, false, true], before.Zip(after, ReferenceEquals));
        Assert.IsType(before[1].GetType(), after[1]);
        Assert.Equal(SchemaText.Of(model.Transform(Held).Schema), SchemaText.Of(calibrated.Transform(Held).Schema));
    }

    [Fact]
    public void A_model_at_the_end_of_a_chain_keeps_the_chains_type()
    {
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy());
        var model = pipeline.Fit(Train);
        Assert.IsType(model.GetType(), _ml.MulticlassClassification.CalibrateTemperature(model, Held).Transformer);
    }

    [Fact]
    public void Saved_it_scores_the_same_with_us_and_without()
    {
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Species").Fit(Train).Transform(Train);
        var model = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: 0, numberOfEpochs: 300).Fit(keyed);
        var calibrated = _ml.MulticlassClassification.CalibrateTemperature(model, Held, "Species").Transformer;
        using var file = new TemporaryFile();
        _ml.Model.Save(calibrated, Held.Schema, file.Name);
        var loaded = new MLContext().Model.Load(file.Name, out _);
        Assert.Equal(Scores(calibrated), Scores(loaded));
        Assert.Equal(SchemaText.Of(calibrated.Transform(Held).Schema), SchemaText.Of(loaded.Transform(Held).Schema));

        float[][] features = [.. Held.GetColumn<float[]>("Features").Take(2)];
        Assert.Equal(
            [.. Scores(calibrated).Take(2).Select(row => string.Join(';', row.Select(p => p.ToString("R", CultureInfo.InvariantCulture)))), "ours: "],
            OtherProcess.Score(file.Name, "Score", features));

        // A loaded model is calibrated like any other.
        Assert.Equal(1, _ml.MulticlassClassification.CalibrateTemperature(loaded, Held, "Species").Temperature, 1e-5);
    }

    [Fact]
    public void Models_of_the_built_in_trainers_are_calibrated()
    {
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Species").Fit(Train).Transform(Train);
        var entropy = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 0).Fit(keyed);
        Assert.InRange(_ml.MulticlassClassification.CalibrateTemperature(entropy, Held, "Species").Temperature, 1.1, 100);
        var logistic = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("IsSecond", l1Regularization: 0, l2Regularization: 100)
            .Fit(keyed);
        var calibrated = _ml.BinaryClassification.CalibrateTemperature(logistic, Held, "IsSecond");
        Assert.InRange(calibrated.Temperature, 0.01, 0.9);
        Assert.Equal(
            calibrated.LogLossAfter,
                _ml.BinaryClassification.EvaluateCrossEntropy(calibrated.Transformer.Transform(Held), "IsSecond").LogLoss, 1e-6);
    }

    [Fact]
    public void Labels_find_their_classes_by_name_and_bad_rows_are_counted()
    {
        ITransformer model = Fit();
        var expected = _ml.MulticlassClassification.CalibrateTemperature(model, Held).Temperature;
        Dataset.Example[] rows = [.. Noisy(row => row % 3 != 0)];
        string[] names = [.. rows.Select(row => row.Class).Append("rose").Distinct().OrderDescending()];
        var nan = double.NaN;
        IDataView odd = new InMemoryView.Builder()
            .AddScores(
                "Features", rows.Select(row => row.Features.Select(x => (double)x).ToArray())
                .Concat((double[][])[[1, 1, 1, 1], [1, 1, 1, 1], [nan, 1, 1, 1], [1, 1, 1, 1]]), 4)
            .AddText("Species", rows.Select(row => row.Class).Concat(["rose", "setosa", "setosa", "setosa"]))
            .AddKeys(
                "Other", rows.Select(row => (uint)Array.IndexOf(names, row.Class) + 1)
                .Concat((uint[])[(uint)Array.IndexOf(names, "rose") + 1, 0, 2, 2]), names.Length, names)
            .AddNumbers("Weight", rows.Select(_ => 1.0).Concat([1, 1, 1, 0]))
            .Build();
        var calibrated = _ml.MulticlassClassification.CalibrateTemperature(model, odd, "Other", "Weight");
        Assert.Equal(expected, calibrated.Temperature, 1e-9);
        Assert.Equal(new RowCounts { Used = 100, UnknownClass = 1, MissingLabel = 1, NonFiniteScore = 1, ZeroWeight = 1 }, calibrated.Rows);
    }

    [Fact]
    public void What_cannot_be_calibrated_is_refused()
    {
        ITransformer model = Fit();
        var binary = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(Train);
        IDataView noLabels = new InMemoryView.Builder()
            .AddScores("Features", [[1, 2, 3, 4]], 4)
            .AddText("Species", ["setosa"])
            .AddKeys("Missing", [0u], 3)
            .AddNumbers("Weight", [-1])
            .Build();
        IDataView narrow = new InMemoryView.Builder().AddScores("Features", [[1, 2, 3]], 3).AddText("Species", ["setosa"]).Build();

        (string Start, Action Act)[] refusals =
        [
            ("The linear classifier in 'model' is binary; a multiclass one is needed.", () =>
                _ml.MulticlassClassification.CalibrateTemperature(binary, Held)),
            ("The linear classifier in 'model' is multiclass; a binary one is needed.", () =>
                _ml.BinaryClassification.CalibratePlatt(model, Held)),
            ("None of the rows can be calibrated on: 1 rows: 0 used", () =>
                _ml.MulticlassClassification.CalibrateTemperature(model, noLabels, "Missing")),
            ("The example weight of row 0 (counted from 0) in column 'Weight' is -1", () =>
                _ml.MulticlassClassification.CalibrateTemperature(model, noLabels, "Species", "Weight")),
            ("Feature column 'Features' is of type", () => _ml.MulticlassClassification.CalibrateTemperature(model, narrow, "Species")),
            ("There is no label column 'Nothing'", () => _ml.MulticlassClassification.CalibrateTemperature(model, Held, "Nothing")),
        ];
        foreach ((var start, var act) in refusals)
            Assert.StartsWith(start, Record.Exception(act)?.Message);
    }

    [Fact]
    public void A_calibrator_that_follows_would_go_wrong()
    {
        var pipeline = _ml.BinaryClassification.Trainers.AveragedPerceptron("IsSecond", numberOfIterations: 3)
            .Append(_ml.BinaryClassification.Calibrators.Platt("IsSecond"));
        var model = pipeline.Fit(Train);
        Assert.StartsWith(
            "After the linear classifier in 'model' comes a calibrator",
            Assert.Throws<ArgumentException>(() => _ml.BinaryClassification.CalibratePlatt(model, Held, "IsSecond")).Message);

        // Without it, Platt's sigmoid over a perceptron's scores is ours.
        var calibrated = _ml.BinaryClassification.CalibratePlatt(model.First(), Held, "IsSecond");
        Assert.Equal(
            calibrated.LogLossAfter,
            _ml.BinaryClassification.EvaluateCrossEntropy(calibrated.Transformer.Transform(Held), "IsSecond").LogLoss, 1e-6);
    }

    [Fact]
    public void A_threshold_that_was_moved_moves_with_the_scores()
    {
        var model =
            _ml.BinaryClassification.ChangeModelThreshold(
            _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(Train), 0.7f);
        var calibrated = _ml.BinaryClassification.CalibratePlatt(model, Held, "IsSecond").Transformer;
        Assert.Equal(model.Transform(Held).GetColumn<bool>("PredictedLabel"), calibrated.Transform(Held).GetColumn<bool>("PredictedLabel"));
    }

    [Fact]
    public void Raw_scores_become_probabilities()
    {
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Species").Fit(Train).Transform(Train);
        var model =
            _ml.MulticlassClassification.Trainers.SdcaNonCalibrated(
            new Microsoft.ML.Trainers.SdcaNonCalibratedMulticlassTrainer.Options { NumberOfThreads = 1, MaximumNumberOfIterations = 10 })
            .Fit(keyed);
        var calibrated = _ml.MulticlassClassification.CalibrateVector(model, Held, "Species");
        AgreesWithTheEvaluator(calibrated.Transformer, calibrated.LogLossAfter, calibrated.CalibrationErrorAfter);
    }

    /// <summary>Iris with every eighth label wrong, so that nothing is separable.</summary>
    private static IEnumerable<Dataset.Example> Noisy(Func<int, bool> isTaken)
        => Dataset.Iris.Examples.Select((row, i) => (Row: i % 8 == 5 ? Mislabelled(row) : row, Index: i)).Where(pair => isTaken(pair.Index))
            .Select(pair => pair.Row);

    private static Dataset.Example Mislabelled(Dataset.Example row) => new()
    {
        Features = row.Features,
        Class = Dataset.Iris.Classes[(row.ClassIndex + 1) % 3],
        ClassIndex = (row.ClassIndex + 1) % 3,
        IsSecond = !row.IsSecond,
    };

    /// <summary>A model too sure of itself: without a penalty, on few rows.</summary>
    private TransformerChain<KeyToValueMappingTransformer> Fit()
        => _ml.Transforms.Conversion.MapValueToKey("Label", "Species")
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(l2Regularization: 0, numberOfEpochs: 300))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
            .Fit(Train);

    private void AgreesWithTheEvaluator(ITransformer model, double logLoss, double calibrationError)
    {
        var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(
            model.Transform(Held), new MulticlassEvaluationOptions { LabelColumnName = "Species", ReliabilityBins = 15 });
        Assert.Equal(logLoss, metrics.LogLoss, 1e-6);
        Assert.Equal(calibrationError, metrics.Reliability.ExpectedCalibrationError, 1e-5);
    }

    private static float[][] Scores(ITransformer model) => [.. model.Transform(Held).GetColumn<float[]>("Score")];

    private static string[] Predicted(ITransformer model) => [.. model.Transform(Held).GetColumn<string>("PredictedLabel")];
}
