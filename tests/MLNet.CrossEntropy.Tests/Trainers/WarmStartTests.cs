using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>A fit goes on from a model, whoever made it: by the names of its classes, without forgetting what it knows.</summary>
public class WarmStartTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>A trainer, a solver, and whether the rows are kept.</summary>
    public static TheoryData<string, Solver, bool> Solvers => new()
    {
        { "softmax", Solver.Saga, true },
        { "softmax", Solver.Sgd, true },
        { "softmax", Solver.Sgd, false },
        { "sigmoid", Solver.Saga, true },
        { "sigmoid", Solver.Sgd, true },
        { "sigmoid", Solver.Sgd, false },
    };

    [Theory]
    [MemberData(nameof(Solvers))]
    public void A_fit_that_starts_at_the_optimum_stays_there(string trainer, Solver solver, bool cache)
    {
        var data = Dataset.Iris.View(_ml);
        var optimum = Create(trainer, Solver.Saga, epochs: 2000).Fit(data);
        var objective = TrainingReport.Of(optimum)!.Certificate.Objective;
        var warm = Create(trainer, solver, epochs: 5, options => (options.InitialModel, options.Cache) = (optimum, cache)).Fit(data);
        var cold = Create(trainer, solver, epochs: 5, options => options.Cache = cache).Fit(data);

        double lost = TrainingReport.Of(warm)!.Certificate.Objective - objective,
            coldLost = TrainingReport.Of(cold)!.Certificate.Objective - objective;
        Assert.InRange(lost, -1e-6 * objective, solver == Solver.Saga ? 1e-6 * objective : 0.02 * objective);
        Assert.True(lost < 0.5 * coldLost, $"warm {lost}, cold {coldLost} above {objective}");
    }

    [Theory]
    [InlineData("softmax")]
    [InlineData("sigmoid")]
    public void It_takes_fewer_epochs_than_from_nothing(string trainer)
    {
        var first = Dataset.BreastCancer.Split().Train;
        var before = Create(trainer, Solver.Saga, epochs: 2000).Fit(first.View(_ml));
        var all = Dataset.BreastCancer.View(_ml);
        var cold = TrainingReport.Of(Create(trainer, Solver.Saga, epochs: 300).Fit(all))!;
        var warm = TrainingReport.Of(Create(trainer, Solver.Saga, epochs: 300, options => options.InitialModel = before).Fit(all))!;
        var good = 1.01 * cold.Certificate.Objective;
        int coldEpochs = cold.History.TakeWhile(epoch => epoch.Objective > good)
            .Count(), warmEpochs = warm.History.TakeWhile(epoch => epoch.Objective > good).Count();
        Assert.True(warmEpochs < 0.7 * coldEpochs, $"warm {warmEpochs}, cold {coldEpochs} epochs");
        Assert.InRange(warm.Certificate.Objective, 0, cold.Certificate.Objective * (1 + 1e-4));
        Assert.True(warm.History[0].Objective < cold.History[0].Objective);
    }

    [Fact]
    public void Models_of_built_in_trainers_and_loaded_chains_are_gone_on_from()
    {
        var data = NamedIris.View();
        var keyed = _ml.Transforms.Conversion.MapValueToKey("Label", "Species").Fit(data).Transform(data);
        var entropy = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0).Fit(keyed);
        using var file = new TemporaryFile();
        _ml.Model.Save(NamedIris.Pipeline(_ml, data), data.Schema, file.Name);
        var loaded = new MLContext().Model.Load(file.Name, out _);

        var cold = TrainingReport.Of(Softmax(epochs: 1).Fit(keyed))!;
        foreach (var warm in (TrainingReport[])
        [
            TrainingReport.Of(Softmax(epochs: 1).Fit(keyed, entropy))!,
            TrainingReport.Of(Softmax(epochs: 1).Fit(keyed, entropy.Model))!,
            TrainingReport.Of(Softmax(epochs: 1).Fit(keyed, loaded))!,
            TrainingReport.Of(Softmax(epochs: 1, options => options.InitialModel = loaded).Fit(keyed))!,
        ])
            Assert.True(warm.History[0].TrainingLoss < 0.5 * cold.History[0].TrainingLoss);

        var logistic = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("IsSecond", l1Regularization: 0).Fit(data);
        var sigmoid = new SigmoidCrossEntropyTrainer.Options { LabelColumnName = "IsSecond", NumberOfEpochs = 1, Seed = 1 };
        var trainer = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy(sigmoid);
        var fromNothing = TrainingReport.Of(trainer.Fit(data))!.History[0].TrainingLoss;
        Assert.True(TrainingReport.Of(trainer.Fit(data, logistic))!.History[0].TrainingLoss < fromNothing);
        Assert.True(TrainingReport.Of(trainer.Fit(data, logistic.Model.SubModel))!.History[0].TrainingLoss < fromNothing);
    }

    [Fact]
    public void Classes_are_matched_by_name_when_the_keys_are_in_another_order()
    {
        var model = NamedIris.Pipeline(_ml, NamedIris.View());
        var reversed = Keyed(Dataset.Iris.Examples.Reverse());
        Assert.Equal(NamedIris.Classes.Reverse(), Names(reversed));

        // At rate 0 a fit gives back what it was given.
        var same = Frozen().Fit(reversed, model);
        LinearCoefficients before = _ml.Model.LinearCoefficients(model), after = _ml.Model.LinearCoefficients(same);
        Assert.Equal(NamedIris.Classes.Reverse(), after.Classes.Select(c => c.Name));
        foreach (var name in NamedIris.Classes)
        {
            Assert.Equal(before[name].Bias, after[name].Bias, 1e-4);
            for (var j = 0; j < 4; j++)
                Assert.Equal(before[name].Weights[j], after[name].Weights[j], 1e-4);
        }
    }

    [Fact]
    public void New_classes_throw_or_expand_as_asked()
    {
        var two = Keyed(Dataset.Iris.Examples.Where(row => row.Class != "setosa"));
        var model = Softmax(epochs: 50).Fit(two);
        var three = Keyed(Dataset.Iris.Examples);
        Assert.StartsWith(
            "The initial model does not have these classes of the training data: 'setosa'. Set AddNewClasses to add them",
            Assert.Throws<ArgumentException>(() => Softmax(epochs: 1).Fit(three, model)).Message);

        var frozen = _ml.Model.LinearCoefficients(Frozen(options => options.AddNewClasses = true).Fit(three, model));
        Assert.Equal(NamedIris.Classes, frozen.Classes.Select(c => c.Name));
        Assert.Equal((frozen["virginica"].Weights[2] + frozen["versicolor"].Weights[2]) / 2, frozen["setosa"].Weights[2], 1e-4);
        Assert.Equal((frozen["virginica"].Bias + frozen["versicolor"].Bias) / 2, frozen["setosa"].Bias, 1e-3);

        var expanded = Softmax(epochs: 300, options => options.AddNewClasses = true).Fit(three, model);
        var cold = Softmax(epochs: 300).Fit(three);
        Assert.Equal(TrainingReport.Of(cold)!.Certificate.Objective, TrainingReport.Of(expanded)!.Certificate.Objective, 1e-5);
        Assert.Equal(SchemaText.Of(cold.Transform(three).Schema), SchemaText.Of(expanded.Transform(three).Schema));
    }

    [Theory]
    [InlineData("Species")]
    [InlineData("Number")]
    public void Classes_that_the_new_data_lacks_are_kept_and_saved(string label)
    {
        var all = Keyed(Dataset.Iris.Examples, label);
        var model = Softmax(epochs: 50).Fit(all);
        var two = Keyed(Dataset.Iris.Examples.Where(row => row.Class != "setosa").Reverse(), label);
        var further = Softmax(epochs: 2).Fit(two, model);
        string[] names = label == "Species" ? ["virginica", "versicolor", "setosa"] : ["20", "10", "0"];
        Assert.Equal(names, _ml.MulticlassClassification.ScoreClassNames(further.Transform(all)));

        using var file = new TemporaryFile();
        _ml.Model.Save(further, all.Schema, file.Name);
        var scored = new MLContext().Model.Load(file.Name, out _).Transform(all);
        Assert.Equal(SchemaText.Of(further.Transform(all).Schema), SchemaText.Of(scored.Schema));
        Assert.Equal(3, scored.GetColumn<float[]>("Score").First().Length);

        // Key values keep the label's own type.
        var mapped = _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored).Transform(scored);
        Assert.Equal(all.Schema[label].Type, mapped.Schema["PredictedLabel"].Type);
    }

    [Fact]
    public void Classes_without_names_are_matched_by_position()
    {
        var data = Dataset.Iris.View(_ml);
        var model = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(data);
        var options = new SoftmaxCrossEntropyTrainer.Options { LabelColumnName = "ClassIndex", NumberOfEpochs = 1 };
        var start =
            TrainingReport.Of(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(data, model))!.History[0].TrainingLoss;
        Assert.InRange(start, 0, 1.2 * TrainingReport.Of(model)!.Certificate.DataTerm);

        var two = Keyed(Dataset.Iris.Examples.Where(row => row.Class != "setosa"));
        Assert.StartsWith(
            "The label has 2 classes with names, and the initial model 3 without names: there is no telling which is which.",
            Assert.Throws<ArgumentException>(() => Softmax(epochs: 1).Fit(two, model)).Message);
    }

    [Fact]
    public void Batches_go_on_with_the_schedule_and_without_a_large_first_rate()
    {
        var data = Keyed(Dataset.Iris.Examples);
        var schedule = Schedule.Exponential(0.1, 0.99);
        var first = Softmax(epochs: 3, options => (options.Solver, options.Schedule, options.BatchSize) = (Solver.Sgd, schedule, 50))
            .Fit(data);
        var second = Softmax(epochs: 3, options => (options.Solver, options.Schedule, options.BatchSize) = (Solver.Sgd, schedule, 50))
            .Fit(data, first);
        var report = TrainingReport.Of(second)!;
        Assert.Equal((9, 18), (TrainingReport.Of(first)!.TotalSteps, report.TotalSteps));
        Assert.Equal([11, 14, 17], report.History.Select(epoch => (int)Math.Round(Math.Log(epoch.LearningRate / 0.1) / Math.Log(0.99))));

        // Without a schedule, rates begin at 1, 1/2, 1/3 and so on of the first fit's, and at a tenth where the past is unknown.
        var options = (CrossEntropyTrainerOptions o) => (o.Solver, o.LearningRate, o.BatchSize) = (Solver.Sgd, 0.5, 150);
        IPredictionTransformer<object>? model = null;
        for (var fit = 1; fit <= 3; fit++)
        {
            var trainer = Softmax(epochs: 10, o => options(o));
            model = model is null ? trainer.Fit(data) : trainer.Fit(data, model);
            Assert.Equal(0.5 / fit, TrainingReport.Of(model)!.History[0].LearningRate, 1e-12);
        }
        using var file = new TemporaryFile();
        _ml.Model.Save(model!, data.Schema, file.Name);
        var loaded = _ml.Model.Load(file.Name, out _);
        Assert.Equal(0.05, TrainingReport.Of(Softmax(epochs: 10, o => options(o)).Fit(data, loaded))!.History[0].LearningRate, 1e-12);
    }

    [Fact]
    public void An_initial_model_that_does_not_fit_is_refused()
    {
        IDataView iris = Keyed(Dataset.Iris.Examples), cancer = Dataset.BreastCancer.View(_ml);
        var softmax = Softmax(epochs: 1).Fit(iris);
        var sigmoid = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond");
        var binary = sigmoid.Fit(cancer);
        (string Start, Action Act)[] refusals =
        [
            ("The initial model is binary; a multiclass fit needs one of its own kind.", () => Softmax(epochs: 1).Fit(iris, binary)),
            ("The initial model is multiclass, of 3 classes; a binary fit needs", () => sigmoid.Fit(cancer, softmax)),
            ("The initial model has 4 features, and column 'Features' has 30.", () =>
                sigmoid.Fit(cancer, _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(Dataset.Iris.View(_ml)))),
            ("ClassWeights is Balanced and there is an initial model", () =>
                Softmax(epochs: 1, options => options.ClassWeights = ClassWeights.Balanced).Fit(iris, softmax)),
            ("A weight or a bias of the initial model is NaN or infinite.", () => Softmax(epochs: 1).Fit(iris, NativeModels.MaximumEntropy(
                _ml, [.. Enumerable.Repeat(1f, 11), float.NaN], [0, 0, 0], null))),
            ("There is no linear classifier in 'InitialModel'", () =>
                Softmax(epochs: 1, options => options.InitialModel = NamedIris.Chain()).Fit(iris)),
        ];
        foreach ((var start, var act) in refusals)
            Assert.StartsWith(start, Record.Exception(act)?.Message);
    }

    [Fact]
    public void The_initial_model_stays_as_it_is()
    {
        var data = Keyed(Dataset.Iris.Examples);
        var model = Softmax(epochs: 2).Fit(data);
        var before = AllTrainers.Parameters(model);
        Assert.NotEqual(before, AllTrainers.Parameters(Softmax(epochs: 20).Fit(data, model)));
        Assert.Equal(before, AllTrainers.Parameters(model));
    }

    private IEstimator<IPredictionTransformer<object>> Create(
        string trainer, Solver solver, int epochs, Action<CrossEntropyTrainerOptions>? configure = null)
        => AllTrainers.Create(trainer, _ml, options =>
        {
            (options.Solver, options.NumberOfEpochs, options.Seed) = (solver, epochs, 1);
            configure?.Invoke(options);
        });

    private SoftmaxCrossEntropyTrainer Softmax(int epochs, Action<SoftmaxCrossEntropyTrainer.Options>? configure = null)
    {
        var options = new SoftmaxCrossEntropyTrainer.Options { NumberOfEpochs = epochs, L2Regularization = 1f / 150, Seed = 1 };
        configure?.Invoke(options);
        return _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options);
    }

    private SoftmaxCrossEntropyTrainer Frozen(Action<SoftmaxCrossEntropyTrainer.Options>? configure = null) => Softmax(epochs: 1, options =>
    {
        (options.Solver, options.LearningRate) = (Solver.Sgd, 1e-30);
        configure?.Invoke(options);
    });

    /// <summary>Iris with a key named Label of the column's values, in order of appearance.</summary>
    private IDataView Keyed(IEnumerable<Dataset.Example> rows, string column = "Species")
    {
        Dataset.Example[] examples = [.. rows];
        var data = column == "Species" ? NamedIris.View(examples) : new InMemoryView.Builder()
            .AddScores("Features", examples.Select(row => row.Features.Select(x => (double)x).ToArray()), 4)
            .Add("Number", NumberDataViewType.Int32, examples.Select(row => row.ClassNumber))
            .Build();
        return _ml.Transforms.Conversion.MapValueToKey("Label", column).Fit(data).Transform(data);
    }

    private static string[] Names(IDataView data)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema["Label"].Annotations.GetValue("KeyValues", ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
