using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

/// <summary>Adds the predicted key, then the score of each class.</summary>
public sealed class MulticlassPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel>
    where TModel : class
{
    private readonly IMulticlassModel _model;

    // Extensions of ML.NET read these by these very names.
    private readonly string _trainLabelColumn;
    private readonly string _scoreColumn;
    private readonly string _predictedLabelColumn;

    internal MulticlassPredictionTransformer(
        IHostEnvironment env,
        TModel model,
        DataViewSchema inputSchema,
        string featureColumn,
        string labelColumn,
        string scoreColumn = ScoreAnnotations.Score,
        string predictedLabel = ScoreAnnotations.PredictedLabel)
        : base(model, inputSchema, featureColumn)
    {
        ArgumentNullException.ThrowIfNull(env);
        _model = model as IMulticlassModel
            ?? throw new NotSupportedException($"The embedded ML.NET host has no multiclass predictions of a {model.GetType()}.");
        Check.Param(scoreColumn == ScoreAnnotations.Score, "scoreColName", scoreColumn, $"must be '{ScoreAnnotations.Score}', the column that the model makes");
        _trainLabelColumn = labelColumn;
        _scoreColumn = scoreColumn;
        _predictedLabelColumn = predictedLabel;
        // Only to throw now if the training data's features do not suit the model.
        _ = GetOutputSchema(inputSchema);
    }

    private protected override RowMapper MakeRowMapper(DataViewSchema inputSchema, DataViewSchema.Column features)
        => new MulticlassPredictionMapper(inputSchema, features, _model, _scoreColumn, _predictedLabelColumn, LabelWithNames());

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = BeginSave(ctx, ModelKinds.MulticlassPrediction);
        writer.Write(_trainLabelColumn ?? "");
        writer.Write(_scoreColumn);
        writer.Write(_predictedLabelColumn);
    }

    /// <summary>The training label if it has a value for each class.</summary>
    private DataViewSchema.Column? LabelWithNames()
    {
        DataViewSchema.Column? label = string.IsNullOrEmpty(_trainLabelColumn) ? null : TrainSchema.GetColumnOrNull(_trainLabelColumn);
        return label?.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues)?.Type is VectorDataViewType values && values.Size == _model.ClassCount
            ? label
            : null;
    }
}
