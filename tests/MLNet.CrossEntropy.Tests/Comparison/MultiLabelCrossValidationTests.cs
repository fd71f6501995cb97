using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;
using Estimators = System.Collections.Generic.Dictionary<string, System.Func<Microsoft.ML.MLContext, Microsoft.ML.IEstimator<Microsoft.ML.ITransformer>>>;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>Cross-validation of models that answer several questions, against explicit loops.</summary>
public sealed class MultiLabelCrossValidationTests
{
    private static readonly Estimators Two = new()
    {
        ["loose"] = ml => Sigmoids(ml, 0),
        ["strict"] = ml => Sigmoids(ml, 1),
    };

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Folds_and_all_of_them_together_are_what_a_loop_finds(bool withMissing)
    {
        var drawn = MultiLabelData.Draw(160, withMissing);
        var actual = _ml.MulticlassClassification.CrossValidateMultiLabelCrossEntropy(drawn.View(), Two, new() { NumberOfFolds = 4, KeepModels = true });
        foreach (var model in actual.Models)
        {
            int[] fold = [.. model.Forecasts.GetColumn<int>("Fold")];
            double sum = 0, answers = 0;
            for (var k = 0; k < 4; k++)
            {
                IDataView train = Pick(drawn, fold, f => f != k), test = Pick(drawn, fold, f => f == k);
                var alone = _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(Two[model.Name](_ml).Fit(train).Transform(test));
                Assert.Equal(alone.LogLoss, model.Folds[k].LogLoss, 1e-5);
                Assert.Equal(alone.HammingLoss, model.Folds[k].HammingLoss, 1e-9);
                Assert.Equal(alone.Labels.Select(l => l.Rows.MissingLabel), model.Folds[k].Labels.Select(l => l.Rows.MissingLabel));
                Assert.Equal(
                    alone.LogLoss, _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(model.Transformers[k].Transform(test)).LogLoss, 1e-5);
                var count = alone.Labels.Sum(l => l.Rows.Used);
                (sum, answers) = (sum + count * alone.LogLoss, answers + count);
            }
            Assert.Equal(sum / answers, model.Metrics.LogLoss, 1e-5);
            Assert.Equal(drawn.Answers.Sum(row => row.Count(a => !float.IsNaN(a))), answers);
            Assert.Equal(MultiLabelData.Labels, model.Metrics.LabelNames);
            // Logits stay what they are: their probabilities stand beside them, as in a model's own output.
            Assert.Contains("as logits (beside column 'Probability')", model.Metrics.ScoresUsed, StringComparison.Ordinal);
            Assert.Equal(model.Metrics.LogLoss, _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(model.Forecasts).LogLoss);
        }
        Assert.Empty(actual.Warnings);
        Assert.Equal("loose", actual.Comparison!.Best);
        Assert.Equal(actual.Model("loose").LogLoss - actual.Model("strict").LogLoss, actual.Comparison.Pair("loose", "strict").MeanDifference * Sign(actual), 1e-9);

        static int Sign(CrossValidation<MultiLabelCrossEntropyMetrics> result) => result.Comparison!.Pairs[0].First == "loose" ? 1 : -1;
    }

    [Fact]
    public void The_short_form_groups_segments_requirements_and_the_report()
    {
        var drawn = MultiLabelData.Draw(120);
        var view = Columns(drawn, [.. Enumerable.Range(0, 120)]).AddText("Patient", Enumerable.Range(0, 120).Select(i => $"p{i / 3}")).Build();
        var short1 = _ml.MulticlassClassification.CrossValidateMultiLabelCrossEntropy(view, Sigmoids(_ml, 0), 3, groupColumnName: "Patient", seed: 5);
        var fold = short1.Models[0].Forecasts.GetColumn<int>("Fold").ToArray();
        Assert.All(fold.Chunk(3), patient => Assert.Single(patient.Distinct()));
        Assert.Equal(3, short1.Models[0].Folds.Count);
        _ = short1.Require(r => r.Models[0].Metrics.HammingLoss < 0.5);
        Assert.Throws<RequirementNotMetException>(() => short1.Models[0].Metrics.Require(m => m.LogLoss < 0.01));
        Assert.Contains("model: log-loss", new CrossEntropyReport("Folds").Add(short1).ToHtml(), StringComparison.Ordinal);
        Assert.Contains("\"logLoss\"", short1.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var view = MultiLabelData.Draw(80, withMissing: true).View();
        string[] results =
        [
            .. new[] { 1, 2, 5 }.Select(threads => _ml.MulticlassClassification.CrossValidateMultiLabelCrossEntropy(
                view, Two, new() { NumberOfFolds = 3, Seed = 7, NumberOfThreads = threads, Repeats = 2 }).ToJson()),
        ];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    /// <summary>Labels of 4 to 60 yes in 120 rows: each fold holds its share, to a row or two; by lot the rarest would miss a fold in 3 of 5.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_answer_of_every_label_is_spread_over_the_folds(int seed)
    {
        Random random = new(seed);
        double[] shares = [4 / 120.0, 0.1, 0.25, 0.5, 0.95];
        float[][] answers = [.. Enumerable.Range(0, 120).Select(i => shares.Select((p, k) => k == 0 ? (i % 30 == 0 ? 1f : 0) : random.NextDouble() < p ? 1f : 0).ToArray())];
        answers[7][2] = float.NaN;
        var view = new InMemoryView.Builder()
            .Add("Label", new VectorDataViewType(NumberDataViewType.Single, 5), answers.Select(a => new VBuffer<float>(5, a)))
            .Build();
        var rows = UnscoredRows.Read(view, null, null, "Label", areAnswers: true, default);
        Assert.Equal(["0: yes", "4: no"], rows.StratumNames.Take(2).Order());
        Assert.Equal(4, rows.Strata[7].Length);
        var fold = FoldAssignment.Draw(rows, 4, (ulong)seed);
        int[] sizes = [.. Enumerable.Range(0, 4).Select(f => fold.Count(x => x == f))];
        Assert.InRange(sizes.Max() - sizes.Min(), 0, 3);
        foreach (var (label, value) in Enumerable.Range(0, 5).SelectMany(k => new[] { (k, 0f), (k, 1f) }))
        {
            int[] counts = [.. Enumerable.Range(0, 4).Select(f => answers.Where((a, i) => fold[i] == f && a[label] == value).Count())];
            Assert.InRange(counts.Max() - counts.Min(), 0, label == 0 && value == 1 ? 0 : 3);
        }
    }

    [Fact]
    public void Booleans_stratify_too_and_an_answer_that_a_folds_training_rows_lack_is_said()
    {
        var drawn = MultiLabelData.Draw(60);
        foreach (var (row, i) in drawn.Answers.Select((row, i) => (row, i)))
            row[1] = i == 11 ? 1 : 0;
        var result = _ml.MulticlassClassification.CrossValidateMultiLabelCrossEntropy(drawn.View(), Sigmoids(_ml, 0, "Flags"), 3, "Flags", seed: 1);
        var warning = Assert.Single(result.Warnings);
        Assert.Contains("no training row is of the classes 'dog: yes'", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_evaluate_segments_of_several_labels_with_the_bits_of_one_process()
    {
        var drawn = MultiLabelData.Draw(90, withMissing: true);
        var model = Sigmoids(_ml, 0).Fit(drawn.View());
        MultiLabelCrossEntropyMetrics Evaluate(int[] rows, ICluster? cluster) => new MLContext(1).MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            model.Transform(Columns(drawn, rows).AddText("Place", rows.Select(i => i % 4 == 0 ? "" : $"p{i % 3}")).Build()),
            new MultiLabelEvaluationOptions { SegmentColumnName = "Place", Cluster = cluster });
        var alone = Evaluate([.. Enumerable.Range(0, 90)], null).ToJson();
        Assert.All(
            ThreadCluster.Run(3, cluster => Evaluate([.. Enumerable.Range(30 * cluster.Rank, 30)], cluster).ToJson()), json => Assert.Equal(alone, json));
    }

    [Fact]
    public void A_segment_is_its_rows_evaluated_alone()
    {
        var drawn = MultiLabelData.Draw(200, withMissing: true);
        var scored = Sigmoids(_ml, 0).Fit(drawn.View()).Transform(
            Columns(drawn, [.. Enumerable.Range(0, 200)]).AddText("Place", Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? "far" : "near")).Build());
        MultiLabelEvaluationOptions options = new() { SegmentColumnName = "Place", ExampleWeightColumnName = "Weight" };
        var metrics = _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(scored, options);
        var far = metrics.Segments!.Single(s => s.Name == "far");
        var alone = _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            Sigmoids(_ml, 0).Fit(drawn.View()).Transform(Columns(drawn, [.. Enumerable.Range(0, 200).Where(i => i % 3 == 0)]).Build()),
            new MultiLabelEvaluationOptions { ExampleWeightColumnName = "Weight" });
        Assert.Equal(2, metrics.Segments!.Count);
        Assert.Equal((alone.Rows.Used, alone.LogLoss), (far.Rows, far.LogLoss));
        Assert.Equal(alone.Labels.Sum(l => l.WeightSum), far.Reliability.Bins.Sum(b => b.Weight), 1e-9);
        Assert.Equal(metrics.LogLoss, metrics.Segments.Sum(s => s.Share * s.LogLoss), 1e-12);
        Assert.Equal(alone.Labels[1].LogLoss, metrics.Labels[1].Segments!.Single(s => s.Name == "far").LogLoss, 1e-12);
        Assert.Contains("p (Holm)", metrics.ToString(), StringComparison.Ordinal);
        Assert.Contains("Figures by segment", new CrossEntropyReport("Segments").Add("model", metrics).ToHtml(), StringComparison.Ordinal);
    }

    private static MultiLabelSigmoidCrossEntropyTrainer Sigmoids(MLContext ml, float penalty, string label = "Label") =>
        ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(label, l2Regularization: penalty);

    private static InMemoryView Pick(MultiLabelData data, int[] fold, Func<int, bool> isIn) =>
        Columns(data, [.. Enumerable.Range(0, fold.Length).Where(i => isIn(fold[i]))]).Build();

    private static InMemoryView.Builder Columns(MultiLabelData data, int[] rows) => new InMemoryView.Builder()
        .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 4), rows.Select(i => new VBuffer<float>(4, data.Rows[i])))
        .Add("Label", new VectorDataViewType(NumberDataViewType.Single, 3), rows.Select(i => new VBuffer<float>(3, data.Answers[i])), InMemoryView.Names("SlotNames", MultiLabelData.Labels))
        .Add("Weight", NumberDataViewType.Single, rows.Select(i => data.Weights[i]));
}
