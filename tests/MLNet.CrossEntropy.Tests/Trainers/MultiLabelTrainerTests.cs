using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;
using MultiLabelOptions = MLNet.CrossEntropy.MultiLabelSigmoidCrossEntropyTrainer.Options;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>What the multi-label trainer learns: the optimum of its objective, whatever the labels, weights and options.</summary>
public class MultiLabelTrainerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false, 0, false, false)]
    [InlineData(true, 0, false, false)]
    [InlineData(false, 0.1, false, true)]
    [InlineData(true, 0.2, true, true)]
    public void The_gradient_of_the_reference_objective_is_0_at_the_model(
        bool withMissing, double smoothing, bool weighted, bool positiveWeights)
    {
        var data = MultiLabelData.Draw(withMissing: withMissing);
        double[]? positives = positiveWeights ? [2, 0.5, 3] : null;
        var options = new MultiLabelOptions
        {
            LabelSmoothing = smoothing,
            PositiveWeights = positives,
            ExampleWeightColumnName = weighted ? "Weight" : null,
            L2Regularization = 0.01f,
            Tolerance = 1e-7,
            NumberOfEpochs = 500,
        };
        var model = Parameters(Fit(data, options));
        var reference = new ReferenceObjective(
            new SigmoidCrossEntropyLoss(smoothing, positives), data.Rows, data.Answers, [.. data.Weights.Select(w => weighted ? w : 1.0)],
                0.01f);
        Assert.InRange(reference.GradientNorm(model), 0, 1e-5);
    }

    [Fact]
    public void It_is_as_many_logistic_regressions()
    {
        var data = MultiLabelData.Draw();
        var l2 = 1 / data.Weights.Sum();
        var options = new MultiLabelOptions
        {
            ExampleWeightColumnName = "Weight",
            L2Regularization = l2,
            L1Regularization = 0.02f,
            NumberOfEpochs = 1000,
        };
        float[][] together = [.. Fit(data, options).Transform(data.View()).GetColumn<float[]>("Score")];
        for (var k = 0; k < 3; k++)
        {
            IDataView one = new InMemoryView.Builder()
                .AddScores("Features", data.Rows.Select(row => Array.ConvertAll(row, x => (double)x)), 4)
                .AddNumbers("Label", data.Answers.Select(row => (double)row[k]))
                .AddNumbers("Weight", data.Weights.Select(w => (double)w))
                .Build();
            float[] alone = [.. _ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
            {
                ExampleWeightColumnName = "Weight",
                L2Regularization = l2,
                L1Regularization = 0.02f,
                NumberOfEpochs = 1000,
            }).Fit(one).Transform(one).GetColumn<float>("Score")];
            Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First, pair.Second[k], 2e-3));
        }
    }

    [Fact]
    public void Boolean_and_Single_labels_give_the_same_bits_dense_or_sparse()
    {
        var data = MultiLabelData.Draw();
        Assert.Equal(Parameters(Fit(data, new() { Seed = 3 })), Parameters(Fit(data, new() { Seed = 3, LabelColumnName = "Flags" })));
    }

    [Fact]
    public void Streamed_rows_give_the_bits_of_cached_ones_and_threads_do_not_matter()
    {
        var data = MultiLabelData.Draw(rows: 3_000, withMissing: true);
        var cached = Parameters(Fit(data, Options(threads: 1, cache: true)));
        Assert.Equal(cached, Parameters(Fit(data, Options(threads: 1, cache: false))));
        Assert.Equal(cached, Parameters(Fit(data, Options(threads: 3, cache: true))));

        static MultiLabelOptions Options(int threads, bool cache) => new()
        {
            NumberOfThreads = threads,
            Cache = cache,
            Solver = Solver.Sgd,
            Seed = 1,
            ExampleWeightColumnName = "Weight",
        };
    }

    [Fact]
    public void A_row_of_weight_2_is_the_row_twice()
    {
        var data = MultiLabelData.Draw(withMissing: true);
        int[] twice = [.. Enumerable.Range(0, data.Rows.Length).SelectMany(i => Enumerable.Repeat(i, i % 2 == 0 ? 2 : 1))];
        var repeated =
            new MultiLabelData([.. twice.Select(i => data.Rows[i])], [.. twice.Select(i => data.Answers[i])], [.. twice.Select(_ => 1f)]);
        var options = new MultiLabelOptions { ExampleWeightColumnName = "Weight", L2Regularization = 0.01f, NumberOfEpochs = 1000 };
        var weighted = Parameters(Fit(data with { Weights = [.. data.Weights.Select((_, i) => i % 2 == 0 ? 2f : 1)] }, options));
        Assert.All(weighted.Zip(Parameters(Fit(repeated, options))), pair => Assert.Equal(pair.Second, pair.First, 1e-3));
    }

    [Fact]
    public void A_row_without_any_answer_is_one_without_a_label()
    {
        var data = MultiLabelData.Draw(withMissing: true);
        var report = TrainingReport.Of(Fit(data, new()))!;
        Assert.Equal((data.Rows.Length - 1, 1), (report.Rows.Used, report.Rows.MissingLabel));
    }

    [Fact]
    public void Validation_rows_are_judged_by_their_answers()
    {
        var data = MultiLabelData.Draw(withMissing: true);
        var judged = MultiLabelData.Draw(rows: 60, withMissing: true, seed: 8).View();
        var trainer = _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(numberOfEpochs: 4);
        var report = TrainingReport.Of(trainer.Fit(data.View(), judged))!;
        Assert.Equal((59, 1), (report.ValidationRows!.Used, report.ValidationRows.MissingLabel));
        Assert.All(report.History, epoch => Assert.InRange(epoch.ValidationLoss!.Value, 0.5, 3));

        IDataView renamed = new InMemoryView.Builder()
            .AddScores("Features", [[1.0, 2, 3, 4]], 4)
            .AddScores("Label", [[1.0, 0, 1]], 3, InMemoryView.Names("SlotNames", ["dog", "cow", "bird"]))
            .Build();
        Assert.StartsWith(
            "The slots of the label column 'Label' are called 'dog', 'cow', 'bird', which are not the classes ('cat', 'dog', 'bird').",
            Assert.Throws<ArgumentException>(() => trainer.Fit(data.View(), renamed)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_is_found_in_a_pipeline_too()
    {
        var data = MultiLabelData.Draw();
        var pipeline = _ml.Transforms.CopyColumns("Copy", "Weight")
            .Append(_ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(numberOfEpochs: 3));
        Assert.Equal(3, TrainingReport.Of(pipeline.Fit(data.View()))!.History.Count);
        Assert.Null(
            TrainingReport.Of(
            _ml.Transforms.CopyColumns("A", "Weight").Append(_ml.Transforms.CopyColumns("B", "Weight")).Fit(data.View())));
    }

    [Theory]
    [InlineData("Weight", "Schema mismatch for label column 'Weight': expected Vector<Boolean> or Vector<Single> of 2 slots or more, got Single. Make it one vector with a slot for each label, for example with Concatenate")]
    [InlineData("One", "Schema mismatch for label column 'One': expected Vector<Boolean> or Vector<Single> of 2 slots or more, got Vector<Single, 1>. One label is a binary problem: take its slot and use SigmoidCrossEntropy")]
    [InlineData("Any", "Schema mismatch for label column 'Any': expected Vector<Boolean> or Vector<Single> of 2 slots or more, got VarVector<Single>. State the length with [VectorType(length)]")]
    public void A_label_of_another_type_is_refused(string label, string message)
    {
        IDataView data = new InMemoryView.Builder()
            .AddNumbers("Weight", [1])
            .AddScores("Features", [[1.0, 2]], 2)
            .AddScores("One", [[1.0]], 1)
            .Add("Any", new VectorDataViewType(NumberDataViewType.Single), [new VBuffer<float>(2, [0, 1])])
            .Build();
        var error =
            Assert.Throws<ArgumentOutOfRangeException>(
            () => _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(label).Fit(data));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_no_answer_is_named_with_its_row_and_slot()
    {
        var data = MultiLabelData.Draw();
        data.Answers[11][1] = 2;
        Assert.Equal(
            "Label column 'Label' is 2 in slot 1 ('dog') of row 11 (counted from 0): an answer must be 0, 1, a share between them, or " +
                "NaN for a missing one.",
            Assert.Throws<InvalidOperationException>(() => Fit(data, new())).Message);
    }

    [Fact]
    public void Positive_weights_are_checked_and_copied()
    {
        var error =
            Assert.Throws<ArgumentException>(
            () => new MultiLabelOptions { PositiveWeights = [1, -2, double.NaN], BatchSize = 0 }.Validate());
        Assert.Equal(
            "The options of MultiLabelSigmoidCrossEntropyTrainer are not valid. BatchSize is 0; it must be at least 1, or null to have " +
                "it chosen. "
            + "PositiveWeights is [1, -2, NaN]; it must be finite and above 0, one for each label or one for all, or null for 1.",
            error.Message);

        List<double> weights = [1, 2, 3];
        var data = MultiLabelData.Draw();
        var trainer =
            _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(
            new MultiLabelOptions { PositiveWeights = weights, Seed = 1 });
        var before = Parameters(trainer.Fit(data.View()));
        weights[0] = 10;
        Assert.Equal(before, Parameters(trainer.Fit(data.View())));
        Assert.Equal(
            "There are 2 positive weights for the 3 slots of the label column 'Label'; give one for each slot, in order, or one for all.",
            Assert.Throws<InvalidOperationException>(() => Fit(data, new() { PositiveWeights = [1, 2] })).Message);
    }

    private TransformerChain<ITransformer> Fit(MultiLabelData data, MultiLabelOptions options)
        => _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(options).Fit(data.View());

    private static float[] Parameters(TransformerChain<ITransformer> fitted)
    {
        var model = ((MulticlassPredictionTransformer<LinearMulticlassModelParameters>)fitted.First()).Model;
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out _);
        return [.. weights.SelectMany(row => row.DenseValues()), .. model.GetBiases()];
    }
}
