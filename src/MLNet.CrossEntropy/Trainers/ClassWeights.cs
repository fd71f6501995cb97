using System.Globalization;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Trainers;

namespace MLNet.CrossEntropy;

/// <summary>What a row of each class weighs in the loss, besides its example weight: the two multiply.</summary>
/// <remarks>
/// The weight is that of the true class and multiplies its whole (smoothed) loss; a soft label weighs <c>sum_k p_k w_k</c>.
/// </remarks>
public sealed class ClassWeights
{
    private const double FarFromOne = 1L << 32;

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
    public override string ToString() => _byName is null ? nameof(Balanced) : TargetPrior.Listed(_byName);

    /// <summary>The weight of each class.</summary>
    /// <param name="names">The classes' names.</param>
    /// <param name="counts">Each class's sum of example weights; needed for balanced weights only.</param>
    /// <exception cref="InvalidOperationException">A weight is given for a class that is not there.</exception>
    internal double[] Of(string[] names, double[] counts)
    {
        if (_byName is null)
            return [.. counts.Select(count => count == 0 ? 0 : counts.Sum() / (counts.Length * count))];
        if (_byName.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw TrainingErrors.UnknownClass("ClassWeights", unknown, names);
        double[] weights = [.. names.Select(name => _byName.GetValueOrDefault(name, 1))];
        // Only their ratios matter, and floats hold them near 1.
        var largest = weights.Max();
        return largest is > FarFromOne or (> 0 and < 1 / FarFromOne)
            ? [.. weights.Select(weight => Math.ScaleB(weight, -Math.ILogB(largest)))]
            : weights;
    }
}

/// <summary>
/// The shares of the classes that a model's probabilities are made to refer to after the fit, by adding <c>log t_k - log p_k</c> to the
/// biases:
/// t the shares asked for, p those of the training rows as weighted.
/// </summary>
/// <remarks>
/// Saerens, Latinne and Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities", eq. 2.4.
/// </remarks>
public sealed class TargetPrior
{
    private readonly Dictionary<string, double>? _shares;

    private TargetPrior(Dictionary<string, double>? shares) => _shares = shares;

    /// <summary>
    /// The shares of the training rows by their example weights alone: what class and positive weights have done to the probabilities is
    /// undone.
    /// A class of weight c is predicted as if it were c times as frequent, so <c>log c</c> is taken from its bias.
    /// </summary>
    public static TargetPrior OfRows { get; } = new(shares: null);

    /// <summary>The shares of the classes where the model will be used.</summary>
    /// <param name="shares">A share above 0 for every class by its name, as in <see cref="ClassWeights.ByName"/>; they must sum to
    /// 1.</param>
    /// <exception cref="ArgumentException">A share is not above 0, or they do not sum to 1.</exception>
    public static TargetPrior ByName(IReadOnlyDictionary<string, double> shares)
    {
        ArgumentNullException.ThrowIfNull(shares);
        return shares.Values.All(share => share > 0) && Math.Abs(shares.Values.Sum() - 1) <= 1e-6
            ? new(new Dictionary<string, double>(shares, StringComparer.Ordinal))
            : throw TrainingErrors.NoShares(Listed(shares));
    }

    /// <summary>Whether the shares are those of the training rows.</summary>
    internal bool IsOfRows => _shares is null;

    /// <summary>The share of a class; of <see cref="ByName"/> only.</summary>
    internal double this[string name] => _shares![name];

    /// <inheritdoc/>
    public override string ToString() => _shares is null ? nameof(OfRows) : Listed(_shares);

    /// <summary>Refuses shares that are not those of the classes.</summary>
    internal void Check(string[] names)
    {
        if (_shares is null)
            return;
        if (_shares.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw TrainingErrors.UnknownClass(nameof(TargetPrior), unknown, names);
        if (names.FirstOrDefault(name => !_shares.ContainsKey(name)) is { } missing)
            throw TrainingErrors.NoTargetPrior(missing);
    }

    internal static string Listed(IReadOnlyDictionary<string, double> numbers)
        => string.Join(", ", numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number.Key}: {number.Value}")));
}
