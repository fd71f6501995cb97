using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>The rows of a multi-label model; a row's loss is its mean over the labels.</summary>
internal sealed class MultiLabelModelRows : ModelRows
{
    private readonly MultiLabelRows _rows;
    private readonly MultiLabelEvaluator _evaluator;
    private readonly MultiLabelBlock _block;
    private readonly double[] _hits;

    private MultiLabelModelRows(string name, DataViewSchema schema, MultiLabelRows rows, ScoredBlock firstBlock, MultiLabelEvaluationOptions options)
        : base(name, rows, firstBlock, options)
    {
        (var fromLogits, ScoresUsed) = MultiLabelEvaluator.KindOf(schema, firstBlock, options);
        _rows = rows;
        _evaluator = new(rows, (MultiLabelEvaluationOptions)options.LossesOnly(), fromLogits);
        _block = _evaluator.NewBlock();
        _hits = new double[firstBlock.Capacity];
    }

    public override string[] ClassNames => _rows.ClassNames;

    // Slot numbers match themselves.
    public override bool ClassesAreNamed => true;

    protected override string ScoresUsed { get; }

    public static MultiLabelModelRows Open(string name, IDataView data, MultiLabelEvaluationOptions options)
    {
        MultiLabelRows rows = MultiLabelRows.Open(data, options.Columns);
        try
        {
            var block = rows.NewBlock();
            _ = rows.Read(block);
            return new(name, data.Schema, rows, block, options);
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    protected override bool Read(ScoredBlock block) => _rows.Read(block);

    protected override (EvaluatedBlock Rows, double[] Losses, double[] ClippedLosses, double[] Hits) Judge(ScoredBlock block)
    {
        _evaluator.Judge(block, _block);
        for (var row = 0; row < _hits.Length; row++)
            _hits[row] = 1 - _block.Wrong[row];
        return (_block.OfLabel[0], _block.Losses, _block.ClippedLosses, _hits);
    }
}
