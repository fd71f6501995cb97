using Microsoft.ML;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>A model to go on from: its logits, what its classes are called, and how many steps it has behind it.</summary>
/// <param name="Model">The weights and biases.</param>
/// <param name="ClassNames">The names of its classes; null when they have none, and for a binary model.</param>
/// <param name="Score">The score column that names them; null for bare parameters.</param>
/// <param name="Steps">The steps of the fits that made it; null when nothing is known of them.</param>
/// <param name="SettledRate">The rate at which SAGA settled; null when it is not known.</param>
internal sealed record InitialModel(LinearModel Model, string[]? ClassNames, DataViewSchema.Column? Score, long? Steps, double? SettledRate)
{
    /// <summary>The model that Fit was given, or else the one in the options; null when there is none.</summary>
    /// <exception cref="ArgumentException">There is not exactly one linear classifier in it, it is of the other task, or class weights are balanced.</exception>
    public static InitialModel? Of(object? given, CrossEntropyTrainerOptions options, bool isBinary)
    {
        var model = (given ?? options.InitialModel) switch
        {
            null => null,
            ITransformer transformer => Of(FoundModel.In(transformer, given is null ? nameof(options.InitialModel) : "initialModel")),
            { } parameters => Of(parameters),
        };
        if (model is not null && options is ClassTrainerOptions { ClassWeights.IsBalanced: true })
            throw Throw.BalancedWarmStart();
        if (model is not null && model.Model.IsBinary != isBinary)
            throw Throw.InitialModelOfOtherTask(model.Model.IsBinary, model.Model.Biases.Length);
        return model is null || options.InitialSteps is null ? model : model with { Steps = options.InitialSteps };
    }

    /// <summary>The start of a fit of one logit.</summary>
    /// <exception cref="ArgumentException">The model has another number of features.</exception>
    public Start ForBinary(DataViewSchema.Column features, int featureCount)
    {
        Check(features, featureCount);
        return new Start(Model.Weights[0], Model.Biases, Steps, SettledRate);
    }

    /// <summary>The start of a fit of the given classes.</summary>
    /// <exception cref="ArgumentException">The model has another number of features.</exception>
    public Start ForClasses(DataViewSchema.Column features, int featureCount, ClassUnion classes)
    {
        Check(features, featureCount);
        var meanWeights = new float[featureCount];
        var meanBias = Model.Biases.Average();
        for (var j = 0; j < featureCount; j++)
            meanWeights[j] = Model.Weights.Average(row => row[j]);
        return new Start(
            [.. classes.OfModel.SelectMany(k => k < 0 ? meanWeights : Model.Weights[k])],
            [.. classes.OfModel.Select(k => k < 0 ? meanBias : Model.Biases[k])],
            Steps,
            SettledRate);
    }

    private static InitialModel Of(FoundModel found) => new(
        found.Model,
        found.ClassNames(),
        found.Model.IsBinary ? null : found.ScoreColumn,
        TrainingReport.OfModel(found.Transformer.Model)?.TotalSteps,
        TrainingReport.OfModel(found.Transformer.Model)?.SettledRate);

    private static InitialModel Of(object parameters)
    {
        var model = LinearModel.Of(parameters) ?? throw Throw.NotALinearModel("modelParameters", parameters.GetType());
        return new(model, model.ClassNames, Score: null, TrainingReport.OfModel(parameters)?.TotalSteps, TrainingReport.OfModel(parameters)?.SettledRate);
    }

    private void Check(DataViewSchema.Column features, int featureCount)
    {
        if (Model.Features != featureCount)
            throw Throw.InitialModelOfOtherFeatures(Model.Features, features.Name, featureCount);
    }

    /// <summary>Where the loop begins: weights <c>[outputs, features]</c>, biases, and what is known of the fits before.</summary>
    public sealed record Start(float[] Weights, float[] Biases, long? Steps, double? SettledRate);
}
