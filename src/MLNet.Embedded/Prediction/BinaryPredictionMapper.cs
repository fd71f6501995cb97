using Microsoft.ML.Calibrators;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

/// <summary>The columns of a binary prediction: whether score (or probability) exceeds a threshold, the score, the probability.</summary>
internal sealed class BinaryPredictionMapper : RowMapper
{
    private const int PredictedLabelOutput = 0;
    private const int ScoreOutput = 1;
    private const int ProbabilityOutput = 2;

    private readonly DataViewSchema.Column _features;
    private readonly IBinaryModel _model;
    private readonly float _threshold;
    private readonly bool _thresholdsProbability;

    public BinaryPredictionMapper(DataViewSchema inputSchema, DataViewSchema.Column features, IBinaryModel model, float threshold, string thresholdColumn)
        : base(inputSchema)
    {
        var expected = new VectorDataViewType(NumberDataViewType.Single, model.FeatureCount);
        if (features.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector || item != expected.ItemType || vector.Size != expected.Size)
            throw Check.ColumnMismatch("schema", "feature", features.Name, expected.ToString(), features.Type.ToString());
        _features = features;
        _model = model;
        _threshold = threshold;
        _thresholdsProbability = thresholdColumn == ScoreAnnotations.Probability && model.Calibrator != null;
        Check.Param(
            _thresholdsProbability || thresholdColumn == ScoreAnnotations.Score, "scoreColName", thresholdColumn, "must be a column that the model makes");
        uint setId = ScoreAnnotations.NextSetId(inputSchema);
        List<DataViewSchema.DetachedColumn> columns =
        [
            new(ScoreAnnotations.PredictedLabel, BooleanDataViewType.Instance, PredictedLabelAnnotations(setId)),
            new(ScoreAnnotations.Score, NumberDataViewType.Single, ValueAnnotations(setId, ScoreAnnotations.Score)),
        ];
        if (model.Calibrator != null)
            columns.Add(new(ScoreAnnotations.Probability, NumberDataViewType.Single, ValueAnnotations(setId, ScoreAnnotations.Probability)));
        OutputColumns = columns;
    }

    internal override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

    internal override IEnumerable<int> GetDependencies(int output) => [_features.Index];

    internal override Delegate CreateGetter(DataViewRow input, int output) => CreateGetters(input, i => i == output)[output];

    internal override Delegate[] CreateGetters(DataViewRow input, Func<int, bool> isActive)
    {
        var getters = new Delegate[OutputColumns.Count];
        if (!Enumerable.Range(0, getters.Length).Any(isActive))
            return getters;
        ValueGetter<VBuffer<float>> getFeatures = input.GetGetter<VBuffer<float>>(_features);
        ICalibrator calibrator = _model.Calibrator;
        VBuffer<float> features = default;
        float score = 0;
        long scoredPosition = -1;
        float Score()
        {
            if (scoredPosition == input.Position)
                return score;
            getFeatures(ref features);
            score = _model.Predict(features);
            scoredPosition = input.Position;
            return score;
        }

        getters[PredictedLabelOutput] = (ValueGetter<bool>)((ref bool label)
            => label = (_thresholdsProbability ? calibrator.PredictProbability(Score()) : Score()) > _threshold);
        getters[ScoreOutput] = (ValueGetter<float>)((ref float destination) => destination = Score());
        if (calibrator != null)
            getters[ProbabilityOutput] = (ValueGetter<float>)((ref float destination) => destination = calibrator.PredictProbability(Score()));
        return getters;
    }

    private static DataViewSchema.Annotations PredictedLabelAnnotations(uint setId)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddText(AnnotationKinds.ScoreColumnKind, ScoreAnnotations.Binary);
        builder.AddText(AnnotationKinds.ScoreValueKind, ScoreAnnotations.PredictedLabel);
        builder.AddSetId(setId);
        return builder.ToAnnotations();
    }

    private static DataViewSchema.Annotations ValueAnnotations(uint setId, string valueKind)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddText(AnnotationKinds.ScoreColumnKind, ScoreAnnotations.Binary);
        builder.AddSetId(setId);
        if (valueKind == ScoreAnnotations.Probability)
            builder.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
        builder.AddText(AnnotationKinds.ScoreValueKind, valueKind);
        return builder.ToAnnotations();
    }
}
