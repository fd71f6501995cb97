using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Evaluates the scores of a multiclass model in one pass of constant memory.</summary>
internal sealed class MulticlassEvaluator : IBlockEvaluation<EvaluatedBlock>
{
    private readonly MulticlassEvaluationOptions _options;
    private readonly ScoredRows _rows;
    private readonly bool _fromLogits;
    private readonly ScoreCheck _check;
    private readonly MetricAccumulators _sums;

    public MulticlassEvaluator(ScoredRows rows, MulticlassEvaluationOptions options, ScoreKind kind)
    {
        (_rows, _options, _fromLogits) = (rows, options, kind == ScoreKind.Logits);
        _check = _fromLogits ? MulticlassScores.CheckLogits : scores => MulticlassScores.CheckProbabilities(scores, options.RowSumTolerance);
        _sums = new(rows.Classes.Count, options, _fromLogits, isBinary: false);
    }

    public int Lanes => _sums.Lanes.Count;

    public static MulticlassCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MulticlassEvaluationOptions options)
    {
        options.Check();
        using ScoredRows rows = ScoredRows.Open(data, options.Columns);
        var first = rows.NewBlock();
        _ = rows.Read(first);
        var kind = KindOf(first, options);
        MulticlassEvaluator evaluator = new(rows, options, kind);
        EvaluationPipeline<EvaluatedBlock>.Run(evaluator, first, options.Threads);

        MulticlassCrossEntropyMetrics metrics = new(evaluator._sums.Rows, evaluator._sums, rows.Classes.Names, options, Describe(options, kind));
        EvaluationChannel.Warn(env, metrics.Warnings);
        return metrics;
    }

    /// <summary>What the scores are: what the caller says, or what the first rows look like.</summary>
    public static ScoreKind KindOf(ScoredBlock firstRows, MulticlassEvaluationOptions options) =>
        options.ScoreKind == ScoreKind.Auto ? Detect(firstRows, options.RowSumTolerance) : options.ScoreKind;

    /// <summary>What the losses are computed from, in words.</summary>
    public static string Describe(MulticlassEvaluationOptions options, ScoreKind kind) =>
        $"column '{options.ScoreColumnName}' as {(kind == ScoreKind.Logits ? "logits" : "probabilities")}{(options.ScoreKind == ScoreKind.Auto ? " (found out from the first rows)" : "")}";

    public ScoredBlock NewRows() => _rows.NewBlock();

    public EvaluatedBlock NewBlock() => EvaluatedBlock.OfMulticlass(_rows.NewBlock(), _fromLogits);

    public bool Read(ScoredBlock rows) => _rows.Read(rows);

    public void Judge(ScoredBlock rows, EvaluatedBlock block)
    {
        if (!BadRows.TakeAll(rows, block) || !Judge(block, rows))
        {
            BadRows.TakeGood(rows, _options, _check, block);
            _ = Judge(block, rows);
        }
        block.SortByClass();
    }

    private bool Judge(EvaluatedBlock block, ScoredBlock rows) => _fromLogits
        ? MulticlassScores.JudgeLogits(rows, block, _sums.Floor)
        : MulticlassScores.JudgeProbabilities(rows, block, _options.RowSumTolerance, _sums.Floor);

    public void Add(int lane, EvaluatedBlock block) => _sums.Lanes[lane](block);

    /// <summary>Logits show themselves by negative scores while no finite row is a distribution.</summary>
    private static ScoreKind Detect(ScoredBlock block, double rowSumTolerance)
    {
        var negative = false;
        for (var row = 0; row < block.Count; row++)
        {
            var outcome = MulticlassScores.CheckProbabilities(block.Scores(row), rowSumTolerance);
            if (outcome == RowOutcome.Used)
                return ScoreKind.Probabilities;
            negative |= outcome == RowOutcome.OutOfRangeScore;
        }
        return negative ? ScoreKind.Logits : ScoreKind.Probabilities;
    }
}
