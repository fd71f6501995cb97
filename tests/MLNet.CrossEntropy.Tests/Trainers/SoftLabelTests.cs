using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;
using SoftmaxOptions = MLNet.CrossEntropy.SoftmaxCrossEntropyTrainer.Options;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Labels that are distributions or counts, and losses other than cross-entropy.</summary>
public class SoftLabelTests
{
    private static readonly string[] Names = ["cat", "dog", "bird"];
    private static readonly RowTable Table = RowTable.Gaussian(rows: 240, features: 4, classes: 3, seed: 5);

    /// <summary>How many of up to 7 annotators chose each class: mostly the right one.</summary>
    private static readonly float[][] Counts =
        [.. Table.Y.Select((y, i) => new[] { i % 3, i % 2, 0f }.Select((count, k) => count + (k == y ? 1 + i % 3 : 0)).ToArray())];

    private static readonly float[][] Shares = [.. Counts.Select(row => row.Select(count => count / row.Sum()).ToArray())];

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void One_hot_probabilities_give_the_bits_of_hard_labels()
    {
        float[][] oneHot = [.. Table.Y.Select(y => new[] { 0, 1, 2 }.Select(k => k == y ? 1f : 0).ToArray())];
        foreach (var weights in (ClassWeights?[])[null, ClassWeights.Balanced])
        {
            var hard = Parameters(Fit(View(Shares), new() { LabelColumnName = "Class", Seed = 4, ClassWeights = weights }));
            Assert.Equal(hard, Parameters(Fit(View(oneHot), new() { Seed = 4, ClassWeights = weights })));
            Assert.Equal(
                hard, Parameters(
                Fit(View(oneHot), new() { Seed = 4, ClassWeights = weights, LabelKind = LabelKind.Counts, Cache = true })));
        }
    }

    [Theory]
    [InlineData(LabelKind.Auto, 0)]
    [InlineData(LabelKind.Counts, 0.1)]
    [InlineData(LabelKind.WeightedCounts, 0)]
    public void The_gradient_of_the_reference_objective_is_0_at_the_model(LabelKind kind, double smoothing)
    {
        var weighted = kind == LabelKind.WeightedCounts;
        var fitted = Fit(View(kind == LabelKind.Auto ? Shares : Counts), new()
        {
            LabelKind = kind,
            ExampleWeightColumnName = "Weight",
            LabelSmoothing = smoothing,
            L2Regularization = 0.01f,
            Tolerance = 1e-7,
            NumberOfEpochs = 500,
        });
        double[] weights = [.. Counts.Select((row, i) => (1 + i % 3) * (weighted ? row.Sum() : 1.0))];
        var reference = new ReferenceObjective(new SoftmaxCrossEntropyLoss(smoothing), Table.X, Shares, weights, 0.01f);
        Assert.InRange(reference.GradientNorm(Parameters(fitted)), 0, 1e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_Brier_fit_ends_where_the_gradient_of_its_objective_is_0(bool balanced)
    {
        var fitted = Fit(View(Shares), new()
        {
            LabelColumnName = "Class",
            MinimizeBrier = true,
            ClassWeights = balanced ? ClassWeights.Balanced : null,
            L2Regularization = 0.02f,
            Tolerance = 1e-7,
            NumberOfEpochs = 1000,
        });
        int[] counts = [.. Enumerable.Range(0, 3).Select(k => Table.Y.Count(y => y == k))];
        double[] weights = [.. Table.Y.Select(y => balanced ? 240.0 / (3 * counts[y]) : 1)];
        float[][] oneHot = [.. Table.Y.Select(y => new[] { 0, 1, 2 }.Select(k => k == y ? 1f : 0).ToArray())];
        Assert.InRange(
            new ReferenceObjective(new SoftmaxBrierLoss(), Table.X, oneHot, weights, 0.02f).GradientNorm(Parameters(fitted)), 0, 2e-5);
        Assert.True(TrainingReport.Of(fitted)!.MinimizedBrier);
    }

    [Fact]
    public void Multi_label_fits_know_the_Brier_loss_too()
    {
        var data = MultiLabelData.Draw(withMissing: true);
        var fitted = _ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(new MultiLabelSigmoidCrossEntropyTrainer.Options
        {
            MinimizeBrier = true,
            L2Regularization = 0.02f,
            Tolerance = 1e-7,
            NumberOfEpochs = 1000,
        }).Fit(data.View());
        var model = ((MulticlassPredictionTransformer<LinearMulticlassModelParameters>)fitted.First()).Model;
        VBuffer<float>[] rows = [];
        model.GetWeights(ref rows, out _);
        float[] parameters = [.. rows.SelectMany(row => row.DenseValues()), .. model.GetBiases()];
        Assert.InRange(
            new ReferenceObjective(new SigmoidBrierLoss(), data.Rows, data.Answers, [.. data.Rows.Select(_ => 1.0)], 0.02f)
            .GradientNorm(parameters), 0, 2e-5);
    }

    [Fact]
    public void Streamed_soft_labels_give_the_bits_of_cached_ones()
    {
        var cached = Parameters(Fit(View(Counts), Options(cache: true)));
        Assert.Equal(cached, Parameters(Fit(View(Counts), Options(cache: false))));

        static SoftmaxOptions Options(bool cache)
            => new()
            {
                Cache = cache,
                Solver = Solver.Sgd,
                Seed = 1,
                LabelKind = LabelKind.WeightedCounts,
                ClassWeights = ClassWeights.Balanced
            };
    }

    [Fact]
    public void Rows_that_are_no_distribution_are_refused_or_counted_as_missing()
    {
        float[][] labels = [.. Shares];
        labels[7] = [2, 1, 0];
        Assert.Equal(
            "Label column 'Label' sums to 3 in row 7 (counted from 0), its largest value being 2 in slot 0 ('cat'): probabilities must " +
                "sum to 1. "
            + "Divide them by their sum, or set LabelKind to Counts.",
            Assert.Throws<InvalidOperationException>(() => Fit(View(labels), new())).Message);

        (labels[7], labels[8], labels[9]) = ([0, 0, 0], [0.5f, -0.5f, 1], [float.NaN, 1, 0]);
        foreach (var kind in (LabelKind[])[LabelKind.Probabilities, LabelKind.Counts])
            Assert.Equal(3, TrainingReport.Of(Fit(View(labels), new() { LabelKind = kind, NumberOfEpochs = 1 }))!.Rows.MissingLabel);
    }

    [Theory]
    [InlineData("Class", LabelKind.Counts, "Schema mismatch for label column 'Class': expected Vector<Single> of 2 counts or more, their number known, got Key<UInt32, 0-2>.")]
    [InlineData("Class", LabelKind.Probabilities, "Schema mismatch for label column 'Class': expected Vector<Single> of 2 probabilities or more, their number known, got Key<UInt32, 0-2>.")]
    [InlineData("Weight", LabelKind.Auto, "Schema mismatch for label column 'Weight': expected Key<UInt32>, got Single. Map it to a key with MapValueToKey")]
    public void A_label_of_another_kind_is_refused(string column, LabelKind kind, string message)
    {
        var error =
            Assert.Throws<ArgumentOutOfRangeException>(() => Fit(View(Shares), new() { LabelColumnName = column, LabelKind = kind }));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_model_knows_the_classes_by_the_names_of_the_slots_here_and_in_another_process()
    {
        var data = View(Shares);
        var fitted = Fit(data, new());
        var scored = fitted.Transform(data);
        VBuffer<ReadOnlyMemory<char>> names = default;
        scored.Schema["Score"].GetSlotNames(ref names);
        Assert.Equal(Names, names.DenseValues().Select(name => name.ToString()));

        var promised = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy().GetOutputSchema(SchemaText.ShapeOf(data.Schema));
        var score = promised.Single(column => column.Name == "Score");
        Assert.Equal(scored.Schema["Score"].Annotations.Schema.Select(a => a.Name).Order(), score.Annotations.Select(a => a.Name).Order());
        Assert.True(promised.Single(column => column.Name == "PredictedLabel").IsKey);
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, promised.Single(column => column.Name == "Label").Kind);

        var withNames = fitted.Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored));
        using var file = new TemporaryFile();
        _ml.Model.Save(withNames, data.Schema, file.Name);
        int[] rows = [0, 60, 149];
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        var features = rows.Select(row => Table.X[row]);
        Assert.Equal(
            [.. rows.Select(row => string.Join(';', scores[row].Select(value => value.ToString("R", CultureInfo.InvariantCulture)))), "ours: "],
            OtherProcess.Score(file.Name, "Score", features));
        Assert.Equal(
            [.. rows.Select(row => Names[Array.IndexOf(scores[row], scores[row].Max())]), "ours: "],
            OtherProcess.Score(file.Name, "PredictedLabel", features));
    }

    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView data, SoftmaxOptions options)
        => _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(data);

    private static InMemoryView View(float[][] labels) => new InMemoryView.Builder()
        .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 4), Table.X.Select(row => new VBuffer<float>(4, row)))
        .Add("Label", new VectorDataViewType(NumberDataViewType.Single, 3), labels.Select(row => new VBuffer<float>(3, row)),
            InMemoryView.Names("SlotNames", Names))
        .AddKeys("Class", Table.Y.Select(y => (uint)y + 1), 3, Names)
        .AddNumbers("Weight", labels.Select((_, i) => 1.0 + i % 3))
        .Build();

    private static float[] Parameters(IPredictionTransformer<object> fitted) => AllTrainers.Parameters(fitted);
}
