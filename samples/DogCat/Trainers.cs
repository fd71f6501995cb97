using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.CrossEntropy;

namespace DogCat;

/// <summary>A trainer at the end of a pipeline from features to prediction, of classes or of the probability of "dog".</summary>
internal sealed record Contender(string Name, IEstimator<ITransformer> Pipeline, string Settings = "", bool IsBinary = false)
{
    /// <summary>In the order of the table, each as it comes; the first one's model is saved. A further one is a further line.</summary>
    public static IReadOnlyList<Contender> All(MLContext ml, bool arePhotographs) =>
    [
        new("SoftmaxCrossEntropy", Softmax(ml)),
        new("SigmoidCrossEntropy", ml.BinaryClassification.Trainers.SigmoidCrossEntropy(nameof(Example.IsDog)), IsBinary: true),
        // Its documentation asks for normalised features; the others do that by themselves.
        new("LbfgsMaximumEntropy", ml.Transforms.NormalizeMinMax("Features")
            .Append(Named(ml, ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())), " (L1 = L2 = 1)"),
#if NATIVE_BASELINES
        new("SymbolicSgdLogisticRegression",
            ml.BinaryClassification.Trainers.SymbolicSgdLogisticRegression(nameof(Example.IsDog)), IsBinary: true),
        // It looks at the files themselves, by a network of its own that ML.NET fetches: photographs alone.
        .. arePhotographs ? [new Contender("ImageClassification", ml.Transforms.LoadRawImageBytes("Bytes", "", nameof(Example.Path))
            .Append(Named(ml, ml.MulticlassClassification.Trainers.ImageClassification(featureColumnName: "Bytes"))))] : (Contender[])[],
#endif
    ];

    /// <summary>The library's trainer of classes.</summary>
    public static IEstimator<ITransformer> Softmax(MLContext ml) => Named(ml, ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy());

    /// <summary>Trains on one set, tests on both.</summary>
    public Result Run(MLContext ml, IDataView train, IDataView test)
    {
        var watch = Stopwatch.StartNew();
        var model = Pipeline.Fit(train);
        return new Result(this, watch.Elapsed, Evaluate(train), Evaluate(test), model);

        CrossEntropyMetrics Evaluate(IDataView rows) => IsBinary
            ? ml.BinaryClassification.EvaluateCrossEntropy(model.Transform(rows), nameof(Example.IsDog))
            : ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(rows));
    }

    /// <summary>Classes by name around a trainer of classes: cat first, dog second, whichever comes first in the data.</summary>
    private static EstimatorChain<KeyToValueMappingTransformer> Named(MLContext ml, IEstimator<ITransformer> trainer) =>
        ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
            .Append(trainer)
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
}

/// <summary>What a trainer achieved.</summary>
internal sealed record Result(Contender Trainer, TimeSpan FitTime, CrossEntropyMetrics Train, CrossEntropyMetrics Test, ITransformer Model);
