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
    private readonly BadRows _badRows;
    private readonly RowCheck _check;

    public MulticlassEvaluator(IDataView data, MulticlassEvaluationOptions options)
        : base(
            SharedScoredRows.Open(options.Cluster, () => ScoredRows.Open(data, options.Columns)),
            options.ScoresAreLogits is null ? Vote(options.RowSumTolerance) : null)
    {
        var isAuto = options.ScoresAreLogits is null;
        var fromLogits = options.ScoresAreLogits ?? LookLikeLogits;
        ScoresUsed = $"column {Throw.Quoted(options.ScoreColumnName)} as "
            + $"{(fromLogits ? "logits" : "probabilities")}{(isAuto ? FromFirstRows : "")}";
        _options = options;
        _floor = new(options.ProbabilityFloor, fromLogits);
        _badRows = new(options, Rows);
        _check = BadRows.LabelThen(fromLogits ? CheckLogits : scores => CheckProbabilities(scores, options.RowSumTolerance));
    }

    public override string ScoresUsed { get; }

    public static MulticlassCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MulticlassEvaluationOptions options) =>
        Evaluate(env, options, limited => Evaluate(data, limited));

    private static MulticlassCrossEntropyMetrics Evaluate(IDataView data, MulticlassEvaluationOptions options)
    {
        using MulticlassEvaluator evaluator = new(data, options);
        var rows = evaluator.Rows;
        MetricAccumulators sums = new(rows.ClassNames.Length, options, evaluator._floor, rows.Segments, isBinary: false);
        EvaluationPipeline<EvaluatedBlock>.Run(evaluator, new((sums, static block => block)), options.Threads);

        return new(sums, rows.ClassNames, options, evaluator.ScoresUsed);
    }

    public override EvaluatedBlock NewBlock() => EvaluatedBlock.OfMulticlass(First, _floor.FromLogits);

    public override void Evaluate(ScoredBlock rows, EvaluatedBlock block)
    {
        if (!block.TakeAll(rows) || !MulticlassScores.Evaluate(rows, block, _options.RowSumTolerance, _floor))
        {
            _badRows.TakeGood(rows, block, _check);
            _ = MulticlassScores.Evaluate(rows, block, _options.RowSumTolerance, _floor);
        }
        if (LookLikeLogits)
            block.Outcomes.AddDistributions(MulticlassScores.CountDistributions(block, _options.RowSumTolerance));
        block.SortByClass();
    }

    protected override EvaluatedBlock LossesOf(ScoredBlock rows, EvaluatedBlock block) => block;

    /// <summary>Logits show themselves by negative scores, probabilities by being a distribution.</summary>
    private static Func<ReadOnlySpan<float>, int> Vote(double rowSumTolerance) => scores =>
        CheckProbabilities(scores, rowSumTolerance) switch
        {
            RowOutcome.Used => -1,
            RowOutcome.OutOfRangeScore => 1,
            _ => 0,
        };

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
