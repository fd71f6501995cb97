namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Sums of which an evaluation draws a metric: fed block after block, and two of them merge into that of all their rows.</summary>
internal interface IAccumulator<TSelf>
    where TSelf : IAccumulator<TSelf>
{
    void Add(EvaluatedBlock block);

    void Merge(TSelf other);
}
