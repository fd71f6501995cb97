using Microsoft.ML.Calibrators;
using Microsoft.ML.Trainers;

namespace Microsoft.ML.Data;

/// <summary>Reads prediction transformers back from model files, each with the type parameter that training gives it.</summary>
internal static class PredictionTransformers
{
    public static ITransformer LoadMulticlass(ModelLoadContext ctx)
    {
        BinaryReader reader = ctx.Reader;
        DataViewSchema schema = reader.ReadSchema();
        string features = reader.ReadString(), label = reader.ReadString(), score = reader.ReadString(), predictedLabel = reader.ReadString();
        return ctx.LoadModel<IMulticlassModel>("Model") switch
        {
            MaximumEntropyModelParameters model => Make(model),
            LinearMulticlassModelParameters model => Make(model),
            var model => throw new FormatException($"The model file has a multiclass prediction by a {model.GetType()}, which this host cannot load."),
        };

        MulticlassPredictionTransformer<TModel> Make<TModel>(TModel model)
            where TModel : class
            => new(ctx.Environment, model, schema, features, label.Length == 0 ? null : label, score, predictedLabel);
    }

    public static ITransformer LoadBinary(ModelLoadContext ctx)
    {
        BinaryReader reader = ctx.Reader;
        DataViewSchema schema = reader.ReadSchema();
        string features = reader.ReadString();
        float threshold = reader.ReadSingle();
        string thresholdColumn = reader.ReadString();
        return ctx.LoadModel<IBinaryModel>("Model") switch
        {
            CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator> model => Make(model),
            LinearBinaryModelParameters model => Make(model),
            var model => throw new FormatException($"The model file has a binary prediction by a {model.GetType()}, which this host cannot load."),
        };

        BinaryPredictionTransformer<TModel> Make<TModel>(TModel model)
            where TModel : class
            => new(ctx.Environment, model, schema, features, threshold, thresholdColumn);
    }
}
