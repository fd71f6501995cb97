using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Evaluates a multi-label model in one pass: each label as a binary model of its own, and each row as a whole.</summary>
internal sealed class MultiLabelEvaluator : IBlockEvaluation<MultiLabelBlock>
{
    private const string ProbabilityColumnName = "Probability";

    private readonly MultiLabelRows _rows;
    private readonly MultiLabelEvaluationOptions _options;
    private readonly bool _fromLogits;
    private readonly ScoreCheck _check;
    private readonly MetricAccumulators[] _ofLabel;
    private readonly MultiLabelAccumulator _ofRows = new();

    public MultiLabelEvaluator(MultiLabelRows rows, MultiLabelEvaluationOptions options, bool fromLogits)
    {
        (_rows, _options, _fromLogits) = (rows, options, fromLogits);
        _check = CheckScores;
        _ofLabel = [.. Enumerable.Range(0, rows.ClassNames.Length).Select(_ => new MetricAccumulators(2, options, fromLogits, isBinary: true))];
    }

    public int Lanes => 1 + _ofLabel.Length;

    public static MultiLabelCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MultiLabelEvaluationOptions options)
    {
        options.Check();
        using MultiLabelRows rows = MultiLabelRows.Open(data, options.Columns);
        var first = rows.NewBlock();
        _ = rows.Read(first);
        (var fromLogits, var scoresUsed) = KindOf(data.Schema, first, options);
        MultiLabelEvaluator evaluator = new(rows, options, fromLogits);
        EvaluationPipeline<MultiLabelBlock>.Run(evaluator, first, options.Threads);

        MultiLabelCrossEntropyMetrics metrics = new(evaluator._ofRows.Rows, evaluator._ofLabel, evaluator._ofRows, rows.ClassNames, options, scoresUsed);
        EvaluationChannel.Warn(env, metrics.Warnings);
        return metrics;
    }

    /// <summary>Whether the scores are logits: what the caller says, or what columns and first rows look like; and the same in words.</summary>
    public static (bool FromLogits, string ScoresUsed) KindOf(DataViewSchema schema, ScoredBlock firstRows, MultiLabelEvaluationOptions options)
    {
        bool isAuto = options.ScoreKind == ScoreKind.Auto, hasProbabilities = HasProbabilities(schema, options.ScoreColumnName);
        var fromLogits = options.ScoreKind == ScoreKind.Logits || (isAuto && (hasProbabilities || HasScoreOutsideUnitInterval(firstRows)));
        var how = !isAuto ? "" : hasProbabilities ? $" (beside column '{ProbabilityColumnName}')" : " (found out from the first rows)";
        return (fromLogits, $"column '{options.ScoreColumnName}' as {(fromLogits ? "logits" : "probabilities")}{how}");
    }

    public ScoredBlock NewRows() => _rows.NewBlock();

    public MultiLabelBlock NewBlock() => new(_rows.NewBlock());

    public bool Read(ScoredBlock rows) => _rows.Read(rows);

    public void Judge(ScoredBlock rows, MultiLabelBlock block)
    {
        var first = block.OfLabel[0];
        BadRows.TakeGood(rows, _options, _check, first);
        block.Losses.AsSpan(0, first.Count).Clear();
        block.ClippedLosses.AsSpan(0, first.Count).Clear();
        block.Wrong.AsSpan(0, first.Count).Clear();
        block.AllRight.AsSpan(0, first.Count).Fill(1);
        for (var label = 0; label < block.OfLabel.Length; label++)
            Judge(rows, first, label, block);
    }

    public void Add(int lane, MultiLabelBlock block)
    {
        if (lane == 0)
            _ofRows.Add(block);
        else
            _ofLabel[lane - 1].Add(block.OfLabel[lane - 1]);
    }

    /// <summary>As for ML.NET's binary models, a score that has a probability beside it is a logit.</summary>
    private static bool HasProbabilities(DataViewSchema schema, string scoreColumnName)
        => scoreColumnName != ProbabilityColumnName && schema.GetColumnOrNull(ProbabilityColumnName) is { } probability && probability.Type.Equals(schema[scoreColumnName].Type);

    private static bool HasScoreOutsideUnitInterval(ScoredBlock block)
    {
        for (var row = 0; row < block.Count; row++)
        {
            foreach (var score in block.Scores(row))
            {
                if (score is < 0 or > 1)
                    return true;
            }
        }
        return false;
    }

    private RowOutcome CheckScores(ReadOnlySpan<float> scores)
    {
        foreach (var score in scores)
        {
            if (!float.IsFinite(score))
                return RowOutcome.NonFiniteScore;
            if (!_fromLogits && score is < 0 or > 1)
                return RowOutcome.OutOfRangeScore;
        }
        return RowOutcome.Used;
    }

    private void Judge(ScoredBlock rows, EvaluatedBlock good, int label, MultiLabelBlock whole)
    {
        var block = whole.OfLabel[label];
        var floor = _ofLabel[label].Floor;
        var share = 1.0 / whole.OfLabel.Length;
        if (block != good)
            block.StartFrom(rows);
        for (var row = 0; row < good.Count; row++)
        {
            var source = good.Sources[row];
            if (block != good)
                block.Take(rows, source);
            BinaryScores.SetLabel(block, row, rows.Target(source)[label]);
        }
        BinaryScores.Load(rows, block, label);
        _ = _fromLogits ? BinaryScores.JudgeLogits(block, floor) : BinaryScores.JudgeProbabilities(block, floor);
        for (var row = 0; row < block.Count; row++)
        {
            whole.Losses[row] += share * block.Losses[row];
            whole.ClippedLosses[row] += share * block.ClippedLosses[row];
            whole.Wrong[row] += share * (1 - block.Hits[row]);
            whole.AllRight[row] *= block.Hits[row];
        }
        block.SortByClass();
    }
}
