using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Evaluates a multi-label model in one pass: each label as a binary model of its own, and each row as a whole.</summary>
internal sealed class MultiLabelEvaluator : Evaluator<MultiLabelBlock>
{
    private const string ProbabilityColumnName = "Probability";

    private readonly MultiLabelEvaluationOptions _options;
    private readonly LossFloor _floor;
    private readonly ScoreCheck _check;

    public MultiLabelEvaluator(IDataView data, MultiLabelEvaluationOptions options)
        : base(SharedScoredRows.Open(options.Cluster, () => MultiLabelRows.Open(data, options.Columns)))
    {
        bool isAuto = options.ScoreKind == ScoreKind.Auto, hasProbabilities = HasProbabilities(data.Schema, options.ScoreColumnName);
        var fromLogits = options.ScoreKind == ScoreKind.Logits || (isAuto && (hasProbabilities || HasScoreOutsideUnitInterval(First)));
        var how = !isAuto ? "" : hasProbabilities ? $" (beside column '{ProbabilityColumnName}')" : " (found out from the first rows)";
        ScoresUsed = $"column '{options.ScoreColumnName}' as {(fromLogits ? "logits" : "probabilities")}{how}";
        (_options, _floor, _check) = (options, new(options.ProbabilityFloor, fromLogits), CheckScores);
    }

    public override string ScoresUsed { get; }

    public static MultiLabelCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MultiLabelEvaluationOptions options)
    {
        options.Check();
        return options.Cluster.Guard(() => EvaluateTogether(env, data, options));
    }

    private static MultiLabelCrossEntropyMetrics EvaluateTogether(
        IHostEnvironment env, IDataView data, MultiLabelEvaluationOptions options)
    {
        using MultiLabelEvaluator evaluator = new(data, options);
        var names = evaluator.Rows.ClassNames;
        MultiLabelAccumulator ofRows = new();
        MetricAccumulators[] ofLabel = [.. names.Select(_ => new MetricAccumulators(2, options, evaluator._floor, isBinary: true))];
        EvaluationPipeline<MultiLabelBlock>.Run(
            evaluator,
            [ofRows.Add, .. ofLabel.Select((sums, label) => (Action<MultiLabelBlock>)(block => sums.Add(block.OfLabel[label])))],
            options.Threads);

        MultiLabelCrossEntropyMetrics metrics = new(ofLabel, ofRows, names, options, evaluator.ScoresUsed);
        EvaluationWarnings.Send(env, metrics.Warnings);
        return metrics;
    }

    public override MultiLabelBlock NewBlock() => new(First);

    public override void Evaluate(ScoredBlock rows, MultiLabelBlock block)
    {
        var first = block.OfLabel[0];
        BadRows.TakeGood(rows, _options, _check, first);
        block.Losses.AsSpan(0, first.Count).Clear();
        block.ClippedLosses.AsSpan(0, first.Count).Clear();
        block.Wrong.AsSpan(0, first.Count).Clear();
        block.AllRight.AsSpan(0, first.Count).Fill(1);
        for (var label = 0; label < block.OfLabel.Length; label++)
            Evaluate(rows, first, label, block);
    }

    protected override EvaluatedLosses LossesOf(MultiLabelBlock block) =>
        new(block.OfLabel[0], block.Losses, block.ClippedLosses, Array.ConvertAll(block.Wrong, static wrong => 1 - wrong));

    /// <summary>As for ML.NET's binary models, a score that has a probability beside it is a logit.</summary>
    private static bool HasProbabilities(DataViewSchema schema, string scoreColumnName)
        => scoreColumnName != ProbabilityColumnName
            && schema.GetColumnOrNull(ProbabilityColumnName) is { } probability
            && probability.Type.Equals(schema[scoreColumnName].Type);

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
            if (!_floor.FromLogits && score is < 0 or > 1)
                return RowOutcome.OutOfRangeScore;
        }
        return RowOutcome.Used;
    }

    private void Evaluate(ScoredBlock rows, EvaluatedBlock good, int label, MultiLabelBlock whole)
    {
        var block = whole.OfLabel[label];
        var share = 1.0 / whole.OfLabel.Length;
        if (block != good)
            block.TakeAgain(rows, good);
        for (var row = 0; row < block.Count; row++)
            BinaryScores.SetLabel(block, row, rows.Target(block.Sources[row])[label]);
        _ = BinaryScores.Evaluate(rows, block, label, _floor);
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

/// <summary>A multi-label model's rows, evaluated label by label and as a whole.</summary>
internal sealed class MultiLabelBlock
{
    public MultiLabelBlock(ScoredBlock rows)
    {
        OfLabel = [.. Enumerable.Range(0, rows.Width).Select(_ => EvaluatedBlock.OfBinary(rows))];
        (Wrong, AllRight) = (new double[rows.Capacity], new double[rows.Capacity]);
        (Losses, ClippedLosses) = (new double[rows.Capacity], new double[rows.Capacity]);
    }

    /// <summary>The rows as each label has them.</summary>
    public EvaluatedBlock[] OfLabel { get; }

    /// <summary>The mean loss over labels.</summary>
    public double[] Losses { get; }

    /// <summary>The mean clipped loss over labels.</summary>
    public double[] ClippedLosses { get; }

    /// <summary>The share of wrong answers.</summary>
    public double[] Wrong { get; }

    /// <summary>1 where every answer is right, 0 where not; a product of shares with soft labels.</summary>
    public double[] AllRight { get; }
}

/// <summary>What multi-label rows amount to over all their labels.</summary>
internal sealed class MultiLabelAccumulator
{
    private LogLossSums _logLoss;
    private CompensatedSum _wrong;
    private CompensatedSum _allRight;

    public RowCounter Rows { get; } = new();

    public ref readonly LogLossSums LogLoss => ref _logLoss;

    /// <summary>The weighted share of wrong answers; NaN without rows.</summary>
    public double HammingLoss => _wrong.Value / _logLoss.Weight;

    /// <summary>The weighted share of rows with every answer right; NaN without rows.</summary>
    public double SubsetAccuracy => _allRight.Value / _logLoss.Weight;

    public void Add(MultiLabelBlock block)
    {
        var rows = block.OfLabel[0];
        Rows.Merge(rows.Outcomes);
        for (var row = 0; row < rows.Count; row++)
        {
            var weight = rows.Weights[row];
            _logLoss.Add(block.Losses[row], block.ClippedLosses[row], weight);
            _wrong.Add(weight * block.Wrong[row]);
            _allRight.Add(weight * block.AllRight[row]);
        }
    }
}
