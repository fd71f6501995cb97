using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.CrossEntropy;

namespace DogCat;

/// <summary>A trainer at the end of a pipeline from features to prediction, of classes or of the probability of "dog".</summary>
internal sealed record Contender(string Name, IEstimator<ITransformer> Pipeline, string Settings = "", bool IsBinary = false)
{
    /// <summary>Trains on one set, tests on both.</summary>
    public Result Run(MLContext ml, IDataView train, IDataView test)
    {
        var watch = Stopwatch.StartNew();
        var model = Pipeline.Fit(train);
        return new Result(Name, Settings, IsBinary, watch.Elapsed, Evaluate(train), Evaluate(test), model);

        CrossEntropyMetrics Evaluate(IDataView rows) => IsBinary
            ? ml.BinaryClassification.EvaluateCrossEntropy(model.Transform(rows), nameof(Example.IsDog))
            : ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(rows));
    }
}

/// <summary>What a contender achieved.</summary>
internal sealed record Result(
    string Name, string Settings, bool IsBinary, TimeSpan FitTime, CrossEntropyMetrics Train, CrossEntropyMetrics Test, ITransformer Model)
{
    /// <summary>How the fit went, epoch by epoch; null for trainers of ML.NET's own.</summary>
    public TrainingReport? Training => TrainingReport.Of(Model);
}

/// <summary>The trainers to compare, each as it comes. A further one is a further line.</summary>
internal static class Contenders
{
    /// <summary>In the order of the table; the first one's model is saved.</summary>
    public static IReadOnlyList<Contender> All(MLContext ml, bool arePhotographs)
    {
        var classes = ml.MulticlassClassification.Trainers;
        var binary = ml.BinaryClassification.Trainers;
        return
        [
            new("SoftmaxCrossEntropy", Named(ml, classes.SoftmaxCrossEntropy())),
            new("SigmoidCrossEntropy", binary.SigmoidCrossEntropy(nameof(Example.IsDog)), IsBinary: true),
            // Its documentation asks for normalised features; the others do that by themselves.
            new("LbfgsMaximumEntropy", ml.Transforms.NormalizeMinMax("Features")
                .Append(Named(ml, classes.LbfgsMaximumEntropy())), " (L1 = L2 = 1)"),
#if NATIVE_BASELINES
            new("SymbolicSgdLogisticRegression", binary.SymbolicSgdLogisticRegression(nameof(Example.IsDog)), IsBinary: true),
            .. arePhotographs ? [new Contender("ImageClassification", Images(ml))] : Array.Empty<Contender>(),
#endif
        ];
    }

    /// <summary>Which trainers are not in this build, and how to have them; null where all are.</summary>
    public static string? LeftOut =>
#if NATIVE_BASELINES
        null;
#else
        "Left out: SymbolicSgdLogisticRegression, ImageClassification (photographs); have them by -p:NativeBaselines=true.";
#endif

    /// <summary>Classes by name around a trainer of classes: cat first, dog second, whichever comes first in the data.</summary>
    private static EstimatorChain<KeyToValueMappingTransformer> Named(MLContext ml, IEstimator<ITransformer> trainer) =>
        ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(trainer)
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

#if NATIVE_BASELINES
    /// <summary>
    /// It looks at the files themselves, and trains on what a network of its own, fetched by ML.NET on first use, sees in them.
    /// </summary>
    private static IEstimator<ITransformer> Images(MLContext ml) =>
        ml.Transforms.LoadRawImageBytes("Bytes", imageFolder: "", nameof(Example.Path))
        .Append(Named(ml, ml.MulticlassClassification.Trainers.ImageClassification(featureColumnName: "Bytes")));
#endif
}
