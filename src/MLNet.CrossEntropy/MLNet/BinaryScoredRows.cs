using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// Streams (label, probability, raw score, weight) of a binary model out of a data view. In a block's two slots stand
/// the probability, then the raw score; NaN where there is no such column.
/// </summary>
internal sealed class BinaryScoredRows : ScoredRowReader
{
    public const int Probability = 0;
    public const int RawScore = 1;

    private readonly Func<int>? _hardLabel;
    private readonly Func<double>? _share;
    private readonly ValueGetter<float>? _probability;
    private readonly ValueGetter<float>? _score;

    private BinaryScoredRows(Source source, DataViewSchema.Column label, DataViewSchema.Column? probability, DataViewSchema.Column? score)
        : base(source)
    {
        Classes = ScoreClasses.OfBinary(label);
        if (label.Type is NumberDataViewType)
            _share = ColumnValues.Number(source.Cursor, label, "label");
        else
            _hardLabel = Classes.LabelGetter(source.Cursor, label);
        _probability = probability is { } p ? Single(source.Cursor, p, "probability") : null;
        _score = score is { } s ? Single(source.Cursor, s, "score") : null;
    }

    public ScoreClasses Classes { get; }

    public override string[] ClassNames => Classes.Names;

    public override bool ClassesAreNamed => Classes.AreNamed;

    public static BinaryScoredRows Open(IDataView data, ScoredColumns columns)
    {
        var label = ColumnValues.Require(data.Schema, columns.Label, "label");
        var score = ColumnValues.Optional(data.Schema, columns.Score, "score");
        if (score is { Type: VectorDataViewType } scores)
            throw NotSingle(scores, "score");
        if (score is not null && columns.Probability is { } name && data.Schema.GetColumnOrNull(name) is null)
            throw ColumnErrors.NoProbabilityColumn(name, score.Value.Name);
        var probability = ColumnValues.Optional(data.Schema, columns.Probability, "probability");
        return probability is null && score is null
            ? throw ColumnErrors.NoScoreColumn()
            : Open(data, columns, [label, probability, score], source => new BinaryScoredRows(source, label, probability, score));
    }

    public override ScoredBlock NewBlock() => NewBlock(width: 2, hasSoftLabels: true);

    protected override void ReadRow(ScoredBlock block, int row)
    {
        block.Labels[row] = _hardLabel?.Invoke() ?? ReadShare(block.Target(row));
        var slots = block.Scores(row);
        slots.Fill(float.NaN);
        _probability?.Invoke(ref slots[Probability]);
        _score?.Invoke(ref slots[RawScore]);
    }

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

    private static ValueGetter<float> Single(DataViewRowCursor cursor, DataViewSchema.Column column, string role)
        => column.Type == NumberDataViewType.Single
            ? cursor.GetGetter<float>(column)
            : throw NotSingle(column, role);

    private static ArgumentException NotSingle(DataViewSchema.Column column, string role) => ColumnErrors.WrongType(
        column.Name, role, column.Type, "a Single (for a vector of scores: MulticlassClassification.EvaluateCrossEntropy)");
}
