using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>Streams (label, scores, weight) out of a data view, block after block, in one pass.</summary>
internal sealed class ScoredRows : IScoredRows
{
    private readonly DataViewRowCursor _cursor;
    private readonly Func<int>? _hardLabel;
    private readonly SoftLabelReader? _softLabel;
    private readonly bool _weightBySoftLabelSum;
    private readonly ValueGetter<VBuffer<float>> _scores;
    private readonly Func<double>? _weight;
    private readonly Func<string?>? _id;
    private readonly string _scoreColumnName;
    private VBuffer<float> _buffer;

    private ScoredRows(DataViewRowCursor cursor, ScoreClasses classes, DataViewSchema.Column label, DataViewSchema.Column score, DataViewSchema.Column? weight, DataViewSchema.Column? id, bool weightBySoftLabelSum)
    {
        _cursor = cursor;
        Classes = classes;
        if (label.Type is VectorDataViewType)
            _softLabel = new(cursor, label, classes);
        else
            _hardLabel = classes.LabelGetter(cursor, label);
        _weightBySoftLabelSum = weightBySoftLabelSum;
        _scores = cursor.GetGetter<VBuffer<float>>(score);
        _scoreColumnName = score.Name;
        _weight = weight is { } w ? ColumnValues.Number(cursor, w, "example weight") : null;
        _id = id is { } i ? ColumnValues.Name(cursor, i, "id") : null;
    }

    public ScoreClasses Classes { get; }

    public string[] ClassNames => Classes.Names;

    public bool ClassesAreNamed => Classes.AreNamed;

    public static ScoredRows Open(IDataView data, ScoredColumns columns)
    {
        var label = ColumnValues.Require(data.Schema, columns.Label, "label");
        var score = ColumnValues.Require(data.Schema, columns.Score!, "score");
        var weight = ColumnValues.Optional(data.Schema, columns.Weight, "example weight");
        var id = ColumnValues.Optional(data.Schema, columns.Id, "id");
        if (score.Type is not VectorDataViewType { ItemType: NumberDataViewType { RawType: var item }, Size: > 0 and var count } || item != typeof(float))
            throw Throw.WrongColumnType(score.Name, "score", score.Type, "a vector of Single of known length, one score a class (for a binary model's single score: BinaryClassification.EvaluateCrossEntropy),");

        ScoreClasses classes = ScoreClasses.Of(score, count, label, columns.ClassNames);
        var cursor = ColumnValues.OpenCursor(data, [label, score, weight, id]);
        try
        {
            return new(cursor, classes, label, score, weight, id, columns.WeightBySoftLabelSum);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    /// <summary>A block for this reader's rows.</summary>
    public ScoredBlock NewBlock() => new(Classes.Count, hasSoftLabels: _softLabel is not null, hasIds: _id is not null);

    /// <summary>Fills the block with the next rows; false when none was left.</summary>
    public bool Read(ScoredBlock block)
    {
        block.Count = 0;
        while (block.Count < block.Capacity && _cursor.MoveNext())
        {
            var row = block.Count++;
            if (row == 0)
                block.FirstRow = _cursor.Position;
            block.Weights[row] = _weight?.Invoke() ?? 1;
            if (_id is not null)
                block.Ids[row] = _id();
            block.Labels[row] = _hardLabel?.Invoke() ?? ReadSoftLabel(block, row);
            _scores(ref _buffer);
            if (_buffer.Length != block.Width)
                throw Throw.WrongScoreCount(_cursor.Position, _buffer.Length, _scoreColumnName, block.Width);
            if (_buffer.IsDense)
                Copy(_buffer.GetValues(), block.Scores(row));
            else
                _buffer.CopyTo(block.Scores(row));
        }
        return block.Count > 0;
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

    public void Dispose() => _cursor.Dispose();

    private int ReadSoftLabel(ScoredBlock block, int row)
    {
        var sum = _softLabel!.Read(block.Target(row));
        if (_weightBySoftLabelSum && sum > 0)
            block.Weights[row] *= sum;
        return sum > 0 ? ScoreClasses.Soft : ScoreClasses.Missing;
    }
}
