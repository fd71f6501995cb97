using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>
/// The rows of a binary model. As long as every row's score is its probability's logit, losses come from the score; from the block of rows on in
/// which one is not, they come from the probability. (A row's loss is the same by either, up to rounding, as long as they agree.)
/// </summary>
internal sealed class BinaryModelRows : ModelRows
{
    private readonly BinaryScoredRows _rows;
    private readonly BinaryEvaluationOptions _options;
    private readonly BinaryEvaluator _evaluator;
    private readonly BinaryBlock _block;
    private bool _fromLogits;
    private string? _disagreement;

    private BinaryModelRows(string name, BinaryScoredRows rows, ScoredBlock firstBlock, BinaryEvaluationOptions options)
        : base(name, rows, firstBlock, options)
    {
        (_rows, _options) = (rows, options);
        _evaluator = new(rows, (BinaryEvaluationOptions)options.LossesOnly());
        _block = _evaluator.NewBlock();
        _fromLogits = options.ScoreColumnName is not null;
    }

    public override string[] ClassNames => _rows.Classes.Names;

    public override bool ClassesAreNamed => _rows.Classes.AreNamed;

    protected override string ScoresUsed =>
        _disagreement is not null ? $"column '{_options.ProbabilityColumnName}' ({_disagreement})"
        : _fromLogits ? $"column '{_options.ScoreColumnName}' as logit"
        : $"column '{_options.ProbabilityColumnName}'";

    public static BinaryModelRows Open(string name, IDataView data, BinaryEvaluationOptions options)
    {
        BinaryScoredRows rows = BinaryScoredRows.Open(data, options.Columns);
        return Open<BinaryModelRows>(rows, () =>
        {
            var block = rows.NewBlock();
            _ = rows.Read(block);
            return new(name, rows, block, options);
        });
    }

    protected override bool Read(ScoredBlock block) => _rows.Read(block);

    protected override (EvaluatedBlock Rows, double[] Losses, double[] ClippedLosses, double[] Hits) Judge(ScoredBlock block)
    {
        _evaluator.Judge(block, _block);
        if (_fromLogits && _block.Disagreement is { } disagreement)
            (_fromLogits, _disagreement) = (false, disagreement);
        var judged = _fromLogits ? _block.OfLogits : _block.OfProbabilities;
        return (judged, judged.Losses, judged.ClippedLosses, judged.Hits);
    }
}
