using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Data that is odd, but good: each trainer finds the answer that can be known beforehand.</summary>
public class OddDataTests
{
    /// <summary>Every trainer with the solver it takes by itself, SGD and Newton's.</summary>
    public static TheoryData<string, Solver> NamesAndSolvers => EveryTrainer.NamesAnd(Solver.Auto, Solver.Sgd, Solver.Newton);

    [Theory]
    [MemberData(nameof(NamesAndSolvers))]
    public void One_row_of_one_feature_is_learned(string trainer, Solver solver)
    {
        var one = new LabelledRows([[3]], [1], 3, [1]).View();
        Assert.InRange(
            MeanLoss(EveryTrainer.Probabilities(EveryTrainer.Fit(trainer, one, options => options.Solver = solver), one), [1]), 0, 0.1);
    }

    [Theory]
    [MemberData(nameof(NamesAndSolvers))]
    public void Rows_of_one_class_alone_give_a_model_that_is_sure_of_it(string trainer, Solver solver)
    {
        LabelledRows rows = LabelledRows.Gaussian(50, 3);
        var oneClass = (rows with { Y = [.. rows.Y.Select(_ => 1)] }).View();
        var fitted = EveryTrainer.Fit(trainer, oneClass, options => options.Solver = solver);
        Assert.All(EveryTrainer.Parameters(fitted), parameter => Assert.True(float.IsFinite(parameter)));
        Assert.InRange(MeanLoss(EveryTrainer.Probabilities(fitted, oneClass), [.. rows.Y.Select(_ => 1)]), 0, 0.01);
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("sigmoid")]
    public void Rows_of_one_class_alone_are_warned_of(string trainer)
    {
        LabelledRows rows = LabelledRows.Gaussian(50, 3);
        foreach (var label in new[] { 0, 1 })
        {
            List<string> log = [];
            var ml = new MLContext(1);
            ml.Log += (_, e) => log.Add(e.Message);
            _ = EveryTrainer.Create(trainer, ml, null).Fit((rows with { Y = [.. rows.Y.Select(_ => label)] }).View());
            Assert.Contains(log, m => m.Contains("Every training row that weighs anything is of class", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndSolvers))]
    public void Constant_features_give_the_share_of_each_class(string trainer, Solver solver)
    {
        LabelledRows rows = LabelledRows.Gaussian(90, 2);
        var constant = rows.Map(_ => [7, -1e6f, 0]).View();
        // SGD takes small batches whatever the rows: full ones take the noise out of where it ends.
        var fitted =
            EveryTrainer.Fit(
            trainer, constant, options => (options.Solver, options.BatchSize) = (solver, solver == Solver.Sgd ? 90 : null));
        double[] shares = [.. Enumerable.Range(0, 3).Select(k => rows.Y.Count(label => label == k) / 90.0)];
        foreach (var row in EveryTrainer.Probabilities(fitted, constant))
            Assert.All(row.Zip(trainer == "sigmoid" ? [shares[1]] : shares), pair => Assert.Equal(pair.Second, pair.First, 1e-3));
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void Columns_may_have_any_name(string trainer)
    {
        var ml = new MLContext(seed: 1);
        var usual = LabelledRows.Gaussian(60, 3).View();
        var label = trainer switch { "softmax" => "ClassIndex", "sigmoid" => "IsSecond", _ => "Answers" };
        var renamed = ml.Transforms.CopyColumns("what it is", label)
            .Append(ml.Transforms.CopyColumns("how it looks", "Features"))
            .Append(ml.Transforms.CopyColumns("how much it counts", "Weight"))
            .Append(ml.Transforms.DropColumns("Features", label, "Weight"))
            .Fit(usual).Transform(usual);
        var fitted =
            EveryTrainer.Fit(
            trainer, renamed,
            options =>
            (options.LabelColumnName, options.FeatureColumnName, options.ExampleWeightColumnName) =
            ("what it is", "how it looks", "how much it counts"));
        var expected = EveryTrainer.Fit(trainer, usual, options => options.ExampleWeightColumnName = "Weight");
        Assert.Equal(EveryTrainer.Parameters(expected), EveryTrainer.Parameters(fitted));
        Assert.Equal(EveryTrainer.Probabilities(expected, usual), EveryTrainer.Probabilities(fitted, renamed));
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void Of_columns_of_one_name_the_hidden_ones_are_not_read(string trainer)
    {
        var ml = new MLContext(seed: 1);
        LabelledRows rows = LabelledRows.Gaussian(60, 3);
        IDataView hidden = rows.Map(row => [.. row.Select(_ => float.NaN)]).Columns()
            .Add("Visible", new VectorDataViewType(NumberDataViewType.Single, 3), rows.X.Select(row => new VBuffer<float>(3, row)))
            .Build();
        var replaced = ml.Transforms.CopyColumns("Features", "Visible").Fit(hidden).Transform(hidden);
        Assert.Equal(2, replaced.Schema.Count(column => column.Name == "Features"));
        Assert.Equal(
            EveryTrainer.Parameters(EveryTrainer.Fit(trainer, rows.View())), EveryTrainer.Parameters(EveryTrainer.Fit(trainer, replaced)));
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("multi-label")]
    public void Ten_thousand_classes_are_learned(string trainer)
    {
        // One row of every fiftieth class; its one feature tells odd rows from even ones, which halves the number of guesses.
        const int classes = 10_000, rows = 200, every = classes / rows;
        var data =
            new LabelledRows(
            [.. Enumerable.Range(0, rows).Select(i => new[] { i % 2 == 0 ? -1f : 1f })],
            [.. Enumerable.Range(0, rows).Select(i => every * i)], classes, new float[rows]);
        var view = data.View();
        var fitted = EveryTrainer.Fit(trainer, view, options => (options.L2Regularization, options.NumberOfEpochs) = (1e-8f, 20));
        var probabilities = EveryTrainer.Probabilities(fitted, view);
        if (trainer == "softmax")
            Assert.All(probabilities, row => Assert.Equal(1, row.Sum(p => (double)p), 1e-4));
        var mean = probabilities.Select((row, i) => -Math.Log(row[every * i])).Average();
        Assert.InRange(mean, Math.Log(rows / 2) - 1e-3, Math.Log(rows) - 0.3);
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void A_million_features_of_which_few_occur_cost_no_more_than_the_model(string trainer)
    {
        // 40 features that occur, far apart or side by side: the same problem.
        const int every = 25_000, occurring = 40, rows = 400;
        var narrow = LabelledRows.Gaussian(rows, occurring)
            .Map(row => [.. row.Select((value, j) => j % 8 == (int)Math.Abs(4 * row[0]) % 8 ? value : 0)]);
        IDataView wide = narrow.Columns()
            .Add("Wide", new VectorDataViewType(NumberDataViewType.Single, every * occurring), narrow.X.Select(row =>
        {
            int[] indices = [.. Enumerable.Range(0, occurring).Where(j => row[j] != 0)];
            return new VBuffer<float>(
                every * occurring, indices.Length, [.. indices.Select(j => row[j])], [.. indices.Select(j => j * every)]);
        })).Build();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var fitted =
            EveryTrainer.Fit(
            trainer, wide, options => (options.FeatureColumnName, options.NumberOfThreads, options.NumberOfEpochs) = ("Wide", 1, 3));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var model = sizeof(float) * (long)every * occurring * EveryTrainer.Outputs(trainer, 3);
        Assert.InRange(allocated, model, 20 * model);

        // Few features are brought up to date all at once, many only when a row mentions them: the same but for the last bits.
        float[] parameters = [.. EveryTrainer.Parameters(fitted).Where((_, i) => i >= model / sizeof(float) || i % every == 0)];
        var expected =
            EveryTrainer.Parameters(
            EveryTrainer.Fit(trainer, narrow.View(), options => (options.NumberOfThreads, options.NumberOfEpochs) = (1, 3)));
        Assert.Equal(expected.Length, parameters.Length);
        Assert.All(expected.Zip(parameters), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    /// <summary>The mean of -log p of what each row is, over its classes or its answers.</summary>
    private static double MeanLoss(float[][] probabilities, int[] labels) => probabilities.Select((row, i) => row.Length == 1
        ? -Math.Log(labels[i] == 1 ? row[0] : 1 - row[0])
        : -Math.Log(row[labels[i]])).Average();
}
