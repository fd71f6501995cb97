using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNetContract;

/// <summary>
/// Each of ML.NET's internals that <see cref="NativeModels"/> reaches, one test an accessor: they must be there in all supported versions.
/// </summary>
public class NativeModelsTests
{
    private static readonly float[] Weights = [1, -2, 0.5f, 0, 3, -1];
    private static readonly float[] Biases = [0.25f, -0.5f, 1];

    private readonly MLContext _ml = new(seed: 1);

    private static DataViewSchema Schema => Rows().Schema;

    [Fact]
    public void The_owner_of_a_trainers_catalog_and_its_environment()
    {
        var environment = NativeModels.EnvironmentOf(_ml.MulticlassClassification.Trainers);
        Assert.Same(environment, NativeModels.EnvironmentOf(_ml.BinaryClassification.Trainers));
        Assert.Same(_ml.ComponentCatalog, environment.ComponentCatalog);
    }

    [Fact]
    public void The_environment_of_a_task_s_catalog()
        => Assert.Same(
            NativeModels.EnvironmentOf(_ml.BinaryClassification.Trainers), NativeModels.EnvironmentOf(_ml.BinaryClassification));

    [Fact]
    public void The_constructor_of_a_trainer_s_info()
    {
        var info = NativeModels.Info(needsNormalization: true, wantsCaching: false);
        Assert.Equal((true, false), (info.NeedNormalization, info.WantCaching));
        Assert.True(NativeModels.Info(needsNormalization: false, wantsCaching: true).WantCaching);
    }

    [Fact]
    public void The_constructor_of_a_schema_shape_s_column()
    {
        const SchemaShape.Column.VectorKind vector = SchemaShape.Column.VectorKind.Vector;
        var column = NativeModels.ShapeColumn("A", vector, NumberDataViewType.UInt32, isKey: true, new SchemaShape([]));
        Assert.Equal(("A", vector, true), (column.Name, column.Kind, column.IsKey));
        Assert.Equal(NumberDataViewType.UInt32, column.ItemType);
    }

    [Fact]
    public void The_constructor_of_the_transforms_catalog()
    {
        var transforms = NativeModels.TransformsOf(NativeModels.EnvironmentOf(_ml.BinaryClassification));
        Assert.Equal([2f, 5f], transforms.CopyColumns("Copy", "Number").Fit(Rows()).Transform(Rows()).GetColumn<float>("Copy"));
    }

    [Fact]
    public void The_constructor_of_a_maximum_entropy_model()
    {
        var model = NativeModels.MaximumEntropy(_ml, Weights, Biases, ["a", "b", "c"]);
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out var classes);
        Assert.Equal(3, classes);
        Assert.Equal(Weights, weights.SelectMany(row => row.DenseValues()));
        Assert.Equal(Biases, model.GetBiases());
    }

    [Fact]
    public void The_constructor_of_a_linear_multiclass_model()
    {
        var model = NativeModels.Linear(_ml, Weights, Biases, names: null);
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out _);
        Assert.Equal(Weights, weights.SelectMany(row => row.DenseValues()));
        Assert.Equal(Biases, model.GetBiases());
    }

    [Fact]
    public void The_label_names_of_a_multiclass_model()
    {
        Assert.Equal(["a", "b", "c"], NativeModels.LabelNamesOf(NativeModels.MaximumEntropy(_ml, Weights, Biases, ["a", "b", "c"]))!);
        Assert.Null(NativeModels.LabelNamesOf(NativeModels.Linear(_ml, Weights, Biases, names: null)));
    }

    [Fact]
    public void The_constructors_of_a_linear_binary_model_its_calibrator_and_the_calibrated_model()
    {
        var model = NativeModels.LogisticRegression(_ml, [1, -2], 0.25f);
        Assert.Equal([1f, -2f], model.SubModel.Weights);
        Assert.Equal(0.25f, model.SubModel.Bias);
        Assert.Equal((-1, 0), (model.Calibrator.Slope, model.Calibrator.Offset));
    }

    [Fact]
    public void The_constructor_of_a_multiclass_transformer_and_the_fields_that_it_keeps()
    {
        var transformer = Multiclass();
        var scores = transformer.Transform(Rows()).GetColumn<float[]>("Score");
        foreach ((var x, var score) in Rows().GetColumn<float[]>("Features").Zip(scores))
        {
            double[] odds = [.. Biases.Select((bias, k) => Math.Exp(Weights[2 * k] * x[0] + Weights[2 * k + 1] * x[1] + bias))];
            Assert.All(odds.Zip(score), pair => Assert.Equal(pair.First / odds.Sum(), pair.Second, 1e-6));
        }

        Assert.Equal("Score", NativeModels.ScoreColumnOf(transformer));
        Assert.Equal(["Features", "Number", "Label"], NativeModels.TrainSchemaOf(transformer).Select(column => column.Name));
    }

    [Fact]
    public void The_constructor_of_a_binary_transformer_and_the_fields_that_it_keeps()
    {
        var transformer = NativeModels.Binary(_ml, NativeModels.LogisticRegression(_ml, [1, -2], 0.25f), Schema, "Features");
        Assert.Equal([1 - 4 + 0.25f, 3 - 2 + 0.25f], transformer.Transform(Rows()).GetColumn<float>("Score"));
        Assert.Equal(["Features", "Number", "Label"], NativeModels.TrainSchemaOf(transformer).Select(column => column.Name));
    }

    [Fact]
    public void The_label_and_the_predicted_label_of_a_multiclass_transformer()
    {
        var changed = NativeModels.WithModel(_ml, Multiclass(), NativeModels.MaximumEntropy(_ml, new float[6], Biases, classNames: null));
        Assert.Equal(
            SchemaText.Of(Multiclass().Transform(Rows()).Schema), SchemaText.Of(changed.Transform(Rows()).Schema));
        Assert.All(
            changed.Transform(Rows()).GetColumn<float[]>("Score"), score => Assert.Equal(Math.Exp(0.25 - 1), score[0] / score[2], 1e-6));
    }

    [Fact]
    public void The_threshold_of_a_binary_transformer_moves_with_its_scores()
    {
        var moved = _ml.BinaryClassification.ChangeModelThreshold(
            NativeModels.Binary(_ml, NativeModels.LogisticRegression(_ml, [1, -2], 0.25f), Schema, "Features"), 1.2f);
        var scaled = NativeModels.WithModel(_ml, moved, NativeModels.LogisticRegression(_ml, [0.5f, -1], 3.125f), scale: 0.5, offset: 3);
        Assert.Equal([1.625f, 3.625f], scaled.Transform(Rows()).GetColumn<float>("Score"));
        Assert.Equal([false, true], moved.Transform(Rows()).GetColumn<bool>("PredictedLabel"));
        Assert.Equal([false, true], scaled.Transform(Rows()).GetColumn<bool>("PredictedLabel"));
    }

    [Fact]
    public void The_scopes_of_a_chain()
    {
        TransformerScope[] scopes = [TransformerScope.Everything, TransformerScope.Scoring];
        Assert.Equal(scopes, NativeModels.ScopesOf(new TransformerChain<ITransformer>([Multiclass(), Multiclass()], scopes)));
    }

    [Fact]
    public void A_missing_internal_is_one_clear_error_that_names_the_version_found_and_those_supported()
    {
        var error = Assert.Throws<NotSupportedException>(
            () => NativeModels.Reach<int>(() => throw new MissingMethodException("Method not found: X.")));
        var stated = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!;
        var found = stated.InformationalVersion.Split('+')[0];
        var message = $"Microsoft.ML {found} is not supported: use a version in {NativeModels.SupportedVersions}. Method not found: X.";
        Assert.Equal(message, error.Message);
        Assert.Matches(@"^Microsoft\.ML [5-6]\.\d+\.\d+ is", error.Message);
    }

    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> Multiclass()
        => NativeModels.Multiclass(_ml, NativeModels.MaximumEntropy(_ml, Weights, Biases, classNames: null), Schema, "Features", "Label");

    private static InMemoryView Rows() => new InMemoryView.Builder()
        .AddScores("Features", [[1, 2], [3, 1]], 2)
        .AddNumbers("Number", [2, 5])
        .AddKeys("Label", [1, 3], 3, ["x", "y", "z"])
        .Build();
}
