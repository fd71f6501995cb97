using System.Globalization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What a row of each class weighs in the loss, besides its example weight: the two multiply.</summary>
/// <remarks>The weight is that of the true class and multiplies its whole (smoothed) loss; a soft label weighs <c>sum_k p_k w_k</c>.</remarks>
public sealed class ClassWeights
{
    private readonly Dictionary<string, double>? _byName;

    private ClassWeights(Dictionary<string, double>? byName) => _byName = byName;

    /// <summary>
    /// <c>n / (K n_k)</c> for K classes, of which class k has the example weight n_k of n: every class weighs the same. A class
    /// without any row gets 0, and a warning.
    /// </summary>
    public static ClassWeights Balanced { get; } = new(byName: null);

    /// <summary>A weight for each class by its name; classes left out weigh 1.</summary>
    /// <param name="weights">
    /// Finite weights of at least 0 by class name: the key's values, the slot names of a vector label, False and True of a
    /// Boolean one, and the index of a class (0, 1, ...) where it has no name.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public static ClassWeights ByName(IReadOnlyDictionary<string, double> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach ((var name, var weight) in weights)
            Throw.IfNegativeOrNotFinite(weight, $"{nameof(weights)}[\"{name}\"]");
        return new(new Dictionary<string, double>(weights, StringComparer.Ordinal));
    }

    /// <summary>Whether the weights follow from the training rows.</summary>
    internal bool IsBalanced => _byName is null;

    /// <inheritdoc/>
    public override string ToString() => _byName is null
        ? nameof(Balanced)
        : string.Join(", ", _byName.Select(weight => string.Create(CultureInfo.InvariantCulture, $"{weight.Key}: {weight.Value}")));

    /// <summary>The weight of each class.</summary>
    /// <param name="names">The classes' names.</param>
    /// <param name="counts">Each class's sum of example weights; needed for balanced weights only.</param>
    /// <exception cref="InvalidOperationException">A weight is given for a class that is not there.</exception>
    internal double[] Of(string[] names, double[] counts)
    {
        if (_byName is null)
            return [.. counts.Select(count => count == 0 ? 0 : counts.Sum() / (counts.Length * count))];
        if (_byName.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw Throw.UnknownClass("ClassWeights", unknown, names);
        return [.. names.Select(name => _byName.GetValueOrDefault(name, 1))];
    }
}
