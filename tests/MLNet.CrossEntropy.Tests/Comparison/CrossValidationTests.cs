using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;
using Estimators = System.Collections.Generic.Dictionary<string, System.Func<Microsoft.ML.MLContext, Microsoft.ML.IEstimator<Microsoft.ML.ITransformer>>>;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>Cross-validation against explicit loops, and what it promises of folds, repeats, threads and labels.</summary>
public sealed class CrossValidationTests
{
    private static readonly MulticlassEvaluationOptions ByIndex = new() { LabelColumnName = "ClassIndex" };

    private static readonly Estimators Two = new()
    {
        ["softmax"] = ml => Softmax(ml),
        ["lbfgs"] = ml => ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("ClassIndex"),
    };

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Folds_and_all_of_them_together_are_what_a_loop_over_MLNets_own_evaluator_finds()
    {
        var rows = LabelledRows.Gaussian(120, 4);
        var actual = _ml.MulticlassClassification.CrossValidateCrossEntropy(rows.View(), Two, new() { NumberOfFolds = 4, KeepModels = true }, ByIndex);
        foreach (var model in actual.Models)
        {
            int[] fold = [.. model.Forecasts.GetColumn<int>("Fold")];
            List<double> losses = [];
            for (var k = 0; k < 4; k++)
            {
                IDataView train = Pick(rows, fold, f => f != k), test = Pick(rows, fold, f => f == k);
                var metrics = _ml.MulticlassClassification.Evaluate(Two[model.Name](_ml).Fit(train).Transform(test), "ClassIndex");
                Assert.Equal(metrics.LogLoss, model.Folds[k].LogLoss, 1e-5);
                Assert.Equal(metrics.MicroAccuracy, model.Folds[k].Accuracy, 1e-9);
                Assert.Equal(model.Folds[k].ClippedLogLoss, model.FoldLogLosses[k], 1e-12);
                Assert.Equal(
                    metrics.LogLoss, _ml.MulticlassClassification.Evaluate(model.Transformers[k].Transform(test), "ClassIndex").LogLoss, 1e-5);
                losses.Add(metrics.LogLoss * fold.Count(f => f == k) / 120);
            }
            Assert.Equal(losses.Sum(), model.LogLoss, 1e-5);
            Assert.Equal(losses.Sum(), model.Metrics.LogLoss, 1e-5);
            var again = _ml.MulticlassClassification.EvaluateCrossEntropy(model.Forecasts, "ClassIndex");
            Assert.Equal((again.LogLoss, again.BrierScore, again.MacroRocAuc), (model.Metrics.LogLoss, model.Metrics.BrierScore, model.Metrics.MacroRocAuc));
        }
        Assert.Empty(actual.Warnings);
    }

    [Fact]
    public void Binary_models_and_a_label_that_each_fold_maps_in_an_order_of_its_own()
    {
        var rows = LabelledRows.Gaussian(90, 4);
        var view = rows.Columns().AddText("Answer", rows.Y.Select(y => y == 1 ? "yes" : "no")).Build();
        var direct = _ml.BinaryClassification.CrossValidateCrossEntropy(view, Sigmoid(_ml, "IsSecond"), 3, "IsSecond", seed: 3);
        var mapped = _ml.BinaryClassification.CrossValidateCrossEntropy(
            view,
            new Estimators { ["mapped"] = ml => ml.Transforms.Conversion.MapValueToKey("Key", "Answer").Append(Sigmoid(ml, "Key")) },
            new() { NumberOfFolds = 3, Seed = 3, StratifyColumnName = "Answer" }, new() { LabelColumnName = "Key" });

        var fold = direct.Models[0].Forecasts.GetColumn<int>("Fold").ToArray();
        Assert.Equal(fold, mapped.Models[0].Forecasts.GetColumn<int>("Fold"));
        Assert.NotEqual(1, Enumerable.Range(0, 3).Select(k => rows.Y[Array.FindIndex(fold, f => f != k)] == 1).Distinct().Count());
        for (var k = 0; k < 3; k++)
        {
            var model = Sigmoid(_ml, "IsSecond").Fit(Pick(rows, fold, f => f != k));
            Assert.Equal(_ml.BinaryClassification.Evaluate(model.Transform(Pick(rows, fold, f => f == k)), "IsSecond").LogLoss * Math.Log(2), direct.Models[0].Folds[k].LogLoss, 1e-5);
        }
        // The loss of yes is that of no where the fold's key has them the other way round.
        Assert.Equal(direct.Models[0].LogLoss, mapped.Models[0].LogLoss, 2e-3);
        Assert.Equal(90, mapped.Models[0].Rows.Used);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits_and_so_does_the_seed()
    {
        var view = LabelledRows.Gaussian(80, 4).View();
        string[] results = [.. new[] { 1, 2, 5 }.Select(threads => Run(7, threads))];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
        Assert.NotEqual(results[0], Run(8, 2));

        string Run(int seed, int threads)
        {
            List<double> done = [];
            var result = new MLContext(5).MulticlassClassification.CrossValidateCrossEntropy(
                view, Two, new() { Seed = seed, NumberOfThreads = threads, Repeats = 2, Progress = new Listener(done) }, ByIndex);
            Assert.Equal(Enumerable.Range(1, 20).Select(i => i / 20.0), done);
            return result.ToJson() + string.Join(";", result.Models[1].Forecasts.GetColumn<float[]>("Score").SelectMany(s => s));
        }
    }

    [Fact]
    public void Repeats_share_rows_and_leave_the_rows_chance_as_it_is()
    {
        var rows = LabelledRows.Gaussian(60, 2);
        var once = Run(1).Models[0];
        var often = Run(6).Models[0];
        // Each row's mean loss over the repeats, by hand.
        float[][] scores = [.. often.Forecasts.GetColumn<float[]>("Score")];
        long[] row = [.. often.Forecasts.GetColumn<long>("Row")];
        Assert.Equal(360, scores.Length);
        double[] means = [.. Enumerable.Range(0, 60).Select(i => scores.Where((_, at) => row[at] == i).Average(s => -Math.Log(s[rows.Y[i]])))];
        Assert.Equal(means.Average(), often.LogLoss, 1e-9);
        var byRows = Math.Sqrt(means.Sum(m => Math.Pow(m - means.Average(), 2)) / 59 / 60);
        Assert.InRange(often.LogLossStandardError, byRows * (1 - 1e-9), 1.5 * byRows);
        Assert.InRange(often.LogLossStandardError / once.LogLossStandardError, 0.7, 1.3);
        Assert.Equal((6, 30, 30), (often.Repeats.Count, often.Folds.Count, often.FoldLogLosses.Count));
        Assert.Equal(often.Repeats.Average(m => m.LogLoss), often.LogLoss, 1e-9);
        Assert.NotEqual(often.Repeats[0].LogLoss, often.Repeats[1].LogLoss);
        Assert.All(often.Repeats, m => Assert.Equal(60, m.Rows.Used));
        Assert.Equal(once.LogLossStandardError, once.Metrics.LogLossStandardError);

        CrossValidation<MulticlassCrossEntropyMetrics> Run(int repeats) => _ml.MulticlassClassification.CrossValidateCrossEntropy(
            rows.View(), new Estimators { ["one"] = Two["softmax"] }, new() { Repeats = repeats, Seed = 2 }, ByIndex);
    }

    [Fact]
    public void Models_are_compared_over_their_folds_as_the_paper_corrects_it()
    {
        var actual = _ml.MulticlassClassification.CrossValidateCrossEntropy(
            LabelledRows.Gaussian(100, 4).View(), Two, new() { Seed = 4, Repeats = 2, ListedRows = 3, BootstrapResamples = 200 }, ByIndex);
        var comparison = actual.Comparison!;
        var byFolds = CrossEntropyComparison.OfFolds(actual.Models.ToDictionary(m => m.Name, m => m.FoldLogLosses), testToTrainRatio: 0.25).Pairs[0];
        Assert.Equal(byFolds.ClippedMeanDifference, comparison.Pairs[0].ClippedMeanDifference, 1e-12);
        Assert.Equal(byFolds.StandardError, comparison.Pairs[0].StandardError, 1e-12);
        Assert.Equal(byFolds.PValue, comparison.Pairs[0].PValue, 1e-9);
        Assert.Equal((10, 200L), (comparison.Pairs[0].Folds, comparison.Pairs[0].Rows));
        Assert.All(comparison.Pairs[0].RowsForFirst, r => Assert.InRange(r.Row, 0, 99));
        Assert.NotNull(comparison.Pairs[0].BootstrapInterval);
        Assert.Contains("\nfold ", actual.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n10 ", actual.ToString(), StringComparison.Ordinal);
        Assert.Contains(comparison.Pairs[0].Sentence, actual.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n| 10 | ", actual.ToMarkdown(), StringComparison.Ordinal);
        Assert.Same(actual.Models[1], actual.Model("lbfgs"));
        Assert.Contains("'softmax', 'lbfgs'", Assert.Throws<KeyNotFoundException>(() => actual.Model("x")).Message, StringComparison.Ordinal);
        var page = new CrossEntropyReport("Both").Add(actual).ToHtml();
        Assert.All(actual.Models, m => Assert.Contains($">{m.Name}</", page, StringComparison.Ordinal));
        Assert.Equal(200, actual.Models[0].Forecasts.Preview(maxRows: 1000).RowView.Length);
        _ = actual.Require(r => r.Comparison!.Rows.Used == 200, r => r.Models.All(m => m.LogLoss < Math.Log(3)));
    }

    [Fact]
    public void Groups_stay_together_and_their_number_is_what_the_interval_rests_on()
    {
        // Every row four times: taken for news, they would halve the standard error and be known from their twins.
        var rows = LabelledRows.Gaussian(50, 4);
        var copies = rows.Pick(Enumerable.Range(0, 200).Select(i => i / 4));
        var view = copies.Columns().AddText("Animal", Enumerable.Range(0, 200).Select(i => $"animal {i / 4}")).Build();
        var grouped = _ml.MulticlassClassification.CrossValidateCrossEntropy(view, Softmax(_ml), 5, "ClassIndex", "Animal", seed: 1).Models[0];
        var plain = _ml.MulticlassClassification.CrossValidateCrossEntropy(rows.View(), Softmax(_ml), 5, "ClassIndex", seed: 1).Models[0];
        var fold = grouped.Forecasts.GetColumn<int>("Fold").ToArray();
        Assert.All(fold.Chunk(4), chunk => Assert.Single(chunk.Distinct()));
        Assert.InRange(grouped.LogLossStandardError / plain.LogLossStandardError, 0.7, 1.5);
        Assert.Equal(grouped.LogLossStandardError, grouped.Metrics.LogLossStandardError);
        var few = rows.Columns().AddText("Animal", Enumerable.Range(0, 50).Select(i => $"animal {i % 9}")).Build();
        Assert.Equal(
            ["There are 9 groups of rows; with fewer than 20, standard errors tend to be too small."],
            _ml.MulticlassClassification.CrossValidateCrossEntropy(few, Softmax(_ml), 5, "ClassIndex", "Animal").Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Soft_labels_and_counts(bool counts)
    {
        Random random = new(3);
        float[][] x = [.. Enumerable.Range(0, 60).Select(_ => new[] { random.NextSingle(), random.NextSingle() })];
        float[][] votes = [.. x.Select(f => new[] { random.Next(1, 4) + (f[0] > 0.5f ? 4f : 0), random.Next(1, 4), random.Next(0, 3) })];
        float[][] labels = counts ? votes : [.. votes.Select(v => v.Select(y => y / v.Sum()).ToArray())];
        var view = View(labels, x);
        SoftmaxCrossEntropyTrainer.Options options = new() { Seed = 1, LabelKind = counts ? LabelKind.WeightedCounts : LabelKind.Auto };
        var actual = _ml.MulticlassClassification.CrossValidateCrossEntropy(
            view, new Estimators { ["one"] = ml => ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options) },
            new() { NumberOfFolds = 3 }, new() { WeightBySoftLabelSum = counts }).Models[0];
        var fold = actual.Forecasts.GetColumn<int>("Fold").ToArray();
        (double Loss, double Weight) sum = (0, 0);
        for (var k = 0; k < 3; k++)
        {
            var model = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(Part(f => f != k));
            var metrics = _ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(Part(f => f == k)), new MulticlassEvaluationOptions { WeightBySoftLabelSum = counts });
            Assert.Equal(metrics.LogLoss, actual.Folds[k].LogLoss, 1e-6);
            Assert.Equal(metrics.WeightSum, actual.Folds[k].WeightSum, 1e-4);
            sum = (sum.Loss + metrics.LogLoss * metrics.WeightSum, sum.Weight + metrics.WeightSum);

            InMemoryView Part(Func<int, bool> isIn) => View([.. labels.Where((_, i) => isIn(fold[i]))], [.. x.Where((_, i) => isIn(fold[i]))]);
        }
        Assert.Equal(sum.Loss / sum.Weight, actual.LogLoss, 1e-6);
        Assert.True(actual.Metrics.IrreducibleLogLoss > 0.5);

        static InMemoryView View(float[][] labels, float[][] x) => new InMemoryView.Builder()
            .AddScores("Label", labels.Select(r => r.Select(v => (double)v).ToArray()), 3)
            .AddScores("Features", x.Select(r => r.Select(v => (double)v).ToArray()), 2)
            .Build();
    }

    [Fact]
    public void A_class_that_a_folds_training_rows_lack_counts_as_the_model_has_it_and_is_said()
    {
        // One row of ash: the fold that tests it has never heard of ash, whose label is missing there; the four others know it.
        var rows = LabelledRows.Gaussian(61, 4);
        string[] names = [.. rows.Y.Select((y, i) => i == 60 ? "ash" : $"class {y}")];
        var view = rows.Columns().AddText("Tree", names).Build();
        var actual = _ml.MulticlassClassification.CrossValidateCrossEntropy(
            view,
            new Estimators { ["trees"] = ml => ml.Transforms.Conversion.MapValueToKey("Label", "Tree").Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy()) },
            new() { StratifyColumnName = "Tree" });
        var model = actual.Models[0];
        Assert.Equal((61, 0, 0), (model.Rows.Used, model.Rows.MissingLabel, model.Rows.UnknownClass));
        Assert.Equal(4, model.Metrics.Classes.Count);
        Assert.Equal(1, model.Metrics.Classes.Single(c => c.Name == "ash").Support);
        var row = model.Forecasts.GetColumn<float[]>("Score").ElementAt(60);
        Assert.Equal(0, row[model.Metrics.Classes.ToList().FindIndex(c => c.Name == "ash")]);
        Assert.Equal(1, row.Sum(), 1e-6);
        Assert.True(double.IsFinite(model.ClippedLogLoss));
        Assert.Contains(actual.Warnings, w => w.Contains("holds out all of them", StringComparison.Ordinal) && w.Contains("'ash'", StringComparison.Ordinal));
        Assert.Contains(actual.Warnings, w => w.StartsWith("1 forecasts of 'trees' are of a class that the fold's model does not know ('ash')", StringComparison.Ordinal));

        // Known by its key, the class has a slot, and the model gives it something.
        var known = _ml.Transforms.Conversion.MapValueToKey("Label", "Tree").Fit(view).Transform(view);
        var mapped = _ml.MulticlassClassification.CrossValidateCrossEntropy(known, _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy());
        Assert.True(double.IsFinite(mapped.Models[0].LogLoss));
        Assert.Single(mapped.Warnings);
    }

    [Fact]
    public void Folds_that_are_not_stratified_may_hold_out_a_class_and_a_missing_label_stays_missing()
    {
        var rows = LabelledRows.Gaussian(40, 4);
        string[] names = [.. rows.Y.Select((y, i) => i == 7 ? "" : i is 10 or 20 ? "rare" : $"{y}")];
        var view = rows.Columns().AddText("Label", names).Build();
        for (var seed = 0; seed < 4; seed++)
        {
            var actual = _ml.MulticlassClassification.CrossValidateCrossEntropy(
                view,
                new Estimators { ["one"] = ml => ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy()) },
                new() { NumberOfFolds = 2, Stratify = false, Seed = seed });
            Assert.Equal((39, 1), (actual.Models[0].Rows.Used, actual.Models[0].Rows.MissingLabel));
            Assert.True(double.IsFinite(actual.Models[0].ClippedLogLoss));
        }
    }

    [Fact]
    public void Text_is_learned_within_the_fold()
    {
        // Each row has a word of its own besides one that tells its class: were the words of held-out rows known, there would be more features.
        string[] words = ["fur", "wool"];
        var view = new InMemoryView.Builder()
            .AddText("Text", Enumerable.Range(0, 40).Select(i => $"{words[i % 2]} word{i}"))
            .AddText("Kind", Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? "cat" : "sheep"))
            .Build();
        var actual = _ml.MulticlassClassification.CrossValidateCrossEntropy(
            view,
            new Estimators
            {
                ["text"] = ml => ml.Transforms.Conversion.MapValueToKey("Label", "Kind")
                    .Append(ml.Transforms.Text.TokenizeIntoWords("Words", "Text")).Append(ml.Transforms.Conversion.MapValueToKey("Words"))
                    .Append(ml.Transforms.Text.ProduceNgrams("Features", "Words", ngramLength: 1))
                    .Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy()),
            },
            new() { NumberOfFolds = 4, KeepModels = true, StratifyColumnName = "Kind" });
        Assert.Equal(1, actual.Models[0].Metrics.Accuracy);
        Assert.All(actual.Models[0].Transformers, t => Assert.Equal(
            32, ((VectorDataViewType)t.GetOutputSchema(view.Schema)["Features"].Type).Size));
        Assert.Empty(actual.Warnings);
        Assert.StartsWith(
            "The folds are not stratified",
            _ml.MulticlassClassification.CrossValidateCrossEntropy(view, Text(_ml), 2).Warnings[0], StringComparison.Ordinal);

        static IEstimator<ITransformer> Text(MLContext ml) => ml.Transforms.Conversion.MapValueToKey("Label", "Kind")
            .Append(ml.Transforms.Text.FeaturizeText("Features", "Text")).Append(ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy());
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        using CancellationTokenSource source = new();
        var view = LabelledRows.Gaussian(60, 4).View();
        CrossValidationOptions options = new() { CancellationToken = source.Token, NumberOfThreads = 1 };
        List<double> done = [];
        options.Progress = new Listener(done, () => source.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => _ml.MulticlassClassification.CrossValidateCrossEntropy(view, Two, options, ByIndex));
        Assert.Equal([0.1], done);
        Assert.ThrowsAny<OperationCanceledException>(() => _ml.MulticlassClassification.CrossValidateCrossEntropy(view, Two, options, ByIndex));
    }

    /// <summary>Who trains on rows that are others in each pass is judged by rows that it has seen.</summary>
    [Theory]
    [InlineData("one more", "The data have more rows than the 60 of an earlier pass.")]
    [InlineData("one less", "The data ended after 59 rows, and row 59 (counted from 0) was there in an earlier pass.")]
    [InlineData("another label", "Row 7 (counted from 0) is another than in an earlier pass")]
    [InlineData("other answers", "Row 7 (counted from 0) is another than in an earlier pass")]
    [InlineData("another group", "Row 7 (counted from 0) is another than in an earlier pass")]
    [InlineData("shuffled", " is another than in an earlier pass")]
    public void Rows_that_are_not_the_same_in_each_pass_are_refused(string change, string text)
    {
        var rows = LabelledRows.Gaussian(61, 4);
        int[] all = [.. Enumerable.Range(0, 60)];
        int[] later = change switch
        {
            "one more" => [.. all, 60],
            "one less" => all[..59],
            _ => all,
        };
        IDataView View(int turn)
        {
            var picked = rows.Pick(turn < 1 ? all : later);
            if (turn > 0 && change is "another label" or "other answers")
                picked.Y[7] = (picked.Y[7] + 1) % 3;
            return picked.Columns().AddText("Group", picked.Y.Select((_, i) => turn > 0 && i == 7 && change == "another group" ? "x" : $"{i / 2}"))
                .Build();
        }

        TurnsView view = new(change == "shuffled" ? turn => _ml.Data.ShuffleRows(View(0), seed: turn) : View);
        Func<IDataView, object> validate = change == "other answers"
            ? data => _ml.MulticlassClassification.CrossValidateMultiLabelCrossEntropy(data, EveryTrainer.Create("multi-label", _ml), labelColumnName: "Answers")
            : data => _ml.MulticlassClassification.CrossValidateCrossEntropy(data, Two, new() { GroupColumnName = "Group" }, ByIndex);
        var error = Assert.Throws<InvalidOperationException>(() => validate(view));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("give data that are the same each time, or keep them in memory (Cache).", error.Message, StringComparison.Ordinal);
        validate(_ml.Data.Cache(View(0)));
        validate(_ml.Data.ShuffleRows(View(0), seed: 1));
    }

    [Fact]
    public void What_goes_wrong_is_told_with_model_and_fold()
    {
        var rows = LabelledRows.Gaussian(30, 4);
        var view = rows.View();
        Estimators bad = new() { ["good"] = Two["softmax"], ["bad"] = ml => ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("Weight") };
        var error = Assert.Throws<InvalidOperationException>(() => _ml.MulticlassClassification.CrossValidateCrossEntropy(view, bad, new() { Repeats = 2 }, ByIndex));
        Assert.StartsWith("'bad', fold 1 of 5, repeat 1: Schema mismatch for label column 'Weight'", error.Message, StringComparison.Ordinal);
        Refused<ArgumentException>("There are 30 rows for 31 folds", view, new() { NumberOfFolds = 31 });
        Refused<ArgumentException>("'NumberOfFolds' is 1", view, new() { NumberOfFolds = 1 });
        Refused<ArgumentException>("'Repeats' is 0", view, new() { Repeats = 0 });
        Refused<ArgumentException>("group column 'Herd'", view, new() { GroupColumnName = "Herd" });
        Refused<ArgumentException>("There are 0 models; at least 1 is needed", view, new(), []);
        Refused<InvalidOperationException>("answered null", view, new(), new() { ["none"] = _ => null! });

        // One class left: a binary label mapped within the fold.
        var single = rows.Pick([0, 1, 2, 3, 4, 5, 6, 7]).Columns().AddText("Answer", ["yes", "no", "no", "no", "no", "no", "no", "no"]).Build();
        var one = Assert.Throws<InvalidOperationException>(() => _ml.BinaryClassification.CrossValidateCrossEntropy(
            single, new Estimators { ["x"] = ml => ml.Transforms.Conversion.MapValueToKey("Label", "Answer").Append(ml.BinaryClassification.Trainers.SigmoidCrossEntropy()) },
            new() { NumberOfFolds = 4, StratifyColumnName = "Answer" }));
        Assert.Contains("The fold holds out all rows of 'yes', so that its training rows have none", one.Message, StringComparison.Ordinal);

        void Refused<T>(string part, IDataView data, CrossValidationOptions options, Estimators? estimators = null)
            where T : Exception => Assert.Contains(
            part, Assert.ThrowsAny<T>(() => _ml.MulticlassClassification.CrossValidateCrossEntropy(data, estimators ?? Two, options, ByIndex)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Intervals_cover_the_truth_and_equal_models_are_rarely_called_different()
    {
        // Sets of 60 rows, two models that each see one of two features of the same worth. The truth is the mean over the sets.
        const int Sets = 60;
        List<(ComparedModel Model, PairedComparison Pair)> results = [];
        for (var set = 0; set < Sets; set++)
        {
            Random random = new(set);
            double[] labels = [.. Enumerable.Range(0, 60).Select(_ => (double)random.Next(2))];
            var view = new InMemoryView.Builder()
                .Add("Label", BooleanDataViewType.Instance, labels.Select(y => y == 1))
                .AddScores("A", labels.Select(y => new[] { y + 1.5 * random.NextDouble(), random.NextDouble() }), 2)
                .AddScores("B", labels.Select(y => new[] { y + 1.5 * random.NextDouble(), random.NextDouble() }), 2)
                .Build();
            var actual = _ml.BinaryClassification.CrossValidateCrossEntropy(
                view, new Estimators { ["a"] = ml => On(ml, "A"), ["b"] = ml => On(ml, "B") }, new() { Seed = set });
            results.Add((actual.Models[0], actual.Comparison!.Pairs[0]));
        }
        var truth = results.Average(r => r.Model.LogLoss);
        // Of 60 sets 57 should be covered, standard deviation 1.7; both are known to err on the safe side.
        Assert.InRange(results.Count(r => r.Model.LogLossInterval.Lower <= truth && truth <= r.Model.LogLossInterval.Upper), 52, 60);
        Assert.InRange(results.Count(r => r.Pair.PValue < 0.05), 0, 6);
        // And they are not so wide that they say nothing.
        var deviation = Math.Sqrt(results.Sum(r => Math.Pow(r.Model.LogLoss - truth, 2)) / (Sets - 1));
        Assert.InRange(results.Average(r => r.Model.LogLossStandardError) / deviation, 0.8, 1.6);

        static IEstimator<ITransformer> On(MLContext ml, string features) => ml.BinaryClassification.Trainers.SigmoidCrossEntropy(
            new SigmoidCrossEntropyTrainer.Options { FeatureColumnName = features, Solver = Solver.Newton, NumberOfThreads = 1 });
    }

    private static SoftmaxCrossEntropyTrainer Softmax(MLContext ml) => ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
        new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", Seed = 1, L2Regularization = 0.02f });

    private static SigmoidCrossEntropyTrainer Sigmoid(MLContext ml, string label) => ml.BinaryClassification.Trainers.SigmoidCrossEntropy(
        new SigmoidCrossEntropyTrainer.Options { LabelColumnName = label, Seed = 1, L2Regularization = 0.02f });

    private static IDataView Pick(LabelledRows rows, int[] fold, Func<int, bool> isIn) =>
        rows.Pick(Enumerable.Range(0, fold.Length).Where(i => isIn(fold[i]))).View();

    private sealed class Listener(List<double> done, Action? then = null) : IProgress<double>
    {
        public void Report(double value)
        {
            done.Add(value);
            then?.Invoke();
        }
    }
}
