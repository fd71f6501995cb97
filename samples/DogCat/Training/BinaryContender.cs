using DogCat.Data;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer of yes or no: the probability of "dog".</summary>
public sealed record BinaryContender(string Name, Func<MLContext, int, IEstimator<ITransformer>> Trainer) : Contender(Name)
{
    protected override IEstimator<ITransformer> Pipeline(MLContext ml, int rows) =>
        ml.Transforms.NormalizeMeanVariance(nameof(Example.Features), fixZero: false)
            .AppendCacheCheckpoint(ml)
            .Append(Trainer(ml, rows));

    protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) =>
        ml.BinaryClassification.EvaluateCrossEntropy(scored, nameof(Example.IsDog));
}
