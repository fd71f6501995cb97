using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet;

/// <summary>The one linear classifier is found wherever it stands, and nothing else is taken for it.</summary>
public class FoundModelTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void It_is_found_alone_in_a_chain_in_a_chain_of_chains_and_after_loading()
    {
        var data = NamedIris.View();
        var pipeline = NamedIris.Pipeline(_ml, data);
        var alone = ((IEnumerable<ITransformer>)pipeline.Single()).ElementAt(1);
        ITransformer nested =
            NamedIris.Chain(
            NamedIris.Chain(), NamedIris.Chain(pipeline), _ml.Transforms.CopyColumns("Copy", "Score").Fit(pipeline.Transform(data)));
        using var file = new TemporaryFile();
        _ml.Model.Save(nested, data.Schema, file.Name);
        var loaded = new MLContext().Model.Load(file.Name, out _);

        var expected = _ml.Model.LinearCoefficients(alone).ToJson();
        foreach (var transformer in (ITransformer[])[pipeline, nested, loaded])
            Assert.Equal(expected, _ml.Model.LinearCoefficients(transformer).ToJson());
        Assert.Equal(NamedIris.Classes, _ml.Model.LinearCoefficients(loaded).Classes.Select(c => c.Name));
    }

    [Fact]
    public void A_pipeline_without_one_is_told_what_it_has()
    {
        ITransformer keys = _ml.Transforms.Conversion.MapValueToKey("Label", "Species").Fit(NamedIris.View());
        var error = Assert.Throws<ArgumentException>(() => _ml.Model.LinearCoefficients(NamedIris.Chain(keys)));
        Assert.StartsWith(
            "There is no linear classifier in 'model', but these: ValueToKeyMappingTransformer. Give a transformer, or a chain, with " +
            "exactly one", error.Message);
    }

    [Fact]
    public void Two_of_them_are_one_too_many()
    {
        var data = NamedIris.View();
        var pipeline = NamedIris.Pipeline(_ml, data);
        ITransformer second = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(data);
        var error = Assert.Throws<ArgumentException>(() => _ml.Model.LinearCoefficients(NamedIris.Chain(pipeline, second)));
        Assert.StartsWith(
            "There is more than one linear classifier in 'model': a prediction by MaximumEntropyModelParameters, a prediction by ",
            error.Message);
    }

    [Fact]
    public void It_is_found_in_what_the_built_in_trainers_fit()
    {
        var data = Dataset.Iris.View(_ml);
        var entropy = _ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("ClassIndex").Fit(data);
        Assert.Equal(
            [.. entropy.Model.GetBiases()],
            _ml.Model.LinearCoefficients(entropy).Classes.Select(c => c.Bias));

        var logistic = _ml.BinaryClassification.Trainers.LbfgsLogisticRegression("IsSecond").Fit(data);
        var positive = Assert.Single(_ml.Model.LinearCoefficients(logistic).Classes);
        Assert.Equal(logistic.Model.SubModel.Weights, positive.Weights);
        Assert.Equal(logistic.Model.SubModel.Bias, positive.Bias);
        Assert.Equal("positive", positive.Name);
    }

    [Fact]
    public void It_is_found_in_what_the_sdca_trainers_fit()
    {
        var data = Dataset.Iris.View(_ml);
        ITransformer[] multiclass =
        [
            _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("ClassIndex", maximumNumberOfIterations: 2).Fit(data),
            _ml.MulticlassClassification.Trainers.SdcaNonCalibrated("ClassIndex", maximumNumberOfIterations: 2).Fit(data),
        ];
        ITransformer[] binary =
        [
            _ml.BinaryClassification.Trainers.SdcaLogisticRegression("IsSecond", maximumNumberOfIterations: 2).Fit(data),
            _ml.BinaryClassification.Trainers.SdcaNonCalibrated("IsSecond", maximumNumberOfIterations: 2).Fit(data),
        ];
        Assert.All(multiclass, model => Assert.Equal(3, _ml.Model.LinearCoefficients(model).Classes.Count));
        Assert.All(binary, model => Assert.Single(_ml.Model.LinearCoefficients(model).Classes));
    }

    [Fact]
    public void Parameters_alone_are_read_with_the_names_given()
    {
        var model = (IPredictionTransformer<object>)((IEnumerable<ITransformer>)NamedIris.Pipeline(_ml, NamedIris.View()).Single())
            .ElementAt(1);
        Assert.Equal(NamedIris.Classes, LinearCoefficients.Of(model.Model).Classes.Select(c => c.Name));
        Assert.Equal(["f0", "f1", "f2", "f3"], LinearCoefficients.Of(model.Model).FeatureNames);
        Assert.Equal(["x", "y", "z"], LinearCoefficients.Of(model.Model, classNames: ["x", "y", "z"]).Classes.Select(c => c.Name));
        Assert.Equal(
            "'featureNames' has 2 names for 4 features; give one for each, or null. (Parameter 'featureNames')",
            Assert.Throws<ArgumentException>(() => LinearCoefficients.Of(model.Model, featureNames: ["a", "b"])).Message);
        Assert.StartsWith(
            "'modelParameters' is a System.String; it must be the parameters of a linear classifier",
            Assert.Throws<ArgumentException>(() => LinearCoefficients.Of("model")).Message);
    }
}
