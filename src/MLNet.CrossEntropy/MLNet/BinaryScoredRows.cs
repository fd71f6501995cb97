using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Streams (label, probability, raw score, weight) of a binary model out of a data view. In a block's two slots stand
/// the probability, then the raw score; NaN where there is no such column.
/// </summary>
internal sealed class BinaryScoredRows : IScoredRows
{
    public const int Probability = 0;
    public const int RawScore = 1;

    private readonly DataViewRowCursor _cursor;
    private readonly Func<int>? _hardLabel;
    private readonly Func<double>? _share;
    private readonly ValueGetter<float>? _probability;
    private readonly ValueGetter<float>? _score;
    private readonly Func<double>? _weight;
    private readonly Func<string?>? _id;

    private BinaryScoredRows(DataViewRowCursor cursor, DataViewSchema.Column label, DataViewSchema.Column? probability, DataViewSchema.Column? score, DataViewSchema.Column? weight, DataViewSchema.Column? id)
    {
        _cursor = cursor;
        Classes = ScoreClasses.OfBinary(label);
        if (label.Type is NumberDataViewType)
            _share = ColumnValues.Number(cursor, label, "label");
        else
            _hardLabel = Classes.LabelGetter(cursor, label);
        _probability = probability is { } p ? Single(p, "probability") : null;
        _score = score is { } s ? Single(s, "score") : null;
        _weight = weight is { } w ? ColumnValues.Number(cursor, w, "example weight") : null;
        _id = id is { } i ? ColumnValues.Name(cursor, i, "id") : null;
    }

    public ScoreClasses Classes { get; }

    public string[] ClassNames => Classes.Names;

    public bool ClassesAreNamed => Classes.AreNamed;

    public static BinaryScoredRows Open(IDataView data, ScoredColumns columns)
    {
        var label = ColumnValues.Require(data.Schema, columns.Label, "label");
        var probability = ColumnValues.Optional(data.Schema, columns.Probability, "probability");
        var score = ColumnValues.Optional(data.Schema, columns.Score, "score");
        var weight = ColumnValues.Optional(data.Schema, columns.Weight, "example weight");
        var id = ColumnValues.Optional(data.Schema, columns.Id, "id");
        if (probability is null && score is null)
            throw Throw.NoScoreColumn();

        var cursor = ColumnValues.OpenCursor(data, [label, probability, score, weight, id]);
        try
        {
            return new(cursor, label, probability, score, weight, id);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    /// <summary>A block for this reader's rows.</summary>
    public ScoredBlock NewBlock() => new(width: 2, hasSoftLabels: true, hasIds: _id is not null);

    /// <summary>Fills the block with the next rows; false when none was left.</summary>
    public bool Read(ScoredBlock block)
    {
        block.Count = 0;
        while (block.Count < block.Capacity && _cursor.MoveNext())
        {
            var row = block.Count++;
            if (row == 0)
                block.FirstRow = _cursor.Position;
            block.Labels[row] = _hardLabel?.Invoke() ?? ReadShare(block.Target(row));
            block.Weights[row] = _weight?.Invoke() ?? 1;
            if (_id is not null)
                block.Ids[row] = _id();
            var slots = block.Scores(row);
            slots.Fill(float.NaN);
            _probability?.Invoke(ref slots[Probability]);
            _score?.Invoke(ref slots[RawScore]);
        }
        return block.Count > 0;
    }

    public void Dispose() => _cursor.Dispose();

    /// <summary>A number is the share of the positive class: 0 and 1 are hard labels, anything between is a soft one.</summary>
    private int ReadShare(Span<double> target)
    {
        var share = _share!();
        (target[0], target[1]) = (1 - share, share);
        return share switch
        {
            0 => 0,
            1 => 1,
            > 0 and < 1 => ScoreClasses.Soft,
            double.NaN => ScoreClasses.Missing,
            _ => ScoreClasses.Unknown,
        };
    }

    private ValueGetter<float> Single(DataViewSchema.Column column, string role)
    {
        if (column.Type != NumberDataViewType.Single)
            throw Throw.WrongColumnType(column.Name, role, column.Type, "a Single (for a vector of scores: MulticlassClassification.EvaluateCrossEntropy)");
        return _cursor.GetGetter<float>(column);
    }
}
