using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using CalibratedBinaryModel = Microsoft.ML.Calibrators.CalibratedModelParametersBase<
    Microsoft.ML.Trainers.LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>What ML.NET's transformers and models keep to themselves.</summary>
internal static partial class NativeModels
{
    /// <summary>The schema, annotations included, of the data that a prediction transformer was made for.</summary>
    public static DataViewSchema TrainSchemaOf(ITransformer transformer) => (DataViewSchema)Field(transformer, "TrainSchema")!;

    /// <summary>The name of the score column that a multiclass transformer adds.</summary>
    public static string ScoreColumnOf(ITransformer transformer) => (string)Field(transformer, "_scoreColumn")!;

    /// <summary>In which uses of a chain each of its transformers takes part.</summary>
    public static TransformerScope[] ScopesOf(ITransformer chain) => (TransformerScope[])Field(chain, "_scopes")!;

    /// <summary>The class names in a multiclass model itself; null when it has none.</summary>
    public static string[]? LabelNamesOf(LinearMulticlassModelParametersBase model) => Reach(() => GetLabelNames(model));

    /// <summary>The same prediction by another model: the same columns, named after the same training data.</summary>
    public static MulticlassPredictionTransformer<MaximumEntropyModelParameters> WithModel(
        IHostEnvironment environment, ISingleFeaturePredictionTransformer<object> transformer, MaximumEntropyModelParameters model)
        => Reach(() => Of<MaximumEntropyModelParameters>.NewMulticlass(
            environment, model, TrainSchemaOf(transformer), transformer.FeatureColumnName,
            (string?)Field(transformer, "_trainLabelColumn"), ScoreColumnOf(transformer), (string)Field(transformer, "_predictedLabelColumn")!));

    /// <summary>The same prediction by another model, whose scores are the old ones times <paramref name="scale"/> plus <paramref name="offset"/>.</summary>
    /// <remarks>A threshold that was moved away from 0, where both classes are as likely, moves with the scores.</remarks>
    public static BinaryPredictionTransformer<CalibratedBinaryModel> WithModel(
        IHostEnvironment environment, ISingleFeaturePredictionTransformer<object> transformer, CalibratedBinaryModel model, double scale, double offset)
    {
        var threshold = (float)Field(transformer, "Threshold")!;
        var column = (string)Field(transformer, "ThresholdColumn")!;
        if (column == "Score" && threshold != 0)
            threshold = (float)(scale * threshold + offset);
        return Reach(() => Of<CalibratedBinaryModel>.NewBinary(
            environment, model, TrainSchemaOf(transformer), transformer.FeatureColumnName, threshold, column));
    }

    // UnsafeAccessor needs the type parameter of a generic type, which is not known of a transformer that was loaded.
    private static object? Field(object target, string name)
        => Reach(() =>
        {
            for (var type = target.GetType(); type is not null; type = type.BaseType)
            {
                if (type.GetField(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is { } field)
                    return field.GetValue(target);
            }
            throw new MissingFieldException(target.GetType().FullName, name);
        });

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_labelNames")]
    private static extern ref string[]? GetLabelNames(LinearMulticlassModelParametersBase model);
}
