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
    private readonly double[] _storage = new double[BinaryScore.StorageSize];
    private string? _disagreement;

    private BinaryEvaluator(BinaryEvaluationOptions options)
    {
        _options = options;
        _ofProbabilities = new(2, options, fromLogits: false);
        _ofLogits = new(2, options, fromLogits: true);
        _hasProbability = options.ProbabilityColumnName is not null;
        if (options.ScoreColumnName is null)
            _disagreement = "no score column was named";
    }

    public static BinaryCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, BinaryEvaluationOptions options)
    {
        Throw.IfInvalid(options);
        using BinaryScoredRows rows = BinaryScoredRows.Open(data, options);
        BinaryEvaluator evaluator = new(options);
        ScoredBlock block = BinaryScoredRows.NewBlock();
        while (rows.Read(block))
            evaluator.Add(block);

        BinaryCrossEntropyMetrics metrics = evaluator.ToMetrics(rows.Classes.Names);
        EvaluationChannel.Warn(env, metrics.Warnings);
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
            float probability = block.Scores(row)[BinaryScoredRows.Probability];
            float score = block.Scores(row)[BinaryScoredRows.RawScore];
            RowOutcome outcome = BadRows.CheckLabel(block, row);
            if (outcome == RowOutcome.Used)
                outcome = CheckScore(_hasProbability ? probability : score);
            _rows.Add(outcome);
            if (outcome == RowOutcome.Used)
                AddValid(block, row, probability, score);
            else
                AddBad(block, row, outcome);
        }
    }

    private RowOutcome CheckScore(float score) =>
        !float.IsFinite(score) ? RowOutcome.NonFiniteScore
        : _hasProbability && score is < 0 or > 1 ? RowOutcome.OutOfRangeScore
        : RowOutcome.Used;

    private void AddValid(ScoredBlock block, int row, float probability, float score)
    {
        if (_hasProbability)
        {
            Add(_ofProbabilities, block, row, BinaryScore.OfProbability(probability, _storage));
            if (_disagreement is null && !BinaryScore.IsSigmoid(probability, score))
                _disagreement = FormattableString.Invariant($"row {block.FirstRow + row}: score {score} is not the logit of probability {probability}");
        }
        if (_disagreement is null)
            Add(_ofLogits, block, row, BinaryScore.OfLogit(score, _storage));
    }

    private void AddBad(ScoredBlock block, int row, RowOutcome outcome)
    {
        BadRowPolicy policy = BadRows.PolicyFor(outcome, _options);
        if (policy == BadRowPolicy.Throw)
            throw BadRows.Error(outcome, block.FirstRow + row, block.Scores(row));
        if (policy == BadRowPolicy.CountAsMistake)
        {
            _rows.AddMistake();
            _ofProbabilities.AddMistake(Math.Max(block.Labels[row], -1), block.Weights[row]);
            _ofLogits.AddMistake(Math.Max(block.Labels[row], -1), block.Weights[row]);
        }
    }

    private static void Add(MetricAccumulators sums, ScoredBlock block, int row, BinaryScore score)
    {
        int label = block.Labels[row];
        double weight = block.Weights[row];
        long position = block.FirstRow + row;
        sums.Add(label == ScoreClasses.Soft ? score.ToRow(position, block.Target(row), weight, sums.Floor) : score.ToRow(position, label, weight, sums.Floor));
    }
}
