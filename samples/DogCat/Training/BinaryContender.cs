using DogCat.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer of yes or no: the probability of "dog".</summary>
public sealed record BinaryContender(string Name, Func<TrainerSetup, IEstimator<ITransformer>> Trainer) : Contender(Name)
{
    protected override IEstimator<ITransformer> Pipeline(TrainerSetup setup) =>
        setup.Ml.Transforms.NormalizeMeanVariance(nameof(FeatureRow.Features), fixZero: false)
            .AppendCacheCheckpoint(setup.Ml)
            .Append(Trainer(setup));

    protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) =>
        ml.BinaryClassification.EvaluateCrossEntropy(scored, nameof(PictureRow.IsDog));

    protected override IEnumerable<double> ProbabilitiesOfDog(IDataView scored) => scored.GetColumn<float>("Probability").Select(p => (double)p);
}
