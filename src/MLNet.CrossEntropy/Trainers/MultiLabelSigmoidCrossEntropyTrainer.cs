using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Trainers;

namespace MLNet.CrossEntropy;

/// <summary>
/// Trains a linear multi-label model, which answers K independent yes-or-no questions about each row, by mini-batch SGD on the
/// sigmoid cross-entropy summed over the labels, <c>mean w sum_k (max(z_k, 0) - z_k y_k + log1p(exp(-|z_k|))) + l2/2 ||W||^2 +
/// l1 ||W||_1</c> (nats), <c>z = W x + b</c>: K logistic regressions in one pass over the rows.
/// </summary>
/// <remarks>
/// The label is a vector of Boolean, or of Single: 0, 1, a share between them, or NaN for a cell without an answer, which counts
/// for nothing. The result is a chain of ML.NET's own transformers, a <see cref="LinearMulticlassModelParameters"/> and two
/// expressions, which saves and loads without this library. It adds Score (the logits z), Probability (of yes, 1/(1 + exp(-z)))
/// and PredictedLabel (whether z is above 0), vectors of K slots with the label's slot names. Fit may be called on several threads.
/// <para>
/// ML.NET's ONNX converter does not know its own expressions: it refuses the chain ("The targeted pipeline can not be fully converted into
/// a well-defined ONNX model"). The chain's first transformer does export, and its Score are the logits.
/// </para>
/// </remarks>
public sealed class MultiLabelSigmoidCrossEntropyTrainer : IEstimator<TransformerChain<ITransformer>>
{
    private const string ScoreColumn = "Score";

    private readonly IHost _host;
    private readonly Options _options;
    private readonly LinearFit _fit;
    private readonly LbfgsMaximumEntropyMulticlassTrainer _builtIn;
    private readonly IEstimator<ITransformer>[] _answers;

    internal MultiLabelSigmoidCrossEntropyTrainer(MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, Options options)
    {
        var environment = NativeModels.EnvironmentOf(catalog);
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Copy<Options>();
        _options.Validate();
        _host = environment.Register(nameof(MultiLabelSigmoidCrossEntropyTrainer));
        _fit = new LinearFit(_host, _options);
        _builtIn = catalog.LbfgsMaximumEntropy(_options.LabelColumnName, _options.FeatureColumnName);
        var transforms = NativeModels.TransformsOf(environment);
        _answers =
        [
            transforms.Expression("Probability", "z : 1 / (1 + exp(-z))", ScoreColumn),
            transforms.Expression("PredictedLabel", "z : z > 0", ScoreColumn),
        ];
    }

    /// <summary>Fits a model to <paramref name="input"/>. How it went, <see cref="TrainingReport.Of(ITransformer)"/> tells.</summary>
    /// <exception cref="ArgumentException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidOperationException">
    /// No row is usable, an example weight is negative or not finite, a label is a number outside 0 to 1, or there are not as
    /// many positive weights as labels.
    /// </exception>
    public TransformerChain<ITransformer> Fit(IDataView input) => FitRows(input);

    /// <inheritdoc cref="SoftmaxCrossEntropyTrainer.Fit(IDataView, IDataView)"/>
    public TransformerChain<ITransformer> Fit(IDataView trainData, IDataView validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        ArgumentNullException.ThrowIfNull(validationData);
        return FitRows(trainData, validationData);
    }

    /// <summary>What the fitted transformer will add to <paramref name="inputSchema"/>: Score, Probability and PredictedLabel.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var label = TrainingColumns.Check(
            inputSchema, _options.LabelColumnName, _options.FeatureColumnName, _options.ExampleWeightColumnName,
            _options.GroupColumnName);
        TrainingLabel.CheckMultiLabel(label);
        var promised = NativeModels.OutputShape(_builtIn, inputSchema, label, TrainSchema.AsKey(label));
        return _answers.Aggregate(promised, (shape, answer) => answer.GetOutputSchema(shape));
    }

    /// <summary>A label whose yes costs c times as much is predicted as if its odds were c times as large.</summary>
    private void CorrectPrior(float[] biases)
    {
        if (_options.TargetPrior is null || _options.PositiveWeights is not { } weights)
            return;
        for (var k = 0; k < biases.Length; k++)
            biases[k] -= (float)Math.Log(weights[k % weights.Count]);
    }

    private TransformerChain<ITransformer> FitRows(IDataView input, IDataView? validation = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _fit.Together(() =>
        {
            var label = TrainingLabel.MultiLabel(input.Schema, _options.LabelColumnName);
            if (_options.PositiveWeights is { Count: > 1 } weights && weights.Count != label.TargetWidth)
                throw TrainingErrors.WrongPositiveWeights(weights.Count, label.Column.Name, label.TargetWidth);
            var columns = TrainingColumns.Find(
                input.Schema, _options.FeatureColumnName, label, _options.ExampleWeightColumnName, _options.GroupColumnName);
            LogitLoss loss = _options.MinimizeBrier
                ? new SigmoidBrierLoss()
                : new SigmoidCrossEntropyLoss(_options.LabelSmoothing, _options.PositiveWeights);
            var start = InitialModel.Of(given: null, _options.InitialModel, weights: null, isBinary: false) is { } initial
                ? initial.ForClasses(columns.Features, columns.FeatureCount, ClassUnion
                    .Of(label.Names, label.TargetWidth, initial.ClassNames, initial.Model.Biases.Length, _options.AddNewClasses)
                        .InVectors(label.TargetWidth, unknown: float.NaN))
                : null;
            (var fitted, var report) = _fit.Run(input, columns, (_, _, _) => loss, label.TargetWidth, validation, start);
            CorrectPrior(fitted.Biases);

            var model = NativeModels.Linear(_host, fitted.Weights, fitted.Biases, label.Names);
            report.Describes(model);
            var scorer = NativeModels.Multiclass(
                _host, model, TrainSchema.OfNames(columns.Features, label.Column.Name, label.TargetWidth, label.Names),
                columns.Features.Name, label.Column.Name);
            var scored = scorer.Transform(input);
            return new TransformerChain<ITransformer>([scorer, .. _answers.Select(answer => answer.Fit(scored))]);
        });
    }

    /// <summary>Options of <see cref="MultiLabelSigmoidCrossEntropyTrainer"/>.</summary>
    public sealed class Options : CrossEntropyTrainerOptions
    {
        /// <summary>
        /// What a yes costs more than a no, c in <c>-c y log q - (1 - y) log(1 - q)</c>: one for each label in slot order, or one
        /// for all; null is 1. Shares of yes are overestimated accordingly, unless <see cref="TargetPrior.OfRows"/> undoes it.
        /// </summary>
        public IReadOnlyList<double>? PositiveWeights { get; set; }

        /// <inheritdoc cref="SoftmaxCrossEntropyTrainer.Options.AddNewClasses"/>
        public bool AddNewClasses { get; set; }

        private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
        [
            (PositiveWeights is null || (PositiveWeights.Count > 0 && PositiveWeights.All(weight => double.IsFinite(weight) && weight > 0)),
                nameof(PositiveWeights), Listed(PositiveWeights), "finite and above 0, one for each label or one for all, or null for 1"),
            (PositiveWeights is null || !MinimizeBrier, nameof(PositiveWeights), Listed(PositiveWeights),
                "null when MinimizeBrier is true"),
            (TargetPrior is null or { IsOfRows: true }, nameof(TargetPrior), TargetPrior, "OfRows or null: labels that are answered on "
                + "their own have no shares that sum to 1"),
            CheckPrior(PositiveWeights is not null),
        ];

        private protected override void CopyLists() => PositiveWeights = PositiveWeights?.ToArray();

        private static string? Listed(IReadOnlyList<double>? weights)
            => weights is null ? null : $"[{string.Join(", ", weights.Select(weight => weight.ToString(CultureInfo.InvariantCulture)))}]";
    }
}
