using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Streams (labels, scores, weight) of a multi-label model out of a data view. A block's targets hold the share of yes for
/// each label, 0 or 1 as a rule, and NaN where there is no answer; its row label is <see cref="ScoreClasses.Soft"/>.
/// </summary>
internal sealed class MultiLabelRows : ScoredRowReader
{
    /// <summary>As for ML.NET's binary models, a score that has a column of this name beside it is a logit.</summary>
    public const string Probability = "Probability";

    private readonly ScoreClasses _labels;
    private readonly VectorLabel _answers;
    private readonly ValueGetter<VBuffer<float>> _scores;
    private VBuffer<float> _buffer;

    private MultiLabelRows(Source source, ScoreClasses labels, DataViewSchema.Column label, DataViewSchema.Column score)
        : base(source)
    {
        HasProbabilities = score.Name != Probability
            && source.Data.Schema.GetColumnOrNull(Probability) is { } probability && probability.Type.Equals(score.Type);
        _labels = labels;
        _answers = new(source.Cursor, label, labels);
        _scores = ColumnValues.Vector<float>(source.Cursor, score);
    }

    public override string[] ClassNames => _labels.Names;

    public override bool HasProbabilities { get; }

    // Slot numbers match themselves.
    public override bool ClassesAreNamed => true;

    public static MultiLabelRows Open(IDataView data, ScoredColumns columns)
    {
        var label = ColumnValues.Require(data.Schema, columns.Label, "label");
        var score = ColumnValues.Require(data.Schema, columns.Score!, "score");
        if (score.Type is not VectorDataViewType { Size: > 0 and var count } scores || scores.ItemType != NumberDataViewType.Single)
            throw ColumnErrors.WrongType(score.Name, "score", score.Type, "a vector of Single of known length, one score a label,");
        if (label.Type is not VectorDataViewType answers || answers.Size != count
            || !(answers.ItemType is BooleanDataViewType || answers.ItemType == NumberDataViewType.Single))
            throw ColumnErrors.WrongType(label.Name, "label", label.Type, $"a vector of {count} Booleans or Singles, one a score,");
        var labels = ScoreClasses.Of(score, count, columns.ClassNames);
        return Open(data, columns, [label, score], source => new MultiLabelRows(source, labels, label, score));
    }

    public override ScoredBlock NewBlock() => NewBlock(_labels.Count, hasSoftLabels: true);

    protected override void ReadRow(ScoredBlock block, int row)
    {
        _answers.ReadAnswers();
        block.Labels[row] = ScoreClasses.Soft;
        var target = block.Target(row);
        for (var k = 0; k < target.Length; k++)
            target[k] = _answers.Values[k];
        _scores(ref _buffer);
        _buffer.CopyTo(block.Scores(row));
    }
}
