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
    private readonly RowCounter _rows = new();
    private readonly MetricAccumulators _sums;

    private MulticlassEvaluator(MulticlassEvaluationOptions options, int classes, ScoreKind kind)
    {
        _options = options;
        _scores = new(kind, classes, options.ProbabilityFloor, options.RowSumTolerance);
        _sums = new(classes, options.ProbabilityFloor);
    }

    public static MulticlassCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, MulticlassEvaluationOptions options)
    {
        Throw.IfInvalid(options);
        Throw.IfNotBetween(options.RowSumTolerance, 0, 1, nameof(options.RowSumTolerance));
        using ScoredRows rows = ScoredRows.Open(data, options.LabelColumnName, options.ScoreColumnName, options.ExampleWeightColumnName, options.ClassNames);
        ScoredBlock block = new(rows.Classes.Count);

        bool any = rows.Read(block);
        ScoreKind kind = options.ScoreKind == ScoreKind.Auto ? Detect(block, options.RowSumTolerance) : options.ScoreKind;
        MulticlassEvaluator evaluator = new(options, rows.Classes.Count, kind);
        for (; any; any = rows.Read(block))
            evaluator.Add(block);

        string scoresUsed = $"column '{options.ScoreColumnName}' as {(kind == ScoreKind.Logits ? "logits" : "probabilities")}{(options.ScoreKind == ScoreKind.Auto ? " (found out from the first rows)" : "")}";
        MulticlassCrossEntropyMetrics metrics = new(evaluator._rows, evaluator._sums, rows.Classes.Names, options, scoresUsed);
        EvaluationChannel.Warn(env, metrics);
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
            RowOutcome outcome = Add(block, row);
            BadRows.ThrowIfNotTolerated(_options, outcome, block.FirstRow + row, block.Scores(row));
            _rows.Add(outcome);
        }
    }

    private RowOutcome Add(ScoredBlock block, int row)
    {
        int label = block.Labels[row];
        double weight = block.Weights[row];
        Throw.IfInvalidWeight(weight, block.FirstRow + row);
        if (weight == 0)
            return RowOutcome.ZeroWeight;
        if (label == ScoreClasses.Missing)
            return RowOutcome.MissingLabel;
        if (label == ScoreClasses.Unknown)
            return RowOutcome.UnknownClass;
        RowOutcome outcome = _scores.Read(block.Scores(row), label);
        if (outcome == RowOutcome.Used)
        {
            _sums.Add(new EvaluatedRow
            {
                Label = label,
                Predicted = _scores.Predicted,
                Weight = weight,
                Loss = _scores.Loss,
                IsClipped = _scores.IsClipped,
                Probabilities = _scores.Probabilities,
            });
        }
        return outcome;
    }
}
