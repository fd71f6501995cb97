using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Data;
using MLNet.CrossEntropy.Models;
using MLNet.CrossEntropy.Optimization;
using MLNet.CrossEntropy.Trainers;

namespace MLNet.CrossEntropy;

/// <summary>
/// Trains a linear softmax classifier by mini-batch SGD on the cross-entropy
/// <c>mean w (LSE(z) - sum_k p_k z_k) + l2/2 ||W||^2 + l1 ||W||_1</c> (nats), <c>z = W x + b</c>.
/// </summary>
/// <remarks>
/// The label is a key of known count (MapValueToKey makes one), or a vector of Single with a probability, or a count, for each class.
/// The result is ML.NET's own
/// <see cref="MaximumEntropyModelParameters"/>: it saves and loads without this library. Fit may be called on several threads.
/// </remarks>
public sealed partial class SoftmaxCrossEntropyTrainer
    : ITrainerEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly LinearFit _fit;
    private readonly LbfgsMaximumEntropyMulticlassTrainer _builtIn;

    internal SoftmaxCrossEntropyTrainer(MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Options options)
    {
        IHostEnvironment environment = NativeModels.EnvironmentOf(catalog);
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Copy<Options>();
        _options.Validate();
        _host = environment.Register(nameof(SoftmaxCrossEntropyTrainer));
        _fit = new LinearFit(_host, _options);
        _builtIn = catalog.LbfgsMaximumEntropy(_options.LabelColumnName, _options.FeatureColumnName, _options.ExampleWeightColumnName);
        Info = NativeModels.Info(needsNormalization: false, wantsCaching: false);
    }

    /// <summary>The trainer scales features by itself and keeps its rows unless told not to: it wants neither normalisation nor caching.</summary>
    public TrainerInfo Info { get; }

    /// <summary>Fits a model to <paramref name="input"/>. How it went, <see cref="TrainingReport.Of(IPredictionTransformer{object})"/> tells.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">No row is usable, or an example weight is negative or not finite.</exception>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView input) => FitRows(input, validation: null);

    /// <summary>
    /// Fits a model to <paramref name="trainData"/>; after each epoch the log-loss of <paramref name="validationData"/> is measured, and
    /// the model of the epoch where it was lowest is returned.
    /// </summary>
    /// <param name="trainData">The rows to fit.</param>
    /// <param name="validationData">Rows that are only judged, with the same columns; key values are matched by name.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">No row is usable, or the options hold rows of the training data out as well.</exception>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        return FitRows(trainData, validationData);
    }

    /// <summary>What the fitted transformer will add to <paramref name="inputSchema"/>: Score and PredictedLabel.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column label = inputSchema.FirstOrDefault(column => column.Name == _options.LabelColumnName);
        if (label.Name is not null && label.Kind == SchemaShape.Column.VectorKind.Vector && label.ItemType == NumberDataViewType.Single)
            return NativeModels.Replace(_builtIn.GetOutputSchema(NativeModels.Replace(inputSchema, NamedOutputs.AsKey(label))), label);
        return NativeModels.OutputShape(
            _builtIn, inputSchema, _options.LabelColumnName, key => key.IsKey, NumberDataViewType.UInt32, isKey: true, textValues: _options.ClassNamesAsText);
    }

    private ITrainingLabel FindLabel(DataViewSchema schema)
    {
        bool isVector = schema.GetColumnOrNull(_options.LabelColumnName)?.Type is VectorDataViewType;
        return isVector || _options.LabelKind != LabelKind.Auto
            ? VectorLabel.Distribution(schema, _options.LabelColumnName, _options.LabelKind == LabelKind.Counts, _options.WeightBySoftLabelSum)
            : ClassLabel.Multiclass(schema, _options.LabelColumnName);
    }

    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> FitRows(IDataView input, IDataView? validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        ITrainingLabel label = FindLabel(input.Schema);
        (int classCount, string[]? classNames) = label is VectorLabel soft
            ? (soft.TargetWidth, soft.Names)
            : (((ClassLabel)label).ClassCount, AnnotationNames.OfClasses(label.Column, ((ClassLabel)label).ClassCount));
        TrainingColumns columns = TrainingColumns.Find(input.Schema, _options.FeatureColumnName, label, _options.ExampleWeightColumnName);
        var classes = new ClassTargets(_options, classNames ?? ClassNames.Numbers(classCount), _options.SoftmaxLoss());
        (SgdResult fitted, TrainingReport report) = _fit.Run(input, columns, classes.LossOf, classCount, validation);
        classes.Correct(fitted.Biases);

        MaximumEntropyModelParameters model = NativeModels.MaximumEntropy(_host, fitted.Weights, fitted.Biases, classNames);
        report.Describes(model);
        bool asText = label is ClassLabel && _options.ClassNamesAsText;
        DataViewSchema trainSchema = label is VectorLabel || asText
            ? NamedOutputs.TrainingSchema(columns.Features, label.Column.Name, classCount, asText ? classNames ?? ClassNames.Numbers(classCount) : classNames)
            : input.Schema;
        return NativeModels.Multiclass(_host, model, trainSchema, _options.FeatureColumnName, _options.LabelColumnName);
    }
}
