using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Evaluates a multi-label model in one pass: each label as a binary model of its own, and each row as a whole.</summary>
internal sealed class MultiLabelEvaluator : Evaluator<MultiLabelBlock>
{
    private readonly LossFloor _floor;
    private readonly BadRows _badRows;

    public MultiLabelEvaluator(IDataView data, MultiLabelEvaluationOptions options)
        : base(
            SharedScoredRows.Open(options.Cluster, () => MultiLabelRows.Open(data, options.Columns)),
            options.ScoresAreLogits is null ? Vote : null)
    {
        bool isAuto = options.ScoresAreLogits is null, hasProbabilities = Rows.HasProbabilities;
        var fromLogits = options.ScoresAreLogits ?? (hasProbabilities || LookLikeLogits);
        var how = !isAuto ? ""
            : hasProbabilities ? $" (beside column {Throw.Quoted(MultiLabelRows.Probability)})"
            : FromFirstRows;
        ScoresUsed = $"column {Throw.Quoted(options.ScoreColumnName)} as {(fromLogits ? "logits" : "probabilities")}{how}";
        (_badRows, _floor) = (new(options, Rows), new(options.ProbabilityFloor, fromLogits));
    }

    public override string ScoresUsed { get; }

    public static MultiLabelCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MultiLabelEvaluationOptions options) =>
        Evaluate(env, options, limited => Evaluate(data, limited));

    private static MultiLabelCrossEntropyMetrics Evaluate(IDataView data, MultiLabelEvaluationOptions options)
    {
        using MultiLabelEvaluator evaluator = new(data, options);
        var names = evaluator.Rows.ClassNames;
        SegmentAccumulator? segments = options.SegmentColumnName is null
            ? null : new(evaluator.Rows.Segments, options.ReliabilityBins, evaluator._floor, isBinary: true);
        MultiLabelAccumulator ofRows = new(segments);
        MetricAccumulators[] ofLabel =
        [
            .. names.Select(_ =>
                new MetricAccumulators(2, options, evaluator._floor, evaluator.Rows.Segments, isBinary: true, labels: names.Length)),
        ];
        EvaluationPipeline<MultiLabelBlock>.Run(
            evaluator,
            new([.. ofLabel.Select((sums, label) => (sums, (Func<MultiLabelBlock, EvaluatedBlock>)(block => block.OfLabel[label])))])
            {
                First = (ofRows.Add, ofRows.Serialize),
            },
            options.Threads);

        return new(ofLabel, ofRows, names, options, evaluator.ScoresUsed);
    }

    public override MultiLabelBlock NewBlock() => new(First);

    public override void Evaluate(ScoredBlock rows, MultiLabelBlock block)
    {
        block.Clear();
        for (var label = 0; label < block.OfLabel.Length; label++)
        {
            var answers = block.OfLabel[label];
            _badRows.TakeGood(rows, answers, CheckOf(label), label);
            for (var row = 0; row < answers.Count; row++)
                BinaryScores.SetLabel(answers, row, rows.Target(answers.Sources[row])[label]);
            _ = BinaryScores.Evaluate(rows, answers, label, _floor);
            block.Add(answers);
            answers.SortByClass();
        }
        block.Finish(rows);
        for (var row = 0; LookLikeLogits && row < rows.Count; row++)
            block.OfRows.Outcomes.AddDistributions(Vote(rows.Scores(row)) < 0 ? 1 : 0);
    }

    /// <summary>
    /// The rows whose every answer has a valid score: of others two models would not have losses of the same answers to be compared by.
    /// </summary>
    protected override EvaluatedBlock LossesOf(ScoredBlock rows, MultiLabelBlock block)
    {
        block.Finish(rows, mustBeValid: true);
        return block.OfRows;
    }

    /// <summary>Logits show themselves by a score outside of 0 to 1.</summary>
    private static int Vote(ReadOnlySpan<float> scores)
    {
        var isFinite = true;
        foreach (var score in scores)
        {
            if (score is < 0 or > 1)
                return 1;
            isFinite &= float.IsFinite(score);
        }
        return isFinite ? -1 : 0;
    }

    private RowCheck CheckOf(int label) => (rows, row) => rows.Weights[row] == 0 ? RowOutcome.ZeroWeight
        : rows.Target(row)[label] is double.NaN ? RowOutcome.MissingLabel
        : rows.Target(row)[label] is not (>= 0 and <= 1) ? RowOutcome.UnknownClass
        : rows.Scores(row)[label] is var score && !float.IsFinite(score) ? RowOutcome.NonFiniteScore
        : !_floor.FromLogits && score is < 0 or > 1 ? RowOutcome.OutOfRangeScore
        : RowOutcome.Used;
}

