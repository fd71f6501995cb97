using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Evaluates the scores of a multiclass model in one pass of constant memory.</summary>
internal sealed class MulticlassEvaluator : Evaluator<EvaluatedBlock>
{
    private readonly MulticlassEvaluationOptions _options;
    private readonly LossFloor _floor;
    private readonly ScoreCheck _check;

    public MulticlassEvaluator(IDataView data, MulticlassEvaluationOptions options)
        : base(SharedScoredRows.Open(options.Cluster, () => ScoredRows.Open(data, options.Columns)))
    {
        var isAuto = options.ScoreKind == ScoreKind.Auto;
        var fromLogits = isAuto ? LookLikeLogits(First, options.RowSumTolerance) : options.ScoreKind == ScoreKind.Logits;
        ScoresUsed = $"column '{options.ScoreColumnName}' as "
            + $"{(fromLogits ? "logits" : "probabilities")}{(isAuto ? " (found out from the first rows)" : "")}";
        _options = options;
        _floor = new(options.ProbabilityFloor, fromLogits);
        _check = fromLogits ? CheckLogits : scores => CheckProbabilities(scores, options.RowSumTolerance);
    }

    public override string ScoresUsed { get; }

    public static MulticlassCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MulticlassEvaluationOptions options)
    {
        options.Check();
        return options.Cluster.Guard(() => EvaluateTogether(env, data, options));
    }

    private static MulticlassCrossEntropyMetrics EvaluateTogether(
        IHostEnvironment env, IDataView data, MulticlassEvaluationOptions options)
    {
        using MulticlassEvaluator evaluator = new(data, options);
        MetricAccumulators sums = new(evaluator.Rows.ClassNames.Length, options, evaluator._floor, isBinary: false);
        EvaluationPipeline<EvaluatedBlock>.Run(evaluator, sums.Lanes, options.Threads);

        MulticlassCrossEntropyMetrics metrics = new(sums, evaluator.Rows.ClassNames, options, evaluator.ScoresUsed);
        EvaluationWarnings.Send(env, metrics.Warnings);
        return metrics;
    }

    public override EvaluatedBlock NewBlock() => EvaluatedBlock.OfMulticlass(First, _floor.FromLogits);

    public override void Evaluate(ScoredBlock rows, EvaluatedBlock block)
    {
        if (!block.TakeAll(rows) || !MulticlassScores.Evaluate(rows, block, _options.RowSumTolerance, _floor))
        {
            BadRows.TakeGood(rows, _options, _check, block);
            _ = MulticlassScores.Evaluate(rows, block, _options.RowSumTolerance, _floor);
        }
        block.SortByClass();
    }

    protected override EvaluatedLosses LossesOf(EvaluatedBlock block) => new(block, block.Losses, block.ClippedLosses, block.Hits);

    /// <summary>Logits show themselves by negative scores while no finite row is a distribution.</summary>
    private static bool LookLikeLogits(ScoredBlock rows, double rowSumTolerance)
    {
        var negative = false;
        for (var row = 0; row < rows.Count; row++)
        {
            var outcome = CheckProbabilities(rows.Scores(row), rowSumTolerance);
            if (outcome == RowOutcome.Used)
                return false;
            negative |= outcome == RowOutcome.OutOfRangeScore;
        }
        return negative;
    }

    /// <summary>Whether a row of scores is a distribution, and if not, what is wrong with it.</summary>
    private static RowOutcome CheckProbabilities(ReadOnlySpan<float> scores, double rowSumTolerance)
    {
        double sum = 0;
        var negative = false;
        foreach (var score in scores)
        {
            sum += score;
            negative |= score < 0;
        }
        return !double.IsFinite(sum) ? RowOutcome.NonFiniteScore
            : negative ? RowOutcome.OutOfRangeScore
            : Math.Abs(sum - 1) > rowSumTolerance ? RowOutcome.RowSumNotOne
            : RowOutcome.Used;
    }

    /// <summary>Whether a row of logits has a softmax: the largest must be finite; any other may be minus infinity.</summary>
    private static RowOutcome CheckLogits(ReadOnlySpan<float> scores) =>
        float.IsFinite(SpanMath.Max(scores)) ? RowOutcome.Used : RowOutcome.NonFiniteScore;
}
