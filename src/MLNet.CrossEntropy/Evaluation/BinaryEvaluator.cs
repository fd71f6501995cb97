using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.Data;
using MLNet.CrossEntropy.Internals;

namespace MLNet.CrossEntropy;

/// <summary>
/// Evaluates the scores of a binary model in one pass of constant memory. Where both a raw score and a probability are
/// given, sums over either are kept side by side until a row shows that the score is not the probability's logit; a
/// logit, when it is one, gives the loss without any clipping.
/// </summary>
internal sealed class BinaryEvaluator
{
    private readonly BinaryEvaluationOptions _options;
    private readonly RowCounter _rows = new();
    private readonly MetricAccumulators _ofProbabilities;
    private readonly MetricAccumulators _ofLogits;
    private readonly bool _hasProbability;
    private string? _disagreement;

    private BinaryEvaluator(BinaryEvaluationOptions options)
    {
        _options = options;
        _ofProbabilities = new(2, options.ProbabilityFloor);
        _ofLogits = new(2, options.ProbabilityFloor);
        _hasProbability = options.ProbabilityColumnName is not null;
        if (options.ScoreColumnName is null)
            _disagreement = "no score column was named";
    }

    public static BinaryCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, BinaryEvaluationOptions options)
    {
        Throw.IfInvalid(options);
        using BinaryScoredRows rows = BinaryScoredRows.Open(data, options);
        BinaryEvaluator evaluator = new(options);
        ScoredBlock block = new(2);
        while (rows.Read(block))
            evaluator.Add(block);

        BinaryCrossEntropyMetrics metrics = evaluator.ToMetrics(rows.Classes.Names);
        EvaluationChannel.Warn(env, metrics);
        return metrics;
    }

    private BinaryCrossEntropyMetrics ToMetrics(string[] names)
    {
        if (_disagreement is not null)
            return new(_rows, _ofProbabilities, names, _options, $"column '{_options.ProbabilityColumnName}' ({_disagreement})");
        string why = _hasProbability ? $"column '{_options.ProbabilityColumnName}' is its sigmoid in every row" : "no probability column was named";
        return new(_rows, _ofLogits, names, _options, $"column '{_options.ScoreColumnName}' as logit ({why})");
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
        float probability = block.Scores(row)[BinaryScoredRows.Probability];
        float score = block.Scores(row)[BinaryScoredRows.RawScore];
        Throw.IfInvalidWeight(weight, block.FirstRow + row);
        if (weight == 0)
            return RowOutcome.ZeroWeight;
        if (label == ScoreClasses.Missing)
            return RowOutcome.MissingLabel;
        if (label == ScoreClasses.Unknown)
            return RowOutcome.UnknownClass;
        if (!double.IsFinite(_hasProbability ? probability : score))
            return RowOutcome.NonFiniteScore;
        if (_hasProbability && probability is < 0 or > 1)
            return RowOutcome.OutOfRangeScore;

        bool positive = label == 1;
        if (_hasProbability)
        {
            double p = probability;
            double loss = BinaryScore.LossOfProbability(p, positive);
            Add(_ofProbabilities, label, weight, p, p > 0.5, loss, (positive ? p : 1 - p) < _options.ProbabilityFloor);
            if (_disagreement is null && !BinaryScore.IsSigmoid(probability, score))
                _disagreement = FormattableString.Invariant($"row {block.FirstRow + row}: score {score} is not the logit of probability {probability}");
        }
        if (_disagreement is null)
            Add(_ofLogits, label, weight, BinaryScore.Sigmoid(score), score > 0, BinaryScore.LossOfLogit(score, positive), isClipped: false);
        return RowOutcome.Used;
    }

    private static void Add(MetricAccumulators sums, int label, double weight, double probability, bool predicted, double loss, bool isClipped) =>
        sums.Add(new EvaluatedRow
        {
            Label = label,
            Predicted = predicted ? 1 : 0,
            Weight = weight,
            Loss = loss,
            IsClipped = isClipped,
            Probabilities = [1 - probability, probability],
        });
}
