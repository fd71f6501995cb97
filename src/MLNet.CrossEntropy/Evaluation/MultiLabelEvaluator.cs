using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Data;
using MLNet.CrossEntropy.Internals;

namespace MLNet.CrossEntropy;

/// <summary>Evaluates a multi-label model in one pass: each label as a binary model of its own, and each row as a whole.</summary>
internal sealed class MultiLabelEvaluator
{
    private readonly MultiLabelEvaluationOptions _options;
    private readonly bool _fromLogits;
    private readonly RowCounter _rows = new();
    private readonly MetricAccumulators[] _ofLabel;
    private readonly MultiLabelAccumulator _ofRows = new();
    private readonly double[] _storage = new double[BinaryScore.StorageSize];
    private readonly double[] _target = new double[2];

    private MultiLabelEvaluator(MultiLabelEvaluationOptions options, int labels, bool fromLogits)
    {
        _options = options;
        _fromLogits = fromLogits;
        _ofLabel = [.. Enumerable.Range(0, labels).Select(_ => new MetricAccumulators(2, options, fromLogits))];
    }

    public static MultiLabelCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MultiLabelEvaluationOptions options)
    {
        Throw.IfInvalid(options);
        Throw.IfCountsMistakes(options);
        using MultiLabelRows rows = MultiLabelRows.Open(data, options);
        ScoredBlock block = rows.NewBlock();

        bool any = rows.Read(block);
        bool fromLogits = options.ScoreKind == ScoreKind.Logits || (options.ScoreKind == ScoreKind.Auto && HasScoreOutsideUnitInterval(block));
        MultiLabelEvaluator evaluator = new(options, rows.Names.Length, fromLogits);
        for (; any; any = rows.Read(block))
            evaluator.Add(block);

        string scoresUsed = $"column '{options.ScoreColumnName}' as {(fromLogits ? "logits" : "probabilities")}{(options.ScoreKind == ScoreKind.Auto ? " (found out from the first rows)" : "")}";
        MultiLabelCrossEntropyMetrics metrics = new(evaluator._rows, evaluator._ofLabel, evaluator._ofRows, rows.Names, options, scoresUsed);
        EvaluationChannel.Warn(env, metrics.Warnings);
        return metrics;
    }

    private static bool HasScoreOutsideUnitInterval(ScoredBlock block)
    {
        for (int row = 0; row < block.Count; row++)
        {
            foreach (float score in block.Scores(row))
            {
                if (score is < 0 or > 1)
                    return true;
            }
        }
        return false;
    }

    private void Add(ScoredBlock block)
    {
        for (int row = 0; row < block.Count; row++)
        {
            RowOutcome outcome = BadRows.CheckLabel(block, row);
            if (outcome == RowOutcome.Used)
                outcome = CheckScores(block.Scores(row));
            _rows.Add(outcome);
            if (outcome == RowOutcome.Used)
                AddValid(block, row);
            else if (BadRows.PolicyFor(outcome, _options) != BadRowPolicy.Skip)
                throw BadRows.Error(outcome, block.FirstRow + row, block.Scores(row));
        }
    }

    private RowOutcome CheckScores(ReadOnlySpan<float> scores)
    {
        foreach (float score in scores)
        {
            if (!float.IsFinite(score))
                return RowOutcome.NonFiniteScore;
            if (!_fromLogits && score is < 0 or > 1)
                return RowOutcome.OutOfRangeScore;
        }
        return RowOutcome.Used;
    }

    private void AddValid(ScoredBlock block, int row)
    {
        ReadOnlySpan<float> scores = block.Scores(row);
        Span<double> shares = block.Target(row);
        double loss = 0, clippedLoss = 0, wrong = 0, allRight = 1;
        for (int label = 0; label < scores.Length; label++)
        {
            BinaryScore score = _fromLogits ? BinaryScore.OfLogit(scores[label], _storage) : BinaryScore.OfProbability(scores[label], _storage);
            (_target[0], _target[1]) = (1 - shares[label], shares[label]);
            EvaluatedRow evaluated = score.ToRow(block.FirstRow + row, _target, block.Weights[row], _ofLabel[label].Floor);
            _ofLabel[label].Add(evaluated);
            loss += evaluated.Loss;
            clippedLoss += evaluated.ClippedLoss;
            double right = _target[evaluated.Predicted];
            wrong += 1 - right;
            allRight *= right;
        }
        _ofRows.Add(loss / scores.Length, clippedLoss / scores.Length, wrong / scores.Length, allRight, block.Weights[row]);
    }
}
