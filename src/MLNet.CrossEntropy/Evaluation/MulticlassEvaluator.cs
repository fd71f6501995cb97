using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Data;
using MLNet.CrossEntropy.Internals;

namespace MLNet.CrossEntropy;

/// <summary>Evaluates the scores of a multiclass model in one pass of constant memory.</summary>
internal sealed class MulticlassEvaluator
{
    private readonly MulticlassEvaluationOptions _options;
    private readonly ScoreReader _scores;
    private readonly double[] _classLosses;
    private readonly RowCounter _rows = new();
    private readonly MetricAccumulators _sums;

    private MulticlassEvaluator(MulticlassEvaluationOptions options, int classes, ScoreKind kind)
    {
        _options = options;
        _scores = new(kind, classes, options.RowSumTolerance);
        _classLosses = new double[classes];
        _sums = new(classes, options, fromLogits: kind == ScoreKind.Logits);
    }

    public static MulticlassCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MulticlassEvaluationOptions options)
    {
        Throw.IfInvalid(options);
        Throw.IfNotBetween(options.RowSumTolerance, 0, 1, nameof(options.RowSumTolerance));
        using ScoredRows rows = ScoredRows.Open(data, options);
        ScoredBlock block = rows.NewBlock();

        bool any = rows.Read(block);
        ScoreKind kind = options.ScoreKind == ScoreKind.Auto ? Detect(block, options.RowSumTolerance) : options.ScoreKind;
        MulticlassEvaluator evaluator = new(options, rows.Classes.Count, kind);
        for (; any; any = rows.Read(block))
            evaluator.Add(block);

        string scoresUsed = $"column '{options.ScoreColumnName}' as {(kind == ScoreKind.Logits ? "logits" : "probabilities")}{(options.ScoreKind == ScoreKind.Auto ? " (found out from the first rows)" : "")}";
        MulticlassCrossEntropyMetrics metrics = new(evaluator._rows, evaluator._sums, rows.Classes.Names, options, scoresUsed);
        EvaluationChannel.Warn(env, metrics.Warnings);
        return metrics;
    }

    /// <summary>Logits show themselves by negative scores while no finite row is a distribution.</summary>
    private static ScoreKind Detect(ScoredBlock block, double rowSumTolerance)
    {
        bool negative = false;
        for (int row = 0; row < block.Count; row++)
        {
            RowOutcome outcome = ScoreReader.CheckProbabilities(block.Scores(row), rowSumTolerance);
            if (outcome == RowOutcome.Used)
                return ScoreKind.Probabilities;
            negative |= outcome == RowOutcome.OutOfRangeScore;
        }
        return negative ? ScoreKind.Logits : ScoreKind.Probabilities;
    }

    private void Add(ScoredBlock block)
    {
        for (int row = 0; row < block.Count; row++)
        {
            RowOutcome outcome = BadRows.CheckLabel(block, row);
            if (outcome == RowOutcome.Used)
                outcome = _scores.Read(block.Scores(row));
            _rows.Add(outcome);
            if (outcome == RowOutcome.Used)
                AddValid(block, row);
            else
                AddBad(block, row, outcome);
        }
    }

    private void AddValid(ScoredBlock block, int row)
    {
        int label = block.Labels[row];
        bool isSoft = label == ScoreClasses.Soft;
        ReadOnlySpan<double> target = isSoft ? block.Target(row) : default;
        (double loss, double clippedLoss) = isSoft ? SoftLoss(target) : Loss(label);
        _sums.Add(new EvaluatedRow
        {
            Row = block.FirstRow + row,
            Label = isSoft ? -1 : label,
            Target = target,
            Predicted = _scores.Predicted,
            Weight = block.Weights[row],
            Loss = loss,
            ClippedLoss = clippedLoss,
            Probabilities = _scores.Probabilities,
            Complements = _scores.Complements,
            ClassLosses = isSoft ? _classLosses : default,
            Scores = block.Scores(row),
        });
    }

    private void AddBad(ScoredBlock block, int row, RowOutcome outcome)
    {
        BadRowPolicy policy = BadRows.PolicyFor(outcome, _options);
        if (policy == BadRowPolicy.Throw)
            throw BadRows.Error(outcome, block.FirstRow + row, block.Scores(row));
        if (policy == BadRowPolicy.CountAsMistake)
        {
            _rows.AddMistake();
            _sums.AddMistake(Math.Max(block.Labels[row], -1), block.Weights[row]);
        }
    }

    private (double Loss, double ClippedLoss) Loss(int label)
    {
        double loss = _scores.LossOf(label);
        return (loss, _sums.Floor.Clip(loss));
    }

    private (double Loss, double ClippedLoss) SoftLoss(ReadOnlySpan<double> target)
    {
        (double sum, double clippedSum) = (0, 0);
        for (int k = 0; k < target.Length; k++)
        {
            if (target[k] == 0)
                continue;
            (_classLosses[k], double clipped) = Loss(k);
            sum += target[k] * _classLosses[k];
            clippedSum += target[k] * clipped;
        }
        return (sum, clippedSum);
    }
}
