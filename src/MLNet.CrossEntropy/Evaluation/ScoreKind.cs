namespace MLNet.CrossEntropy;

/// <summary>What the numbers of a score vector mean.</summary>
public enum ScoreKind
{
    /// <summary>
    /// Find out from the first block of rows: logits where no finite row looks like probabilities (none is
    /// non-negative and sums to 1) and at least one score is negative; else probabilities.
    /// </summary>
    Auto,

    /// <summary>Probabilities: each row is non-negative and sums to 1. A native multiclass model gives these.</summary>
    Probabilities,

    /// <summary>Logits (unnormalised log-probabilities): softmax of a row gives its probabilities. Nothing need be clipped.</summary>
    Logits,
}
