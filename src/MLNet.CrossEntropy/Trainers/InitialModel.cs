using Microsoft.ML;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Trainers;

/// <summary>A model to go on from: its logits, what its classes are called, and how many steps it has behind it.</summary>
/// <param name="Model">The weights and biases.</param>
/// <param name="ClassNames">The names of its classes; null when they have none, and for a binary model.</param>
/// <param name="Score">The score column that names them; null for bare parameters.</param>
/// <param name="Steps">The steps of the fits that made it; null when nothing is known of them.</param>
/// <param name="SettledRate">The rate at which SAGA settled; null when it is not known.</param>
internal sealed record InitialModel(LinearModel Model, string[]? ClassNames, DataViewSchema.Column? Score, long? Steps, double? SettledRate)
{
    /// <summary>The model that Fit was given, or else the one in the options; null when there is none.</summary>
    /// <exception cref="ArgumentException">There is not exactly one linear classifier in it, it is of the other task, or class weights
    /// are balanced.</exception>
    public static InitialModel? Of(object? given, ITransformer? option, ClassWeights? weights, bool isBinary)
    {
        var model = (given ?? option) switch
        {
            null => null,
            ITransformer transformer => Of(FoundModel.In(transformer, given is null ? "InitialModel" : "initialModel")),
            { } parameters => Of(parameters),
        };
        if (model is not null && weights is { IsBalanced: true })
            throw TrainingErrors.BalancedWarmStart();
        if (model is not null && model.Model.IsBinary != isBinary)
            throw TrainingErrors.InitialModelOfOtherTask(model.Model.IsBinary, model.Model.Biases.Length);
        return model;
    }

    /// <summary>The start of a fit of one logit.</summary>
    /// <exception cref="ArgumentException">The model has another number of features, or numbers that are none.</exception>
    public Start ForBinary(DataViewSchema.Column features, int featureCount)
    {
        Check(features, featureCount);
        return new Start(Model.Weights[0], Model.Biases, Steps, SettledRate);
    }

    /// <summary>The start of a fit of the given classes.</summary>
    /// <exception cref="ArgumentException">The model has another number of features, or numbers that are none.</exception>
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

    private static InitialModel Of(FoundModel found)
    {
        var report = TrainingReport.OfModel(found.Transformer.Model);
        return new(found.Model, found.ClassNames(), found.Model.IsBinary
            ? null
            : found.ScoreColumn, report?.TotalSteps, report?.SettledRate);
    }

    private static InitialModel Of(object parameters)
    {
        var model = LinearModel.Of(parameters) ?? throw ColumnErrors.NotALinearModel("modelParameters", parameters.GetType());
        var report = TrainingReport.OfModel(parameters);
        return new(model, model.ClassNames, Score: null, report?.TotalSteps, report?.SettledRate);
    }

    private void Check(DataViewSchema.Column features, int featureCount)
    {
        if (Model.Features != featureCount)
            throw TrainingErrors.InitialModelOfOtherFeatures(Model.Features, features.Name, featureCount);
        if (!Array.TrueForAll([Model.Biases, .. Model.Weights], numbers => SpanMath.AreFinite<float>(numbers)))
            throw TrainingErrors.InitialModelOfNoNumbers();
    }

    /// <summary>Where the loop begins: weights <c>[outputs, features]</c>, biases, and what is known of the fits before.</summary>
    public sealed record Start(float[] Weights, float[] Biases, long? Steps, double? SettledRate);
}

/// <summary>
/// The classes of the training data, in its order, and behind them those that only the initial model has. A label's class index is
/// thus the same as without an initial model.
/// </summary>
/// <param name="Names">The name of each class; null when neither side has names.</param>
/// <param name="OfModel">For each class its index in the initial model, -1 for a new one.</param>
internal sealed record ClassUnion(string[]? Names, int[] OfModel)
{
    /// <summary>The number of classes.</summary>
    public int Count => OfModel.Length;

    /// <summary>The classes of the data alone.</summary>
    public static ClassUnion OfData(string[]? names, int classes) => new(names, [.. Enumerable.Repeat(-1, classes)]);

    /// <summary>Matches classes by name; by position where one side has no names and there are as many, or neither has.</summary>
    /// <exception cref="ArgumentException">There are new classes without <paramref name="addNew"/>, or there is no telling which is
    /// which.</exception>
    public static ClassUnion Of(string[]? dataNames, int dataClasses, string[]? modelNames, int modelClasses, bool addNew)
    {
        if (dataNames is null != modelNames is null && dataClasses != modelClasses)
            throw TrainingErrors.UnmatchedClasses(dataNames is not null, dataClasses, modelClasses);
        var union = dataNames is not null && modelNames is not null
            ? ByName(dataNames, modelNames)
            : new(dataNames ?? modelNames, [.. Enumerable.Range(0, Math.Max(dataClasses, modelClasses)).Select(k => k < modelClasses
                ? k
                : -1)]);
        if (!addNew && union.OfModel.Contains(-1))
            throw TrainingErrors.NewClasses(union.NamesOf(Enumerable.Range(0, union.Count).Where(k => union.OfModel[k] < 0)));
        return union;
    }

    /// <summary>These classes, all of which vector labels with <paramref name="slots"/> slots must have.</summary>
    /// <param name="slots">The number of slots.</param>
    /// <param name="unknown">What a slot holds that says nothing of its class.</param>
    /// <exception cref="ArgumentException">The initial model has more.</exception>
    public ClassUnion InVectors(int slots, float unknown)
        => Count == slots
            ? this
            : throw TrainingErrors.NoSlotForClass(NamesOf(Enumerable.Range(slots, Count - slots)), slots, Count, unknown);

    private IEnumerable<string> NamesOf(IEnumerable<int> classes) =>
        classes.Select(k => Names is null ? $"number {k}" : Throw.Quoted(Names[k]));

    private static ClassUnion ByName(string[] data, string[] model)
    {
        string[] names = [.. data, .. model.Except(data)];
        Dictionary<string, int> indexOf = [];
        for (var k = 0; k < model.Length; k++)
            indexOf.TryAdd(model[k], k);
        return new(names, [.. names.Select(name => indexOf.GetValueOrDefault(name, -1))]);
    }
}
