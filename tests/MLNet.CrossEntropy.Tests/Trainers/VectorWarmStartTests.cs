using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;
using MultiLabelOptions = MLNet.CrossEntropy.MultiLabelSigmoidCrossEntropyTrainer.Options;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Fits to vectors of labels go on from a model: slots are matched by name, and every class of the model needs one.</summary>
public class VectorWarmStartTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly MultiLabelData _data = MultiLabelData.Draw();

    [Theory]
    [InlineData(Solver.Saga, true)]
    [InlineData(Solver.Sgd, true)]
    [InlineData(Solver.Sgd, false)]
    public void A_multi_label_fit_that_starts_at_the_optimum_stays_there(Solver solver, bool cache)
    {
        var data = _data.View();
        var optimum = MultiLabel(options => (options.NumberOfEpochs, options.Tolerance) = (1000, 1e-6)).Fit(data);
        var objective = TrainingReport.Of(optimum)!.Certificate.Objective;
        double warm = Objective(optimum), cold = Objective(initialModel: null);
        Assert.InRange(warm, objective * (1 - 1e-6), objective * (solver == Solver.Saga ? 1 + 1e-6 : 1.02));
        Assert.True(warm - objective < 0.5 * (cold - objective), $"warm {warm}, cold {cold} above {objective}");

        double Objective(ITransformer? initialModel) => TrainingReport.Of(MultiLabel(options =>
        {
            (options.Solver, options.Cache, options.InitialModel) = (solver, cache, initialModel);
            options.NumberOfEpochs = 2;
        }).Fit(data))!.Certificate.Objective;
    }

    [Fact]
    public void A_loaded_multi_label_pipeline_is_gone_on_from_and_stays_as_it_is()
    {
        var data = _data.View();
        var pipeline = _ml.Transforms.CopyColumns("Copy", "Weight").Append(MultiLabel(options => options.NumberOfEpochs = 300)).Fit(data);
        using var file = new TemporaryFile();
        _ml.Model.Save(pipeline, data.Schema, file.Name);
        var loaded = new MLContext().Model.Load(file.Name, out _);
        var before = _ml.Model.LinearCoefficients(loaded).ToJson();

        var cold = TrainingReport.Of(MultiLabel(options => options.NumberOfEpochs = 1).Fit(data))!.History[0].TrainingLoss;
        var warm = TrainingReport.Of(MultiLabel(options => (options.NumberOfEpochs, options.InitialModel) = (1, loaded)).Fit(data))!;
        Assert.True(warm.History[0].TrainingLoss < cold);
        Assert.Equal(before, _ml.Model.LinearCoefficients(loaded).ToJson());
    }

    [Fact]
    public void Labels_are_matched_by_name_when_the_slots_are_in_another_order()
    {
        var model = MultiLabel().Fit(_data.View());
        AssertSame(_ml.Model.LinearCoefficients(model), Frozen(model, Slots("bird", "cat", "dog")), ["bird", "cat", "dog"]);
    }

    [Fact]
    public void New_labels_throw_or_expand_and_labels_without_a_slot_are_refused()
    {
        TransformerChain<ITransformer> two = MultiLabel().Fit(Slots("dog", "cat")), three = MultiLabel().Fit(_data.View());
        Assert.StartsWith(
            "The initial model does not have these classes of the training data: 'bird'. Set AddNewClasses to add them",
            Assert.Throws<ArgumentException>(() => Frozen(two, _data.View())).Message);
        AssertSame(_ml.Model.LinearCoefficients(two), Frozen(two, _data.View(), addNewClasses: true), MultiLabelData.Labels);
        Assert.Equal(
            "The label vectors have 2 slots, and with those of the initial model there are 3 classes ('cat'): vectors need a slot for " +
                "each. Add them, filled with NaN.",
            Assert.Throws<ArgumentException>(() => Frozen(three, Slots("bird", "dog"))).Message);
    }

    [Fact]
    public void A_label_without_any_answer_keeps_what_it_knows()
    {
        var model = MultiLabel().Fit(_data.View());
        var before = _ml.Model.LinearCoefficients(model);
        MultiLabelData other = MultiLabelData.Draw(seed: 8);
        foreach (var row in other.Answers)
            row[1] = float.NaN;
        var after = _ml.Model.LinearCoefficients(MultiLabel(options =>
        {
            (options.InitialModel, options.NumberOfEpochs) = (model, 5);
            (options.L2Regularization, options.L1Regularization) = (0, 0);
        }).Fit(other.View()));
        Assert.All(before["dog"].Weights.Zip(after["dog"].Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Equal(before["dog"].Bias, after["dog"].Bias, 1e-5);
        Assert.All((string[])["cat", "bird"], name => Assert.NotEqual(before[name].Bias, after[name].Bias, 1e-3));
    }

    [Fact]
    public void Soft_labels_are_matched_by_name_and_need_a_slot_for_every_class_of_the_model()
    {
        var model = Softmax(epochs: 100).Fit(Shares("cat", "dog", "bird"));
        AssertSame(
            _ml.Model.LinearCoefficients(model), _ml.Model.LinearCoefficients(FrozenSoftmax().Fit(Shares("bird", "dog", "cat"), model)),
            ["bird", "dog", "cat"]);
        Assert.Equal(
            "The label vectors have 2 slots, and with those of the initial model there are 3 classes ('bird'): vectors need a slot for " +
                "each. Add them, filled with 0.",
            Assert.Throws<ArgumentException>(() => Softmax(epochs: 1).Fit(Shares("cat", "dog"), model)).Message);
        Assert.Equal(
            "The label vectors have 2 slots, and with those of the initial model there are 3 classes (number 2): vectors need a slot for " +
                "each. Add them, filled with 0.",
            Assert.Throws<ArgumentException>(
                () => Softmax(epochs: 1)
                .Fit(Named(["cat", "dog"], annotated: false), Softmax(epochs: 1)
                .Fit(Named(MultiLabelData.Labels, annotated: false)))).Message);

        // A slot filled with 0 keeps the class in the model, ever less likely.
        IDataView withoutBirds = Shares("cat", "dog", "bird", absent: "bird");
        var further = Softmax(epochs: 5).Fit(withoutBirds, model);
        Assert.Equal(MultiLabelData.Labels, _ml.Model.LinearCoefficients(further).Classes.Select(c => c.Name));
        Assert.True(MeanOfBird(further) < 0.5 * MeanOfBird(model));

        float MeanOfBird(ITransformer transformer) =>
            transformer.Transform(withoutBirds).GetColumn<float[]>("Score").Average(score => score[2]);
    }

    /// <summary>Same name, same weights and bias; the names in the order given.</summary>
    private static void AssertSame(LinearCoefficients expected, LinearCoefficients actual, string[] names)
    {
        Assert.Equal(names, actual.Classes.Select(c => c.Name));
        foreach (var label in expected.Classes)
        {
            Assert.Equal(label.Bias, actual[label.Name].Bias, 1e-4);
            Assert.All(label.Weights.Zip(actual[label.Name].Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }
    }

    private MultiLabelSigmoidCrossEntropyTrainer MultiLabel(Action<MultiLabelOptions>? configure = null)
    {
        var options = new MultiLabelOptions { Seed = 1 };
        configure?.Invoke(options);
        return _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(options);
    }

    /// <summary>What a fit at rate 0 makes of the model: the model itself, in the data's order.</summary>
    private LinearCoefficients Frozen(ITransformer model, IDataView data, bool addNewClasses = false)
        => _ml.Model.LinearCoefficients(MultiLabel(options =>
        {
            (options.InitialModel, options.AddNewClasses) = (model, addNewClasses);
            (options.NumberOfEpochs, options.Solver, options.LearningRate) = (1, Solver.Sgd, 1e-30);
        }).Fit(data));

    private SoftmaxCrossEntropyTrainer Softmax(int epochs)
        => _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
            new SoftmaxCrossEntropyTrainer.Options { NumberOfEpochs = epochs, Seed = 1 });

    private SoftmaxCrossEntropyTrainer FrozenSoftmax() => _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
        new SoftmaxCrossEntropyTrainer.Options { NumberOfEpochs = 1, Seed = 1, Solver = Solver.Sgd, LearningRate = 1e-30 });

    /// <summary>The data with these labels only, in this order.</summary>
    private InMemoryView Slots(params string[] names)
    {
        int[] slots = [.. names.Select(name => Array.IndexOf(MultiLabelData.Labels, name))];
        return View(names, _data.Answers.Select(row => slots.Select(slot => (double)row[slot])));
    }

    /// <summary>The data with a distribution over these classes for each row: mostly the answers', a little of each.</summary>
    private InMemoryView Shares(string first, string second, string? third = null, string? absent = null)
        => Named(third is null ? [first, second] : [first, second, third], absent: absent);

    private InMemoryView Named(string[] names, bool annotated = true, string? absent = null)
    {
        int[] slots = [.. names.Select(name => Array.IndexOf(MultiLabelData.Labels, name))];
        return View(annotated ? names : null, _data.Answers.Select(row =>
        {
            double[] counts = [.. slots.Select(slot => MultiLabelData.Labels[slot] == absent ? 0 : 0.1 + row[slot])];
            return counts.Select(count => count / counts.Sum());
        }));
    }

    private InMemoryView View(string[]? names, IEnumerable<IEnumerable<double>> labels)
    {
        double[][] rows = [.. labels.Select(row => row.ToArray())];
        return new InMemoryView.Builder()
            .AddScores("Features", _data.Rows.Select(row => Array.ConvertAll(row, x => (double)x)), 4)
            .AddScores("Label", rows, rows[0].Length, names is null ? null : InMemoryView.Names("SlotNames", names))
            .Build();
    }
}
