using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.MLNet;
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
public sealed class SoftmaxCrossEntropyTrainer
    : ITrainerEstimator<MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly LinearFit _fit;
    private readonly LbfgsMaximumEntropyMulticlassTrainer _builtIn;

    internal SoftmaxCrossEntropyTrainer(MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Options options)
    {
        var environment = NativeModels.EnvironmentOf(catalog);
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Copy<Options>();
        _options.Validate();
        _host = environment.Register(nameof(SoftmaxCrossEntropyTrainer));
        _fit = new LinearFit(_host, _options);
        _builtIn = catalog.LbfgsMaximumEntropy(_options.LabelColumnName, _options.FeatureColumnName);
        Info = NativeModels.Info(needsNormalization: false, wantsCaching: false);
    }

    /// <summary>
    /// The trainer scales features by itself and keeps its rows unless told not to: it wants neither normalisation nor caching.
    /// </summary>
    public TrainerInfo Info { get; }

    /// <summary>Fits a model to <paramref name="input"/>. How it went, <see cref="TrainingReport.Of(ITransformer)"/> tells.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">No row is usable, or an example weight is negative or not finite.</exception>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView input) => FitRows(input);

    /// <summary>
    /// Fits a model to <paramref name="trainData"/>; after each epoch the log-loss of <paramref name="validationData"/> is measured, and
    /// the model of the epoch where it was lowest is returned.
    /// </summary>
    /// <param name="trainData">The rows to fit.</param>
    /// <param name="validationData">Rows that are only evaluated, with the same columns; key values are matched by name.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">No row is usable, or the options hold rows of the training data out as well.</exception>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        return FitRows(trainData, validationData);
    }

    /// <summary>
    /// Goes on from the linear multiclass model in <paramref name="initialModel"/>, which is left as it is; see
    /// <see cref="CrossEntropyTrainerOptions.InitialModel"/>.
    /// </summary>
    /// <param name="trainData">The rows to fit.</param>
    /// <param name="initialModel">A transformer, or a chain of them, with exactly one linear multiclass model.</param>
    /// <exception cref="ArgumentException">The model has other features or classes, or the transformer is no such chain.</exception>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(IDataView trainData, ITransformer initialModel)
    {
        ArgumentNullException.ThrowIfNull(initialModel);
        return FitRows(trainData, initialModel: initialModel);
    }

    /// <summary>
    /// Goes on from <paramref name="modelParameters"/>, as ML.NET's own trainers do; classes that they name are matched by name.
    /// </summary>
    /// <param name="trainData">The rows to fit.</param>
    /// <param name="modelParameters">The linear multiclass model to go on from; it is left as it is.</param>
    /// <exception cref="ArgumentException">The model has other features or classes.</exception>
    public MulticlassPredictionTransformer<MaximumEntropyModelParameters> Fit(
        IDataView trainData, LinearMulticlassModelParametersBase modelParameters)
    {
        ArgumentNullException.ThrowIfNull(modelParameters);
        return FitRows(trainData, initialModel: modelParameters);
    }

    /// <summary>What the fitted transformer will add to <paramref name="inputSchema"/>: Score and PredictedLabel.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var label = TrainingColumns.Check(
            inputSchema, _options.LabelColumnName, _options.FeatureColumnName, _options.ExampleWeightColumnName,
            _options.GroupColumnName);
        if (label.Kind == SchemaShape.Column.VectorKind.Scalar && _options.LabelKind == LabelKind.Auto)
        {
            TrainingLabel.CheckMulticlass(label);
            return NativeModels.OutputShape(
                _builtIn, inputSchema, label,
                NativeModels.ShapeColumn(label.Name, label.Kind, NumberDataViewType.UInt32, isKey: true, label.Annotations));
        }
        TrainingLabel.CheckDistribution(label, IsCounts);
        return NativeModels.OutputShape(_builtIn, inputSchema, label, TrainSchema.AsKey(label));
    }

    private bool IsCounts => _options.LabelKind is LabelKind.Counts or LabelKind.WeightedCounts;

    private TrainingLabel FindLabel(DataViewSchema schema)
        => schema.GetColumnOrNull(_options.LabelColumnName)?.Type is VectorDataViewType || _options.LabelKind != LabelKind.Auto
            ? TrainingLabel.Distribution(
                schema, _options.LabelColumnName, IsCounts, weighsBySum: _options.LabelKind == LabelKind.WeightedCounts)
            : TrainingLabel.Multiclass(schema, _options.LabelColumnName, _options.Cluster);

    private MulticlassPredictionTransformer<MaximumEntropyModelParameters> FitRows(
        IDataView input, IDataView? validation = null, object? initialModel = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _fit.Together(() =>
        {
            var label = FindLabel(input.Schema);
            var columns = TrainingColumns.Find(
                input.Schema, _options.FeatureColumnName, label, _options.ExampleWeightColumnName, _options.GroupColumnName);
            var initial = InitialModel.Of(initialModel, _options.InitialModel, _options.ClassWeights, isBinary: false);
            var all = initial is null
                ? ClassUnion.OfData(label.Names, label.Classes.Count)
                : ClassUnion.Of(label.Names, label.Classes.Count, initial.ClassNames, initial.Model.Biases.Length, _options.AddNewClasses);
            if (label.IsVector)
                all.InVectors(label.Classes.Count, unknown: 0);
            var start = initial?.ForClasses(columns.Features, columns.FeatureCount, all);
            var classes = new ClassTargets(
                _options.ClassWeights, _options.TargetPrior, all.Names ?? ClassNames.Numbers(all.Count),
                _options.MinimizeBrier ? new SoftmaxBrierLoss() : new SoftmaxCrossEntropyLoss(_options.LabelSmoothing));
            (var fitted, var report) = _fit.Run(input, columns, classes.LossOf, all.Count, validation, start);
            classes.Correct(fitted.Biases);

            var model = NativeModels.MaximumEntropy(_host, fitted.Weights, fitted.Biases, all.Names);
            report.Describes(model);
            return NativeModels.Multiclass(
                _host, model, TrainingSchema(input.Schema, columns, all, initial?.Score),
                _options.FeatureColumnName, _options.LabelColumnName);
        });
    }

    /// <summary>The data's own schema where its label names all classes, or nothing does; else one whose label does.</summary>
    private static DataViewSchema TrainingSchema(
        DataViewSchema data, TrainingColumns columns, ClassUnion classes, DataViewSchema.Column? score)
    {
        var label = columns.Label.Column;
        if (columns.Label.IsVector)
            return TrainSchema.OfNames(columns.Features, label.Name, classes.Count, classes.Names);
        // The ranks of a cluster may have them in other orders.
        if (!columns.Label.IsOfOneRank)
            return TrainSchema.OfNames(columns.Features, label.Name, classes.Count, classes.Names);
        var isNamedByData = classes.Names is null || AnnotationNames.OfClasses(label, classes.Count) is not null;
        return isNamedByData ? data : TrainSchema.OfBoth(columns.Features, label, score, classes.Names, classes.OfModel);
    }

    /// <summary>Options of <see cref="SoftmaxCrossEntropyTrainer"/>.</summary>
    public sealed class Options : CrossEntropyTrainerOptions
    {
        /// <summary>What a row of each class weighs in the loss; null is 1 for all.</summary>
        public ClassWeights? ClassWeights { get; set; }

        /// <summary>What the label column holds: classes, probabilities, or counts. Counts are never guessed.</summary>
        public LabelKind LabelKind { get; set; }

        /// <summary>
        /// Whether classes that the initial model does not have are added, each with the mean weights and the mean bias of the model's
        /// classes, which favour none; else an error names them.
        /// </summary>
        public bool AddNewClasses { get; set; }

        private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
        [
            (Enum.IsDefined(LabelKind), nameof(LabelKind), LabelKind, OneOf<LabelKind>()),
            CheckPrior(ClassWeights is not null),
        ];
    }
}

/// <summary>What a label column holds.</summary>
public enum LabelKind
{
    /// <summary>A key is a class; a vector holds probabilities, which must sum to 1.</summary>
    Auto,

    /// <summary>A vector of probabilities, one for each class, which must sum to 1.</summary>
    Probabilities,

    /// <summary>
    /// A vector of counts c, such as those of annotators who chose each class; they become <c>p = c / sum c</c>, and every row weighs
    /// the same.
    /// </summary>
    Counts,

    /// <summary>A vector of counts c, whose row weighs as much as their sum, so that every count weighs the same.</summary>
    WeightedCounts,
}
