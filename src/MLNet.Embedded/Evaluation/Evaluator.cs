using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

/// <summary>Reads scored rows into the sums of metrics.</summary>
internal static class Evaluator
{
    public static MulticlassClassificationMetrics EvaluateMulticlass(IDataView data, string labelName, string scoreName, string predictedLabelName, int topK)
    {
        DataViewSchema.Column label = Find(data, labelName, "Label"), score = Find(data, scoreName, "Score");
        _ = Find(data, predictedLabelName, "PredictedLabel");
        if (score.Type is not VectorDataViewType { ItemType: NumberDataViewType item, Size: >= 2 } scoreType || item != NumberDataViewType.Single)
            throw Check.ColumnMismatch("schema", "score", scoreName, "vector of two or more items of type Single", score.Type.ToString());
        if (label.Type != NumberDataViewType.Single && label.Type is not KeyDataViewType)
            throw Check.ColumnMismatch("schema", "label", labelName, "Single or Key", label.Type.ToString());

        var counts = new MulticlassCounts(scoreType.Size);
        using DataViewRowCursor cursor = data.GetRowCursor([label, score]);
        ValueGetter<float> getLabel = LabelGetter.Make(cursor, label);
        ValueGetter<VBuffer<float>> getScores = cursor.GetGetter<VBuffer<float>>(score);
        float actual = 0;
        VBuffer<float> scores = default;
        var dense = new float[scoreType.Size];
        while (cursor.MoveNext())
        {
            getLabel(ref actual);
            getScores(ref scores);
            scores.CopyTo(dense);
            counts.Add(actual, dense);
        }

        return new MulticlassClassificationMetrics(counts, topK > 0 ? topK : null, ClassNames(score, scoreType.Size));
    }

    /// <summary>The sums of a binary evaluation; without a column of probabilities these are NaN.</summary>
    public static BinaryCounts CountBinary(IDataView data, string labelName, string scoreName, string probabilityName, string predictedLabelName)
    {
        DataViewSchema.Column label = Find(data, labelName, "Label"), score = Find(data, scoreName, "Score");
        _ = Find(data, predictedLabelName, "PredictedLabel");
        DataViewSchema.Column? probability = probabilityName == null ? null : Find(data, probabilityName, "Probability");
        if (score.Type != NumberDataViewType.Single)
            throw Check.ColumnMismatch("schema", "score", scoreName, "Single", score.Type.ToString());
        if (label.Type != NumberDataViewType.Single && label.Type != NumberDataViewType.Double && label.Type is not BooleanDataViewType && label.Type.GetKeyCount() != 2)
            throw Check.ColumnMismatch("schema", "label", labelName, "Single, Double, Boolean, or a Key with cardinality 2", label.Type.ToString());
        if (probability is { } column && column.Type != NumberDataViewType.Single)
            throw Check.ColumnMismatch("schema", "probability", probabilityName, "Single", column.Type.ToString());

        var counts = new BinaryCounts();
        using DataViewRowCursor cursor = data.GetRowCursor(probability is { } needed ? [label, score, needed] : [label, score]);
        ValueGetter<float> getLabel = LabelGetter.Make(cursor, label), getScore = cursor.GetGetter<float>(score);
        ValueGetter<float> getProbability = probability is { } source ? cursor.GetGetter<float>(source) : (ref float value) => value = float.NaN;
        float actual = 0, scored = 0, probable = 0;
        while (cursor.MoveNext())
        {
            getLabel(ref actual);
            getScore(ref scored);
            getProbability(ref probable);
            counts.Add(actual, scored, probable);
        }

        return counts;
    }

    /// <summary>The names of the two classes, positive first; ML.NET takes a key label's names in their own order.</summary>
    public static string[] BinaryClassNames(IDataView data, string labelName)
    {
        DataViewSchema.Column label = data.Schema[labelName];
        if (!label.HasKeyValues())
            return ["positive", "negative"];
        VBuffer<ReadOnlyMemory<char>> names = default;
        label.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static string[] ClassNames(DataViewSchema.Column score, int classes)
    {
        if (!score.HasSlotNames())
            return [.. Enumerable.Range(0, classes).Select(c => $"{c}")];
        VBuffer<ReadOnlyMemory<char>> names = default;
        score.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static DataViewSchema.Column Find(IDataView data, string name, string role)
        => FindIn(data.Schema, name, role);

    // ML.NET names the column and quotes its role.
    private static DataViewSchema.Column FindIn(DataViewSchema schema, string name, string role)
        => schema.GetColumnOrNull(name) ?? throw new ArgumentOutOfRangeException(nameof(schema), $"{name} column '{role}' not found");
}
