using DogCat.Data;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer of classes by name: one probability for "cat" and one for "dog".</summary>
public record MulticlassContender(string Name, Func<TrainerSetup, IEstimator<ITransformer>> Trainer) : Contender(Name)
{
    protected override IEstimator<ITransformer> Pipeline(TrainerSetup setup) =>
        setup.Ml.Transforms.NormalizeMeanVariance(nameof(FeatureRow.Features), fixZero: false)
            .Append(setup.Ml.Transforms.Conversion.MapValueToKey(nameof(PictureRow.Label)))
            .AppendCacheCheckpoint(setup.Ml)
            .Append(Trainer(setup))
            .Append(setup.Ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));

    protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) =>
        ml.MulticlassClassification.EvaluateCrossEntropy(scored);

    protected override IEnumerable<double> ProbabilitiesOfDog(IDataView scored) => Prediction.OfScored(scored).Select(p => (double)p.ProbabilityOf("dog"));
}
