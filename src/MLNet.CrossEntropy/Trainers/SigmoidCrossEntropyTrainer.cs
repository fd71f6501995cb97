using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Trainers;

namespace MLNet.CrossEntropy;

/// <summary>
/// Trains logistic regression by mini-batch SGD on the sigmoid cross-entropy
/// <c>mean w (max(z, 0) - z y + log1p(exp(-|z|))) + l2/2 ||W||^2 + l1 ||W||_1</c> (nats), <c>z = W x + b</c>.
/// </summary>
/// <remarks>
/// The label is Boolean, Single (0, 1, NaN for missing) or a key of two values, the second being the positive class. The
/// result is ML.NET's own <see cref="LinearBinaryModelParameters"/>, calibrated by the logistic function itself: it saves
/// and loads without this library. Fit may be called on several threads.
/// </remarks>
public sealed class SigmoidCrossEntropyTrainer
    : ITrainerEstimator<
        BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>,
        CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly LinearFit _fit;
    private readonly IEstimator<ITransformer> _builtIn;

    internal SigmoidCrossEntropyTrainer(BinaryClassificationCatalog.BinaryClassificationTrainers catalog, Options options)
    {
        var environment = NativeModels.EnvironmentOf(catalog);
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Copy<Options>();
        _options.Validate();
        _host = environment.Register(nameof(SigmoidCrossEntropyTrainer));
        _fit = new LinearFit(_host, _options);
        _builtIn = catalog.LbfgsLogisticRegression(_options.LabelColumnName, _options.FeatureColumnName);
        Info = NativeModels.Info(needsNormalization: false, wantsCaching: false);
    }

    /// <inheritdoc cref="SoftmaxCrossEntropyTrainer.Info"/>
    public TrainerInfo Info { get; }

    /// <inheritdoc cref="SoftmaxCrossEntropyTrainer.Fit(IDataView)"/>
    public BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(IDataView input)
        => FitRows(input);

    /// <inheritdoc cref="SoftmaxCrossEntropyTrainer.Fit(IDataView, IDataView)"/>
    public BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(
        IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        return FitRows(trainData, validationData);
    }

    /// <summary>
    /// Goes on from the linear binary model in <paramref name="initialModel"/>, which is left as it is; see
    /// <see cref="CrossEntropyTrainerOptions.InitialModel"/>.
    /// </summary>
    /// <param name="trainData">The rows to fit.</param>
    /// <param name="initialModel">A transformer, or a chain of them, with exactly one linear binary model; Platt's calibration is taken
    /// into account.</param>
    /// <exception cref="ArgumentException">The model has other features, or the transformer is no such chain.</exception>
    public BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(
        IDataView trainData, ITransformer initialModel)
    {
        ArgumentNullException.ThrowIfNull(initialModel);
        return FitRows(trainData, initialModel: initialModel);
    }

    /// <summary>Goes on from <paramref name="modelParameters"/>, as ML.NET's own trainers do.</summary>
    /// <param name="trainData">The rows to fit.</param>
    /// <param name="modelParameters">The linear model to go on from, whose score is taken for a logit; it is left as it is.</param>
    /// <exception cref="ArgumentException">The model is no classifier, or has other features.</exception>
    public BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> Fit(
        IDataView trainData, LinearModelParameters modelParameters)
    {
        ArgumentNullException.ThrowIfNull(modelParameters);
        return FitRows(trainData, initialModel: modelParameters);
    }

    /// <summary>What the fitted transformer will add to <paramref name="inputSchema"/>: Score, Probability and PredictedLabel.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var label = TrainingColumns.Check(
            inputSchema, _options.LabelColumnName, _options.FeatureColumnName, _options.ExampleWeightColumnName,
            _options.GroupColumnName);
        TrainingLabel.CheckBinary(label);
        return NativeModels.OutputShape(
            _builtIn, inputSchema, label,
            NativeModels.ShapeColumn(label.Name, label.Kind, BooleanDataViewType.Instance, isKey: false, label.Annotations));
    }

    private BinaryPredictionTransformer<CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator>> FitRows(
        IDataView input, IDataView? validation = null, object? initialModel = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _fit.Together(() =>
        {
            var label = TrainingLabel.Binary(input.Schema, _options.LabelColumnName, _options.Cluster);
            var columns = TrainingColumns.Find(
                input.Schema, _options.FeatureColumnName, label, _options.ExampleWeightColumnName, _options.GroupColumnName);
            var classes = new ClassTargets(
                _options.ClassWeights, _options.TargetPrior, label.Classes.Names,
                _options.MinimizeBrier ? new SigmoidBrierLoss() : new SigmoidCrossEntropyLoss(_options.LabelSmoothing));
            var start =
                InitialModel.Of(initialModel, _options.InitialModel, _options.ClassWeights, isBinary: true)?.ForBinary(
                columns.Features, columns.FeatureCount);
            (var fitted, var report) = _fit.Run(input, columns, classes.LossOf, outputs: 1, validation, start);
            classes.Correct(fitted.Biases);

            var model = NativeModels.LogisticRegression(_host, fitted.Weights, fitted.Biases[0]);
            report.Describes(model);
            return NativeModels.Binary(_host, model, input.Schema, _options.FeatureColumnName);
        });
    }

    /// <summary>Options of <see cref="SigmoidCrossEntropyTrainer"/>.</summary>
    public sealed class Options : CrossEntropyTrainerOptions
    {
        /// <summary>What a row of each class weighs in the loss; null is 1 for both.</summary>
        public ClassWeights? ClassWeights { get; set; }

        private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
            [CheckPrior(ClassWeights is not null)];
    }
}
