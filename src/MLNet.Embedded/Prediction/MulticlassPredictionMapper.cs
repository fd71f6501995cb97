using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

/// <summary>The columns of a multiclass prediction: the first class of the greatest score as a key, and the scores.</summary>
internal sealed class MulticlassPredictionMapper : RowMapper
{
    private const int PredictedLabelOutput = 0;
    private const int ScoreOutput = 1;

    private readonly DataViewSchema.Column _features;
    private readonly IMulticlassModel _model;

    public MulticlassPredictionMapper(
        DataViewSchema inputSchema,
        DataViewSchema.Column features,
        IMulticlassModel model,
        string scoreName,
        string predictedLabelName,
        DataViewSchema.Column? namedLabel)
        : base(inputSchema)
    {
        var expected = new VectorDataViewType(NumberDataViewType.Single, model.FeatureCount);
        if (features.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector || item != expected.ItemType || vector.Size != expected.Size)
            throw Check.ColumnMismatch("schema", "feature", features.Name, expected.ToString(), features.Type.ToString());
        _features = features;
        _model = model;
        uint setId = ScoreAnnotations.NextSetId(inputSchema);
        OutputColumns =
        [
            new(predictedLabelName, new KeyDataViewType(typeof(uint), model.ClassCount), PredictedLabelAnnotations(setId, namedLabel)),
            new(scoreName, new VectorDataViewType(NumberDataViewType.Single, model.ClassCount), AnnotationsOfScore(setId, namedLabel)),
        ];
    }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

    internal override IEnumerable<int> GetDependencies(int output) => [_features.Index];

    internal override Delegate CreateGetter(DataViewRow input, int output) => CreateGetters(input, i => i == output)[output];

    internal override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> isActive)
    {
        var getters = new Delegate[OutputColumns.Count];
        if (!isActive(PredictedLabelOutput) && !isActive(ScoreOutput))
            return getters;
        // Both columns are asked for at each row; the model runs once.
        ValueGetter<VBuffer<float>> getFeatures = input.GetGetter<VBuffer<float>>(_features);
        VBuffer<float> features = default;
        var scores = new float[_model.ClassCount];
        long scoredPosition = -1;
        void EnsureScored()
        {
            if (scoredPosition == input.Position)
                return;
            getFeatures(ref features);
            _model.Predict(features, scores);
            scoredPosition = input.Position;
        }

        getters[PredictedLabelOutput] = (ValueGetter<uint>)((ref uint key) =>
        {
            EnsureScored();
            key = KeyOfGreatest(scores);
        });
        getters[ScoreOutput] = (ValueGetter<VBuffer<float>>)((ref VBuffer<float> destination) =>
        {
            EnsureScored();
            VBufferEditor<float> editor = VBufferEditor.Create(ref destination, scores.Length);
            scores.CopyTo(editor.Values);
            destination = editor.Commit();
        });
        return getters;
    }

    /// <summary>One more than the first index of the greatest score; 0, missing, when all are NaN.</summary>
    private static uint KeyOfGreatest(ReadOnlySpan<float> scores)
    {
        uint key = 0;
        float greatest = float.NegativeInfinity;
        for (int i = scores.Length - 1; i >= 0; i--)
        {
            if (greatest <= scores[i])
                (key, greatest) = ((uint)i + 1, scores[i]);
        }

        return key;
    }

    private static DataViewSchema.Annotations PredictedLabelAnnotations(uint setId, DataViewSchema.Column? namedLabel)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddText(AnnotationKinds.ScoreColumnKind, ScoreAnnotations.Multiclass);
        builder.AddText(AnnotationKinds.ScoreValueKind, ScoreAnnotations.PredictedLabel);
        if (namedLabel is { } label)
            builder.AddCopy(AnnotationKinds.KeyValues, label, AnnotationKinds.KeyValues);
        builder.AddSetId(setId);
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations AnnotationsOfScore(uint setId, DataViewSchema.Column? namedLabel)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddText(AnnotationKinds.ScoreColumnKind, ScoreAnnotations.Multiclass);
        builder.AddSetId(setId);
        builder.AddText(AnnotationKinds.ScoreValueKind, ScoreAnnotations.Score);
        if (namedLabel is { } label)
        {
            builder.AddCopy(AnnotationKinds.TrainingLabelValues, label, AnnotationKinds.KeyValues);
            if (label.Annotations.Schema[AnnotationKinds.KeyValues].Type.GetItemType() is TextDataViewType)
                builder.AddCopy(AnnotationKinds.SlotNames, label, AnnotationKinds.KeyValues);
        }

        return builder.ToAnnotations();
    }
}
