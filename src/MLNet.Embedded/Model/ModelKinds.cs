using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML;

/// <summary>The kinds of parts in an embedded model file, and how each is read back. One line for each class that saves itself.</summary>
internal static class ModelKinds
{
    internal const string Chain = "TransformerChain";
    internal const string BinaryPrediction = "BinaryPrediction";
    internal const string Calibrated = "Calibrated";
    internal const string Concatenate = "Concatenate";
    internal const string CopyColumns = "CopyColumns";
    internal const string CustomMapping = "CustomMapping";
    internal const string Expression = "Expression";
    internal const string ExtractPixels = "ExtractPixels";
    internal const string KeyToValue = "KeyToValue";
    internal const string LinearBinary = "LinearBinary";
    internal const string LinearMulticlass = "LinearMulticlass";
    internal const string LoadImages = "LoadImages";
    internal const string MaximumEntropy = "MaximumEntropy";
    internal const string MulticlassPrediction = "MulticlassPrediction";
    internal const string Normalize = "Normalize";
    internal const string Platt = "Platt";
    internal const string ResizeImages = "ResizeImages";
    internal const string SelectColumns = "SelectColumns";
    internal const string Statistics = "Statistics";
    internal const string ValueToKey = "ValueToKey";

    private static readonly Dictionary<string, Func<ModelLoadContext, object>> Loaders = new()
    {
        [Chain] = LoadChain,
        [BinaryPrediction] = PredictionTransformers.LoadBinary,
        [Calibrated] = ParameterMixingCalibratedModelParameters<LinearBinaryModelParameters, PlattCalibrator>.Load,
        [Concatenate] = ctx => new ColumnConcatenatingTransformer(ctx),
        [CopyColumns] = ctx => new ColumnCopyingTransformer(ctx),
        [CustomMapping] = ICustomMappingFactory.Load,
        [Expression] = ctx => new ExpressionTransformer(ctx),
        [ExtractPixels] = ImagePixelExtractingTransformer.Load,
        [KeyToValue] = ctx => new KeyToValueMappingTransformer(ctx),
        [LinearBinary] = ctx => new LinearBinaryModelParameters(ctx),
        [LinearMulticlass] = ctx => new LinearMulticlassModelParameters(ctx),
        [LoadImages] = ImageLoadingTransformer.Load,
        [MaximumEntropy] = ctx => new MaximumEntropyModelParameters(ctx),
        [MulticlassPrediction] = PredictionTransformers.LoadMulticlass,
        [Normalize] = ctx => new NormalizingTransformer(ctx),
        [Platt] = ctx => new PlattCalibrator(ctx),
        [ResizeImages] = ImageResizingTransformer.Load,
        [SelectColumns] = ctx => new ColumnSelectingTransformer(ctx),
        [Statistics] = ctx => new ModelStatisticsBase(ctx),
        [ValueToKey] = ctx => new ValueToKeyMappingTransformer(ctx),
    };

    internal static Func<ModelLoadContext, object> Loader(string kind) => Loaders.TryGetValue(kind, out Func<ModelLoadContext, object> loader)
        ? loader
        : throw new FormatException($"The model file has a part of kind '{kind}', which this embedded ML.NET host cannot load; it can load: {string.Join(", ", Loaders.Keys)}.");

    private static TransformerChain<ITransformer> LoadChain(ModelLoadContext context)
    {
        var transformers = new ITransformer[context.Reader.ReadInt32()];
        var scopes = new TransformerScope[transformers.Length];
        for (int i = 0; i < transformers.Length; i++)
        {
            scopes[i] = (TransformerScope)context.Reader.ReadInt32();
            transformers[i] = context.LoadModel<ITransformer>($"Transform_{i:000}");
        }
        return new TransformerChain<ITransformer>(transformers, scopes);
    }
}
