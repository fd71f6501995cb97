using MLNet.CrossEntropy.MLNet;


namespace MLNet.CrossEntropy.Evaluation;

/// <summary>A binary model's rows judged by their probabilities and, as long as the raw scores may be their logits, by those.</summary>
internal sealed class BinaryBlock(ScoredBlock rows)
{
    public EvaluatedBlock OfProbabilities { get; } = EvaluatedBlock.OfBinary(rows);

    public EvaluatedBlock OfLogits { get; } = EvaluatedBlock.OfBinary(rows);

    /// <summary>Why the raw scores are no logits of the probabilities; null where every row agrees.</summary>
    public string? Disagreement { get; set; }
}
