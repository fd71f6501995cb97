using Microsoft.ML;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// The weights and biases of a linear classifier by the names of its classes and features: logits <c>z_k = sum_j w_kj x_j + b_k</c>,
/// which softmax (or, for a binary model, the sigmoid) turns into probabilities.
/// </summary>
/// <remarks>
/// Of a softmax model only differences between classes mean anything: adding the same number to a feature's weight in every class
/// changes no prediction. Weights of a binary model are those of the positive class's log-odds, Platt's calibration included.
/// </remarks>
public sealed class LinearCoefficients
{
    private LinearCoefficients(
        LinearModel model, IReadOnlyList<string> classNames, IReadOnlyList<string> featureNames, IReadOnlyList<double>? deviations)
    {
        FeatureNames = featureNames;
        StandardDeviations = deviations;
        Classes = [.. model.Weights.Select((weights, k) => new ClassCoefficients(this, classNames[k], weights, model.Biases[k]))];
    }

    /// <summary>The classes in the order of the model's scores; of a binary model the positive class alone.</summary>
    public IReadOnlyList<ClassCoefficients> Classes { get; }

    /// <summary>The names of the features: their slot names, and f0, f1 and so on for those that have none.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>The standard deviation of each feature in the data that was given; null when none was.</summary>
    public IReadOnlyList<double>? StandardDeviations { get; }

    /// <summary>The coefficients of a bare model, whose features and, most often, classes have no names of their own.</summary>
    /// <param name="modelParameters">Linear multiclass model parameters, or linear binary ones, calibrated by Platt's sigmoid or
    /// not.</param>
    /// <param name="classNames">A name for each class; null takes the model's own, else the numbers 0, 1 and so on.</param>
    /// <param name="featureNames">A name for each feature; null is f0, f1 and so on.</param>
    /// <exception cref="ArgumentException">It is no such model, or the names are not one for each.</exception>
    public static LinearCoefficients Of(
        object modelParameters, IReadOnlyList<string>? classNames = null, IReadOnlyList<string>? featureNames = null)
    {
        ArgumentNullException.ThrowIfNull(modelParameters);
        var model = LinearModel.Of(modelParameters) ?? throw ColumnErrors.NotALinearModel(
            nameof(modelParameters), modelParameters.GetType());
        if (classNames is not null && classNames.Count != model.Biases.Length)
            throw ColumnErrors.WrongNameCount(nameof(classNames), classNames.Count, model.Biases.Length, "classes");
        if (featureNames is not null && featureNames.Count != model.Features)
            throw ColumnErrors.WrongNameCount(nameof(featureNames), featureNames.Count, model.Features, "features");
        return new(
            model,
            classNames ?? ClassNames.OrNumbers(model, model.ClassNames),
            featureNames ?? [.. Enumerable.Range(0, model.Features).Select(AnnotationNames.NumberedFeature)],
            deviations: null);
    }

    internal static LinearCoefficients Of(FoundModel found, IDataView? data)
    {
        var prepared = data is null ? null : found.Path.Before(data);
        var features = prepared is null
            ? ColumnValues.Require(found.TrainSchema, found.FeatureColumn, "feature")
            : found.FeaturesIn(prepared, nameof(data));
        return new(
            found.Model,
            ClassNames.OrNumbers(found.Model, found.ClassNames()),
            AnnotationNames.OfFeatures(features, found.Model.Features),
            prepared is null ? null : FeatureDeviations.Of(prepared, features, found.Model.Features));
    }

    /// <summary>The coefficients of the class called so.</summary>
    /// <exception cref="KeyNotFoundException">No class is called so.</exception>
    public ClassCoefficients this[string className]
        => Classes.FirstOrDefault(c => c.Name == className)
            ?? throw new KeyNotFoundException(
                $"There is no class {Throw.Quoted(className)}; the classes are "
                    + $"{string.Join(", ", Classes.Select(c => Throw.Quoted(c.Name)))}.");

    /// <summary>A table of comma-separated values: a line for the biases, then one for each feature; a column for each class.</summary>
    public string ToCsv() => CoefficientText.Csv(this);

    /// <summary>
    /// JSON: <c>{"features": [names], "standardDeviations": [numbers] or null, "classes": [{"name", "bias", "weights"}]}</c>; "NaN" and
    /// "Infinity" are strings.
    /// </summary>
    public string ToJson() => CoefficientText.Json(this);

    /// <summary>For each class a table of its bias and its ten most important features.</summary>
    public override string ToString() => CoefficientText.Text(this);
}

/// <summary>The weights and the bias of one class of a linear classifier.</summary>
public sealed class ClassCoefficients
{
    private readonly LinearCoefficients _table;

    internal ClassCoefficients(LinearCoefficients table, string name, IReadOnlyList<float> weights, float bias)
    {
        _table = table;
        Name = name;
        Weights = weights;
        Bias = bias;
    }

    /// <summary>The name of the class; its number, counted from 0, where it has none; "positive" for a binary model.</summary>
    public string Name { get; }

    /// <summary>The weight of each feature, [features].</summary>
    public IReadOnlyList<float> Weights { get; }

    /// <summary>The logit of a row whose features are all 0.</summary>
    public float Bias { get; }

    /// <summary>
    /// The features of the greatest importance, greatest first: <c>|w|</c>, or <c>|w|</c> times the feature's standard deviation where data
    /// was given. Features of equal importance keep their order. Index is a feature's slot in the feature vector, Weight what one unit
    /// of it adds to the logit of the class.
    /// </summary>
    /// <param name="count">How many at most; at least 1.</param>
    public IReadOnlyList<(string Feature, int Index, float Weight, double Importance)> Top(int count)
    {
        _ = Guard.Range(count, count >= 1, nameof(count), "at least 1", "It is how many features to name");
        return
        [
            .. Enumerable.Range(0, Weights.Count)
                .Select(j => (_table.FeatureNames[j], j, Weights[j],
                    Importance: Math.Abs(Weights[j]) * (_table.StandardDeviations?[j] ?? 1)))
                .OrderByDescending(coefficient => coefficient.Importance)
                .Take(count),
        ];
    }
}
