using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// Evaluates the scores of a binary model in one pass of constant memory. Where both a raw score and a probability are
/// given, rows are evaluated by either, side by side, until one shows that the score is not the probability's logit; a
/// logit, when it is one, gives the loss without any clipping.
/// </summary>
internal sealed class BinaryEvaluator : Evaluator<BinaryBlock>
{
    private readonly BinaryEvaluationOptions _options;
    private readonly LossFloor _floorOfProbabilities;
    private readonly LossFloor _floorOfLogits;
    private readonly bool _hasProbability;
    private readonly BadRows _badRows;
    private readonly RowCheck _check;
    private string? _disagreement;

    public BinaryEvaluator(IDataView data, BinaryEvaluationOptions options)
        : base(SharedScoredRows.Open(options.Cluster, () => BinaryScoredRows.Open(data, options.Columns)))
    {
        _options = options;
        _floorOfProbabilities = new(options.ProbabilityFloor, fromLogits: false);
        _floorOfLogits = new(options.ProbabilityFloor, fromLogits: true);
        _hasProbability = options.ProbabilityColumnName is not null;
        _badRows = new(options, Rows);
        _check = BadRows.LabelThen(_hasProbability ? CheckProbability : CheckLogit);
        if (options.ScoreColumnName is null)
            _disagreement = "no score column was named";
    }

    public override string ScoresUsed
    {
        get
        {
            (var score, var probability) = (_options.ScoreColumnName, _options.ProbabilityColumnName);
            return _disagreement is { } why ? $"column {Throw.Quoted(probability)} ({why})"
                : _hasProbability ? $"column {Throw.Quoted(score)} as logit (column {Throw.Quoted(probability)} is its sigmoid in every "
                    + "row)"
                : $"column {Throw.Quoted(score)} as logit (no probability column was named)";
        }
    }

    private bool UsesLogits => _disagreement is null;

    public static BinaryCrossEntropyMetrics Evaluate(IHostEnvironment env, IDataView data, BinaryEvaluationOptions options) =>
        Evaluate(env, options, limited => Evaluate(data, limited));

    private static BinaryCrossEntropyMetrics Evaluate(IDataView data, BinaryEvaluationOptions options)
    {
        using BinaryEvaluator evaluator = new(data, options);
        MetricAccumulators ofProbabilities = new(2, options, evaluator._floorOfProbabilities, evaluator.Rows.Segments, isBinary: true);
        MetricAccumulators ofLogits = new(2, options, evaluator._floorOfLogits, evaluator.Rows.Segments, isBinary: true);
        EvaluationPipeline<BinaryBlock>.Run(
            evaluator,
            new((ofProbabilities, static block => block.OfProbabilities), (ofLogits, static block => block.OfLogits))
            {
                First = (evaluator.Heed, state => state.Optional(ref evaluator._disagreement)),
            },
            options.Threads);

        var sums = evaluator.UsesLogits ? ofLogits : ofProbabilities;
        return new(sums, evaluator.Rows.ClassNames, options, evaluator.ScoresUsed);
    }

    public override BinaryBlock NewBlock() => new(First);

    public override void Evaluate(ScoredBlock rows, BinaryBlock block)
    {
        block.Disagreement = null;
        block.OfProbabilities.Clear();
        block.OfLogits.Clear();
        if (_hasProbability)
            EvaluateProbabilities(rows, block.OfProbabilities);
        // Once a row disagrees, nobody asks what the logits say any more.
        if (Volatile.Read(ref _disagreement) is null)
            EvaluateLogits(rows, block);
        block.OfProbabilities.SortByClass();
        block.OfLogits.SortByClass();
    }

    /// <summary>
    /// From the block of rows on in which a score is no logit, losses are those of the probabilities: the same up to rounding before
    /// it.
    /// </summary>
    protected override EvaluatedBlock LossesOf(ScoredBlock rows, BinaryBlock block)
    {
        Heed(block);
        return UsesLogits ? block.OfLogits : block.OfProbabilities;
    }

    private void Heed(BinaryBlock block) => Volatile.Write(ref _disagreement, _disagreement ?? block.Disagreement);

    private void EvaluateProbabilities(ScoredBlock rows, EvaluatedBlock block)
    {
        if (block.TakeAll(rows) && Evaluate(rows, block, BinaryScoredRows.Probability, _floorOfProbabilities))
            return;
        _badRows.TakeGood(rows, block, _check);
        _ = Evaluate(rows, block, BinaryScoredRows.Probability, _floorOfProbabilities);
    }

    private void EvaluateLogits(ScoredBlock rows, BinaryBlock both)
    {
        var block = both.OfLogits;
        // Where there are probabilities it is they that make a row good or bad.
        var mayBeGood = !_hasProbability || both.OfProbabilities.Count == rows.Count;
        if (!mayBeGood || !block.TakeAll(rows) || !(Evaluate(rows, block, BinaryScoredRows.RawScore, _floorOfLogits) || _hasProbability))
        {
            _badRows.TakeGood(rows, block, _check);
            _ = Evaluate(rows, block, BinaryScoredRows.RawScore, _floorOfLogits);
        }
        for (var row = 0; _hasProbability && row < block.Count; row++)
        {
            ReadOnlySpan<float> scores = rows.Scores(block.Sources[row]);
            (var probability, var score) = (scores[BinaryScoredRows.Probability], scores[BinaryScoredRows.RawScore]);
            if (!BinaryScores.IsSigmoid(probability, ForecastKey.Probability(block.Forecasts[row])))
            {
                both.Disagreement = FormattableString.Invariant(
                    $"row {block.PositionOf(row)}: score {score} is not the logit of probability {probability}");
                block.Clear();
            }
        }
    }

    private static bool Evaluate(ScoredBlock rows, EvaluatedBlock block, int slot, LossFloor floor)
    {
        for (var row = 0; row < block.Count; row++)
        {
            if (block.Labels[row] < 0)
                BinaryScores.SetLabel(block, row, rows.Target(block.Sources[row])[1]);
        }
        return BinaryScores.Evaluate(rows, block, slot, floor);
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

/// <summary>A binary model's rows evaluated by their probabilities and, as long as the raw scores may be their logits, by those.</summary>
internal sealed class BinaryBlock(ScoredBlock rows)
{
    public EvaluatedBlock OfProbabilities { get; } = EvaluatedBlock.OfBinary(rows);

    public EvaluatedBlock OfLogits { get; } = EvaluatedBlock.OfBinary(rows);

    /// <summary>Why the raw scores are no logits of the probabilities; null where every row agrees.</summary>
    public string? Disagreement { get; set; }
}
