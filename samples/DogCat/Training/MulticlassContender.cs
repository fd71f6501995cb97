using DogCat.Data;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer of classes by name: one probability for "cat" and one for "dog".</summary>
public sealed record MulticlassContender(string Name, Func<MLContext, int, IEstimator<ITransformer>> Trainer) : Contender(Name)
{
    protected override IEstimator<ITransformer> Pipeline(MLContext ml, int rows) =>
        ml.Transforms.NormalizeMeanVariance(nameof(Example.Features), fixZero: false)
            .Append(ml.Transforms.Conversion.MapValueToKey(nameof(Example.Label)))
            .AppendCacheCheckpoint(ml)
            .Append(Trainer(ml, rows))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) =>
        ml.MulticlassClassification.EvaluateCrossEntropy(scored);
}
