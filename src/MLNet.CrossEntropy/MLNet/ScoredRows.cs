using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Streams (label, scores, weight) of a multiclass model out of a data view.</summary>
internal sealed class ScoredRows : ScoredRowReader
{
    private readonly Func<int>? _hardLabel;
    private readonly VectorLabel? _softLabel;
    private readonly bool _weightBySoftLabelSum;
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _scores;
    private VBuffer<float> _buffer;

    private ScoredRows(
        Source source, ScoreClasses classes, DataViewSchema.Column label, DataViewSchema.Column score, bool weightBySoftLabelSum)
        : base(source)
    {
        _cursor = source.Cursor;
        Classes = classes;
        if (label.Type is not VectorDataViewType vector)
            _hardLabel = classes.LabelGetter(_cursor, label);
        else if (vector.ItemType == NumberDataViewType.Single && vector.Size == classes.Count)
            _softLabel = new(_cursor, label, classes);
        else
            throw ColumnErrors.WrongType(label.Name, "label", label.Type, $"a vector of {classes.Count} Singles, one share a class,");
        _weightBySoftLabelSum = weightBySoftLabelSum;
        _scores = ColumnValues.Vector<float>(_cursor, score);
    }

    public ScoreClasses Classes { get; }

    public override string[] ClassNames => Classes.Names;

    public override bool ClassesAreNamed => Classes.AreNamed;

    public static ScoredRows Open(IDataView data, ScoredColumns columns)
    {
        var label = ColumnValues.Require(data.Schema, columns.Label, "label");
        var score = ColumnValues.Require(data.Schema, columns.Score!, "score");
        if (score.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var item }, Size: > 0 and var count }
            || item != typeof(float))
            throw ColumnErrors.WrongType(score.Name, "score", score.Type, "a vector of Single of known length, one score a class (for "
                + "a binary model's single score: BinaryClassification.EvaluateCrossEntropy),");
        var classes = ScoreClasses.Of(score, count, columns.ClassNames);
        return Open(data, columns, [label, score], source => new ScoredRows(source, classes, label, score, columns.WeightBySoftLabelSum));
    }

    public override ScoredBlock NewBlock() => NewBlock(Classes.Count, hasSoftLabels: _softLabel is not null);

    protected override void ReadRow(ScoredBlock block, int row)
    {
        block.Labels[row] = _hardLabel is not null ? _hardLabel() : ReadSoftLabel(block, row);
        _scores(ref _buffer);
        ReadOnlySpan<float> values = _buffer.GetValues();
        if (values.Length == block.Width)
            Copy(values, block.Scores(row));
        else
            _buffer.CopyTo(block.Scores(row));
    }

    /// <summary>Copies a row, mostly a short one: for that a call of the runtime's copying takes longer than the copying.</summary>
    private static void Copy(ReadOnlySpan<float> from, Span<float> to)
    {
        var k = 0;
        for (; k <= from.Length - Vector<float>.Count; k += Vector<float>.Count)
            new Vector<float>(from[k..]).CopyTo(to[k..]);
        for (; k < from.Length; k++)
            to[k] = from[k];
    }

    private int ReadSoftLabel(ScoredBlock block, int row)
    {
        var kind = _softLabel!.ReadShares(out var sum);
        if (kind == ScoreClasses.Missing)
            return kind;
        var target = block.Target(row);
        for (var k = 0; k < target.Length; k++)
            target[k] = _softLabel.Values[k] / sum;
        if (_weightBySoftLabelSum)
            block.Weights[row] *= sum;
        return kind;
    }
}
