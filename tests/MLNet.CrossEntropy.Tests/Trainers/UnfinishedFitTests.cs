using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>A fit that leaves much to gain says so, with the reason and the remedy; one at its optimum says nothing.</summary>
public sealed class UnfinishedFitTests
{
    private static readonly MLContext Ml = new(1);

    [Theory]
    [InlineData(Solver.Auto, null, false)]
    [InlineData(Solver.Newton, null, false)]
    [InlineData(Solver.Saga, null, false)]
    [InlineData(Solver.Sgd, 1, true)]
    [InlineData(Solver.Saga, 1, true)]
    public void More_than_one_percent_left_is_a_warning(Solver solver, int? epochs, bool isUnfinished)
    {
        var rows = LabelledRows.Gaussian(600, 6);
        var report = Fit(rows.Columns().AddKeys("Label", rows.Y.Select(y => (uint)y + 1), rows.Y.Max() + 1,
            [.. Enumerable.Range(0, rows.Y.Max() + 1).Select(k => $"{k}")]).Build(), solver, epochs, l2: 1e-4f);
        if (!isUnfinished)
        {
            Assert.Empty(report.Warnings);
            Assert.InRange(report.Certificate.GapEstimate!.Value, 0, 0.01 * report.Certificate.Objective);
            return;
        }

        var warning = Assert.Single(report.Warnings);
        Assert.Matches(
            "^About [0-9]+ % of the objective are left to gain: the fit ended after all its 1 epochs. Let NumberOfEpochs be more", warning);
        Assert.True(report.Certificate.GapEstimate > 0.01 * report.Certificate.Objective);
    }

    /// <summary>Classes that take turns, features of the same periods: a sample of every n-th row would see a part of them alone.</summary>
    [Theory]
    [InlineData(900, 3, 20)]
    [InlineData(300, 3, 7)]
    [InlineData(1_500, 4, 40)]
    [InlineData(120, 2, 11)]
    public void Sparse_tables_in_periodic_order_are_learned_cold_and_warm(int count, int classes, int sizes)
    {
        var view = OneHot(count, classes, sizes);
        var best = Fit(view, Solver.Newton, null, 1f / count).Certificate.Objective;
        Assert.True(best < 0.5 * Math.Log(classes));
        foreach (var initial in (ITransformer?[])[null, FitModel(OneHot(count / 2, classes, sizes), Solver.Auto, null, 1f / count, null)])
        {
            var report = TrainingReport.Of(FitModel(view, Solver.Auto, null, 1f / count, initial))!;
            Assert.InRange(report.Certificate.Objective, best * (1 - 1e-6), best * 1.001);
            Assert.Empty(report.Warnings);
        }
    }

    /// <summary>
    /// Weights of rare values follow SAGA's memory of them so closely that the two make a gradient of 0, long before the rows would.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_fit_of_rare_values_that_says_it_has_converged_is_at_its_optimum(int classes)
    {
        const int Count = 40_000, Values = 3_000;
        var random = new Random(classes);
        double[][] effects = [.. Enumerable.Range(0, Values)
            .Select(_ => Enumerable.Range(0, classes).Select(_ => 3 * random.NextDouble()).ToArray())];
        // As often as 1/rank: many values are seen once or never.
        (int Value, uint Key)[] rows = [.. Enumerable.Range(0, Count).Select(_ =>
        {
            var value = (int)Math.Min(Values - 1, Math.Pow(Values, random.NextDouble()) - 1);
            return (value, (uint)Enumerable.Range(0, classes).MaxBy(k => effects[value][k] - Math.Log(-Math.Log(random.NextDouble()))) + 1);
        })];
        var view = new InMemoryView.Builder()
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, Values), rows.Select(row =>
                new VBuffer<float>(Values, 1, [1], [row.Value])))
            .AddKeys("Label", rows.Select(row => row.Key), classes, [.. Enumerable.Range(0, classes).Select(k => $"class{k}")])
            .Build();
        var least = Fit(view, Solver.Newton, null, 1f / Count).Certificate.Objective;
        foreach (var solver in (Solver[])[Solver.Auto, Solver.Saga])
        {
            var report = Fit(view, solver, null, 1f / Count);
            Assert.InRange(report.Certificate.Objective, least * (1 - 1e-6), least * 1.001);
            Assert.InRange(report.Certificate.GapEstimate!.Value, 0, 0.001 * least);
        }
    }

    private static InMemoryView OneHot(int count, int classes, int sizes) => new InMemoryView.Builder()
        .Add("Features", new VectorDataViewType(NumberDataViewType.Single, classes + sizes), Enumerable.Range(0, count).Select(i =>
            new VBuffer<float>(classes + sizes, 2, [1, 1], [i % classes, classes + i / classes % sizes])))
        .AddKeys("Label", Enumerable.Range(0, count).Select(i => (uint)(i % classes) + 1), classes,
            [.. Enumerable.Range(0, classes).Select(k => $"class{k}")])
        .Build();

    private static TrainingReport Fit(IDataView view, Solver solver, int? epochs, float l2) =>
        TrainingReport.Of(FitModel(view, solver, epochs, l2, null))!;

    private static MulticlassPredictionTransformer<MaximumEntropyModelParameters> FitModel(
        IDataView view, Solver solver, int? epochs, float l2, ITransformer? initial) =>
        Ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
        {
            Solver = solver,
            NumberOfEpochs = epochs,
            L2Regularization = l2,
            InitialModel = initial,
            Seed = 1,
        }).Fit(view);
}
