namespace MLNet.CrossEntropy;

/// <summary>What the trainers that tell classes apart have in common: a row is of one class, or shared between them.</summary>
public abstract class ClassTrainerOptions : CrossEntropyTrainerOptions
{
    private protected ClassTrainerOptions() { }

    /// <summary>What a row of each class weighs in the loss; null is 1 for all.</summary>
    public ClassWeights? ClassWeights { get; set; }

    /// <summary>
    /// The shares t of the classes where the model will be used, by name: the model's probabilities are made to refer to them rather than
    /// to the training rows' (as weighted) shares p, by adding <c>log t_k - log p_k</c> to the biases. Every class must be named, with a
    /// share above 0, and they must sum to 1. Null leaves it to <see cref="CrossEntropyTrainerOptions.PriorCorrection"/>.
    /// (Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities", eq. 2.4.)
    /// </summary>
    public IReadOnlyDictionary<string, double>? TargetPrior { get; set; }

    private protected override IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks() =>
    [
        .. base.TargetChecks(),
        (TargetPrior is null || (TargetPrior.Values.All(share => share > 0) && Math.Abs(TargetPrior.Values.Sum() - 1) <= 1e-6),
            nameof(TargetPrior), Listed(TargetPrior), "shares above 0 that sum to 1, or null"),
    ];

    private protected override void CopyTargets()
        => TargetPrior = TargetPrior is null ? null : new Dictionary<string, double>(TargetPrior, StringComparer.Ordinal);

    private static string? Listed(IReadOnlyDictionary<string, double>? shares)
        => shares is null ? null : string.Join(", ", shares.Select(share => FormattableString.Invariant($"{share.Key}: {share.Value}")));
}
