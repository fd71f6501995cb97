using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Training;

/// <summary>A trainer that this host does not have.</summary>
public sealed record MissingContender(string Name, string Reason) : Contender(Name)
{
    protected override IEstimator<ITransformer> Pipeline(TrainerSetup setup) => throw new LeftOutException(Reason);

    protected override CrossEntropyMetrics Evaluate(MLContext ml, IDataView scored) => throw new LeftOutException(Reason);

    protected override IEnumerable<double> ProbabilitiesOfDog(IDataView scored) => throw new LeftOutException(Reason);
}
