using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>The rows of a multiclass model.</summary>
internal sealed class MulticlassModelRows : ModelRows
{
    private readonly ScoredRows _rows;
    private readonly MulticlassEvaluator _evaluator;
    private readonly EvaluatedBlock _block;

    private MulticlassModelRows(string name, ScoredRows rows, ScoredBlock firstBlock, MulticlassEvaluationOptions options)
        : base(name, rows, firstBlock, options)
    {
        var kind = MulticlassEvaluator.KindOf(firstBlock, options);
        _rows = rows;
        _evaluator = new(rows, (MulticlassEvaluationOptions)options.LossesOnly(), kind);
        _block = _evaluator.NewBlock();
        ScoresUsed = MulticlassEvaluator.Describe(options, kind);
    }

    public override string[] ClassNames => _rows.Classes.Names;

    public override bool ClassesAreNamed => _rows.Classes.AreNamed;

    protected override string ScoresUsed { get; }

    public static MulticlassModelRows Open(string name, IDataView data, MulticlassEvaluationOptions options)
    {
        ScoredRows rows = ScoredRows.Open(data, options.Columns);
        return Open<MulticlassModelRows>(rows, () =>
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
        return (_block, _block.Losses, _block.ClippedLosses, _block.Hits);
    }
}
