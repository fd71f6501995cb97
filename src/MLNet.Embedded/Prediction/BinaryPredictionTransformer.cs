using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

/// <summary>Adds the predicted label, the score and, of a calibrated model, the probability.</summary>
public sealed class BinaryPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel>
    where TModel : class
{
    // Extensions of ML.NET read these by these very names.
    internal readonly string ThresholdColumn;
    internal readonly float Threshold;

    private readonly IBinaryModel _model;

    internal BinaryPredictionTransformer(
        IHostEnvironment env,
        TModel model,
        DataViewSchema inputSchema,
        string featureColumn,
        float threshold = 0f,
        string thresholdColumn = ScoreAnnotations.Score)
        : base(model, inputSchema, featureColumn)
    {
        ArgumentNullException.ThrowIfNull(env);
        _model = model as IBinaryModel
            ?? throw new NotSupportedException($"The embedded ML.NET host has no binary predictions of a {model.GetType()}.");
        Check.NonEmpty(thresholdColumn);
        Threshold = threshold;
        ThresholdColumn = thresholdColumn;
        // Only to throw now if the training data's features do not suit the model.
        _ = GetOutputSchema(inputSchema);
    }

    private protected override RowMapper MakeRowMapper(DataViewSchema inputSchema, DataViewSchema.Column features)
        => new BinaryPredictionMapper(inputSchema, features, _model, Threshold, ThresholdColumn);

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = BeginSave(ctx, ModelKinds.BinaryPrediction);
        writer.Write(Threshold);
        writer.Write(ThresholdColumn);
    }
}
