using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>
/// Fits linear models by L-BFGS, or OWL-QN where there is an L1 penalty, to
/// (sum_i w_i l_i + (L2 / 2) ||W||^2) / sum_i w_i + (L1 / rows) ||W||_1, biases free.
/// </summary>
public abstract class LbfgsTrainerBase<TOptions, TTransformer, TModel> : TrainerEstimatorBase<TTransformer, TModel>
    where TOptions : LbfgsTrainerBase<TOptions, TTransformer, TModel>.OptionsBase, new()
    where TTransformer : ISingleFeaturePredictionTransformer<TModel>
    where TModel : class
{
    private protected LbfgsTrainerBase(IHostEnvironment env, TOptions options, DataViewType labelType, bool isLabelKey)
        : base(env.Register("LbfgsTrainerBase"), options, labelType, isLabelKey)
    {
        CheckPositive(options.NumberOfThreads ?? 1, nameof(options.NumberOfThreads));
        CheckNotNegative(options.L2Regularization, nameof(options.L2Regularization));
        CheckNotNegative(options.L1Regularization, nameof(options.L1Regularization));
        CheckPositive(options.OptimizationTolerance, nameof(options.OptimizationTolerance));
        CheckPositive(options.HistorySize, nameof(options.HistorySize));
        CheckPositive(options.MaximumNumberOfIterations, nameof(options.MaximumNumberOfIterations));
        CheckNotNegative(options.StochasticGradientDescentInitilaizationTolerance, nameof(options.StochasticGradientDescentInitilaizationTolerance));
        if (options.StochasticGradientDescentInitilaizationTolerance > 0)
            throw new NotSupportedException($"The embedded ML.NET host lacks {nameof(options.StochasticGradientDescentInitilaizationTolerance)}.");
        Settings = options;
    }

    public override TrainerInfo Info { get; } = new(caching: true, supportIncrementalTrain: true);

    private protected TOptions Settings { get; }

    /// <summary>The parameters that training starts from: biases, then weights; null for none.</summary>
    private protected abstract double[] InitialParameters(object initialModel);

    /// <summary>Makes the model of fitted parameters: biases, then one weight vector after another.</summary>
    private protected abstract TModel MakeModel(LbfgsFit fit, DataViewSchema schema);

    /// <summary>How many scores the model has: the classes, or 1 for a binary model.</summary>
    private protected abstract int ScoreCount(DataViewSchema schema);

    private protected override TModel TrainModel(IDataView data, object initialModel)
    {
        using IChannel channel = Host.Start("Training");
        TrainingRows rows = ReadRows(data, channel);
        int scoreCount = ScoreCount(data.Schema);
        var objective = new LinearObjective(rows, scoreCount, Settings.L2Regularization, Settings.NumberOfThreads ?? Environment.ProcessorCount);
        var minimizer = new LbfgsMinimizer(
            objective.Evaluate, Start(objective, initialModel), objective.BiasCount, Settings.L1Regularization / rows.Count, Settings.HistorySize, Settings.EnforceNonNegativity);
        minimizer.Run(Settings.OptimizationTolerance, Settings.MaximumNumberOfIterations);
        if (minimizer.PrematureEnd != null && !Settings.Quiet)
            channel.Warning($"Premature convergence occurred. The OptimizationTolerance may be set too small. {minimizer.PrematureEnd}");
        return MakeModel(new LbfgsFit(Array.ConvertAll(minimizer.Point, value => (float)value), minimizer.Value, rows, scoreCount), data.Schema);
    }

    /// <summary>Twice the negative log-likelihood of the training data: the objective without its penalties.</summary>
    private protected ModelStatisticsBase MakeStatistics(LbfgsFit fit, double nullDeviance)
    {
        double squares = 0, sum = 0;
        int parameters = fit.ScoreCount;
        foreach (float weight in fit.Parameters.AsSpan(fit.ScoreCount))
        {
            squares += (double)weight * weight;
            sum += Math.Abs(weight);
            parameters += weight != 0 ? 1 : 0;
        }

        // ML.NET takes the L1 penalty off as if it were divided by the weights' sum like the L2 penalty.
        double deviance = 2 * fit.Objective * fit.Rows.WeightSum - Settings.L2Regularization * squares - 2 * Settings.L1Regularization * sum;
        return new ModelStatisticsBase(Host, fit.Rows.Count, parameters, (float)deviance, (float)nullDeviance);
    }

    private double[] Start(LinearObjective objective, object initialModel)
    {
        double[] start = initialModel == null ? null : InitialParameters(initialModel);
        if (start != null)
        {
            return start.Length == objective.ParameterCount
                ? start
                : throw new InvalidOperationException("The initialization predictor has different number of classes or features than the training data.");
        }

        start = new double[objective.ParameterCount];
        if (Settings.InitialWeightsDiameter > 0)
        {
            for (int i = 0; i < start.Length; i++)
                start[i] = Settings.InitialWeightsDiameter * (Host.Rand.NextSingle() - 0.5f);
        }

        return start;
    }

    private TrainingRows ReadRows(IDataView data, IChannel channel)
    {
        var rows = new TrainingRows(((VectorDataViewType)data.Schema[FeatureColumn.Name].Type).Size, data.GetRowCount());
        using var cursor = new TrainingCursor(data, FeatureColumn.Name, LabelColumn.Name, WeightColumn.Name);
        while (cursor.MoveNext())
            rows.Add(cursor.Label, cursor.Weight, cursor.Features);
        if (rows.Count == 0)
            throw new InvalidOperationException("No valid training instances found, all instances have missing features.");
        if (cursor.SkippedCount > 0)
            channel.Warning($"Skipped {cursor.SkippedCount} instances with missing features/label/weight during training");
        return rows;
    }

    private static void CheckPositive(float value, string name) => Check.Param(value > 0, name, value, "must be positive");

    private static void CheckNotNegative(float value, string name) => Check.Param(value >= 0, name, value, "must be non-negative");

    public abstract class OptionsBase : TrainerInputBaseWithWeight
    {
        public float L2Regularization = 1;
        public float L1Regularization = 1;
        public float OptimizationTolerance = 1e-7f;
        public int HistorySize = 20;
        public int MaximumNumberOfIterations = int.MaxValue;
        public float StochasticGradientDescentInitilaizationTolerance;
        public bool Quiet;
        public float InitialWeightsDiameter;
        public int? NumberOfThreads;
        public bool DenseOptimizer;
        public bool EnforceNonNegativity;
    }
}
