namespace MLNet.CrossEntropy;

/// <summary>The weights and the bias of one class of a linear classifier.</summary>
public sealed class ClassCoefficients
{
    private readonly LinearCoefficients _table;

    internal ClassCoefficients(LinearCoefficients table, string name, IReadOnlyList<float> weights, float bias)
    {
        _table = table;
        Name = name;
        Weights = weights;
        Bias = bias;
    }

    /// <summary>The name of the class; its number, counted from 0, where it has none; "positive" for a binary model.</summary>
    public string Name { get; }

    /// <summary>The weight of each feature, [features].</summary>
    public IReadOnlyList<float> Weights { get; }

    /// <summary>The logit of a row whose features are all 0.</summary>
    public float Bias { get; }

    /// <summary>
    /// The features of the greatest <see cref="Coefficient.Importance"/>, greatest first: <c>|w|</c>, or <c>|w|</c> times the feature's
    /// standard deviation where data was given. Features of equal importance keep their order.
    /// </summary>
    /// <param name="count">How many at most; at least 1.</param>
    public IReadOnlyList<Coefficient> Top(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return [.. Enumerable.Range(0, Weights.Count).Select(At).OrderByDescending(coefficient => coefficient.Importance).Take(count)];
    }

    private Coefficient At(int feature)
        => new(_table.FeatureNames[feature], feature, Weights[feature], Math.Abs(Weights[feature]) * (_table.StandardDeviations?[feature] ?? 1));
}
