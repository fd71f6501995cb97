using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Streams (labels, scores, weight) of a multi-label model out of a data view. A block's targets hold the share of yes for
/// each label, 0 or 1 as a rule; its row label is <see cref="ScoreClasses.Soft"/>, or missing or unknown where a share is
/// NaN or outside 0 to 1.
/// </summary>
internal sealed class MultiLabelRows : IScoredRows
{
    private readonly DataViewRowCursor _cursor;
    private readonly Action<Span<double>> _labels;
    private readonly ValueGetter<VBuffer<float>> _scores;
    private readonly Func<double>? _weight;
    private readonly Func<string?>? _id;
    private VBuffer<float> _buffer;

    private MultiLabelRows(DataViewRowCursor cursor, string[] names, DataViewSchema.Column label, DataViewSchema.Column score, DataViewSchema.Column? weight, DataViewSchema.Column? id)
    {
        _cursor = cursor;
        ClassNames = names;
        _labels = ((VectorDataViewType)label.Type).ItemType.RawType == typeof(bool)
            ? LabelGetter<bool>(label, static x => x ? 1 : 0)
            : LabelGetter<float>(label, static x => x);
        _scores = cursor.GetGetter<VBuffer<float>>(score);
        _weight = weight is { } w ? ColumnValues.Number(cursor, w, "example weight") : null;
        _id = id is { } i ? ColumnValues.Name(cursor, i, "id") : null;
    }

    public string[] ClassNames { get; }

    // Slot numbers match themselves.
    public bool ClassesAreNamed => true;

    public static MultiLabelRows Open(IDataView data, ScoredColumns columns)
    {
        var label = ColumnValues.Require(data.Schema, columns.Label, "label");
        var score = ColumnValues.Require(data.Schema, columns.Score!, "score");
        var weight = ColumnValues.Optional(data.Schema, columns.Weight, "example weight");
        var id = ColumnValues.Optional(data.Schema, columns.Id, "id");
        if (score.Type is not VectorDataViewType { Size: > 0 and var count } scores || scores.ItemType != NumberDataViewType.Single)
            throw Throw.WrongColumnType(score.Name, "score", score.Type, "a vector of Single of known length, one score a label,");
        if (label.Type is not VectorDataViewType labels || labels.Size != count || !(labels.ItemType is BooleanDataViewType || labels.ItemType == NumberDataViewType.Single))
            throw Throw.WrongColumnType(label.Name, "label", label.Type, $"a vector of {count} Booleans or Singles, one a score,");

        var names = columns.ClassNames is { } given
            ? given.Count == count ? [.. given] : throw Throw.WrongClassCount(given.Count, count, score.Name)
            : ColumnValues.AnnotationText(score, "SlotNames") ?? ColumnValues.AnnotationText(label, "SlotNames") ?? [.. Enumerable.Range(0, count).Select(i => $"{i}")];
        return new(ColumnValues.OpenCursor(data, [label, score, weight, id]), names, label, score, weight, id);
    }

    /// <summary>A block for this reader's rows.</summary>
    public ScoredBlock NewBlock() => new(ClassNames.Length, hasSoftLabels: true, hasIds: _id is not null);

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
            _labels(block.Target(row));
            block.Labels[row] = KindOf(block.Target(row));
            _scores(ref _buffer);
            _buffer.CopyTo(block.Scores(row));
        }
        return block.Count > 0;
    }

    public void Dispose() => _cursor.Dispose();

    private static int KindOf(ReadOnlySpan<double> target)
    {
        var kind = ScoreClasses.Soft;
        foreach (var share in target)
        {
            if (double.IsNaN(share))
                return ScoreClasses.Missing;
            if (share is < 0 or > 1)
                kind = ScoreClasses.Unknown;
        }
        return kind;
    }

    private Action<Span<double>> LabelGetter<T>(DataViewSchema.Column label, Func<T, double> convert)
    {
        var getter = _cursor.GetGetter<VBuffer<T>>(label);
        VBuffer<T> buffer = default;
        return target =>
        {
            getter(ref buffer);
            target.Clear();
            foreach ((var slot, var value) in buffer.Items())
                target[slot] = convert(value);
        };
    }
}
