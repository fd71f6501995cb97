using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Evaluates the scores of a binary model in one pass of constant memory. Where both a raw score and a probability are
/// given, sums over either are kept side by side until a row shows that the score is not the probability's logit; a
/// logit, when it is one, gives the loss without any clipping.
/// </summary>
internal sealed class BinaryEvaluator : IBlockEvaluation<BinaryBlock>
{
    private readonly BinaryScoredRows _rows;
    private readonly BinaryEvaluationOptions _options;
    private readonly MetricAccumulators _ofProbabilities;
    private readonly MetricAccumulators _ofLogits;
    private readonly bool _hasProbability;
    private readonly ScoreCheck _check;
    private string? _disagreement;

    public BinaryEvaluator(BinaryScoredRows rows, BinaryEvaluationOptions options)
    {
        (_rows, _options) = (rows, options);
        _ofProbabilities = new(2, options, fromLogits: false, isBinary: true);
        _ofLogits = new(2, options, fromLogits: true, isBinary: true);
        _hasProbability = options.ProbabilityColumnName is not null;
        _check = _hasProbability ? CheckProbability : CheckLogit;
        if (options.ScoreColumnName is null)
            _disagreement = "no score column was named";
    }

    public int Lanes => _ofProbabilities.Lanes.Count + _ofLogits.Lanes.Count;

    public static BinaryCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, BinaryEvaluationOptions options)
    {
        options.Check();
        using BinaryScoredRows rows = BinaryScoredRows.Open(data, options.Columns);
        BinaryEvaluator evaluator = new(rows, options);
        var first = rows.NewBlock();
        _ = rows.Read(first);
        EvaluationPipeline<BinaryBlock>.Run(evaluator, first, options.Threads);

        var metrics = evaluator.ToMetrics(rows.Classes.Names);
        EvaluationChannel.Warn(env, metrics.Warnings);
        return metrics;
    }

    public ScoredBlock NewRows() => _rows.NewBlock();

    public BinaryBlock NewBlock() => new(_rows.NewBlock());

    public bool Read(ScoredBlock rows) => _rows.Read(rows);

    public void Judge(ScoredBlock rows, BinaryBlock block)
    {
        block.Disagreement = null;
        block.OfProbabilities.Clear();
        block.OfLogits.Clear();
        if (_hasProbability)
            JudgeProbabilities(rows, block.OfProbabilities);
        // Once a row disagrees, nobody asks what the logits say any more.
        if (Volatile.Read(ref _disagreement) is null)
            JudgeLogits(rows, block);
        block.OfProbabilities.SortByClass();
        block.OfLogits.SortByClass();
    }

    public void Add(int lane, BinaryBlock block)
    {
        if (lane == 0)
            Volatile.Write(ref _disagreement, _disagreement ?? block.Disagreement);
        if (lane < _ofProbabilities.Lanes.Count)
            _ofProbabilities.Lanes[lane](block.OfProbabilities);
        else
            _ofLogits.Lanes[lane - _ofProbabilities.Lanes.Count](block.OfLogits);
    }

    private BinaryCrossEntropyMetrics ToMetrics(string[] names)
    {
        if (_disagreement is not null)
            return new(_ofProbabilities.Rows, _ofProbabilities, names, _options, $"column '{_options.ProbabilityColumnName}' ({_disagreement})");
        var why = _hasProbability ? $"column '{_options.ProbabilityColumnName}' is its sigmoid in every row" : "no probability column was named";
        return new(_ofLogits.Rows, _ofLogits, names, _options, $"column '{_options.ScoreColumnName}' as logit ({why})");
    }

    private void JudgeProbabilities(ScoredBlock rows, EvaluatedBlock block)
    {
        if (BadRows.TakeAll(rows, block) && JudgeAs(BinaryScoredRows.Probability, rows, block))
            return;
        BadRows.TakeGood(rows, _options, _check, block);
        _ = JudgeAs(BinaryScoredRows.Probability, rows, block);
    }

    private void JudgeLogits(ScoredBlock rows, BinaryBlock both)
    {
        var block = both.OfLogits;
        // Where there are probabilities it is they that make a row good or bad.
        var mayBeGood = !_hasProbability || both.OfProbabilities.Count == rows.Count;
        if (!mayBeGood || !BadRows.TakeAll(rows, block) || !(JudgeAs(BinaryScoredRows.RawScore, rows, block) || _hasProbability))
        {
            BadRows.TakeGood(rows, _options, _check, block);
            _ = JudgeAs(BinaryScoredRows.RawScore, rows, block);
        }
        for (var row = 0; _hasProbability && row < block.Count; row++)
        {
            ReadOnlySpan<float> scores = rows.Scores(block.Sources[row]);
            (var probability, var score) = (scores[BinaryScoredRows.Probability], scores[BinaryScoredRows.RawScore]);
            if (!BinaryScores.IsSigmoid(probability, ForecastKey.Probability(block.Forecasts[row])))
            {
                both.Disagreement = FormattableString.Invariant($"row {block.PositionOf(row)}: score {score} is not the logit of probability {probability}");
                block.Clear();
            }
        }
    }

    private bool JudgeAs(int slot, ScoredBlock rows, EvaluatedBlock block)
    {
        for (var row = 0; row < block.Count; row++)
        {
            if (block.Labels[row] < 0)
                BinaryScores.SetLabel(block, row, rows.Target(block.Sources[row])[1]);
        }
        BinaryScores.Load(rows, block, slot);
        return slot == BinaryScoredRows.Probability
            ? BinaryScores.JudgeProbabilities(block, _ofProbabilities.Floor)
            : BinaryScores.JudgeLogits(block, _ofLogits.Floor);
    }

    private static RowOutcome CheckProbability(ReadOnlySpan<float> scores) => scores[BinaryScoredRows.Probability] switch
    {
        float.NaN or float.PositiveInfinity or float.NegativeInfinity => RowOutcome.NonFiniteScore,
        < 0 or > 1 => RowOutcome.OutOfRangeScore,
        _ => RowOutcome.Used,
    };

    private static RowOutcome CheckLogit(ReadOnlySpan<float> scores) =>
        float.IsFinite(scores[BinaryScoredRows.RawScore]) ? RowOutcome.Used : RowOutcome.NonFiniteScore;
}
