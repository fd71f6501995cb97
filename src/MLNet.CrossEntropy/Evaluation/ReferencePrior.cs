using Microsoft.ML;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// What a model's log-loss is compared with in the log-loss reduction <c>(reference - log-loss) / reference</c>: a
/// forecaster that gives every row the same class probabilities, or another model's log-loss.
/// </summary>
public sealed class ReferencePrior
{
    private readonly Func<IReadOnlyList<string>, double[], double> _logLoss;
    private readonly Dictionary<string, double>? _probabilities;

    private ReferencePrior(
        string name, Func<IReadOnlyList<string>, double[], double> logLoss, Dictionary<string, double>? probabilities = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        (_logLoss, _probabilities) = (logLoss, probabilities);
    }

    /// <summary>The class shares of the evaluated data themselves; the reference log-loss is their entropy.</summary>
    public static ReferencePrior TestSet { get; } = new("test set", static (_, shares) => Entropy(shares));

    /// <summary>Probability 1/K for each of K classes; the reference log-loss is ln K.</summary>
    public static ReferencePrior Uniform { get; } = new("uniform", static (names, _) => Math.Log(names.Count));

    /// <summary>What the reference is, for the report.</summary>
    public string Name { get; }

    /// <summary>
    /// Given class probabilities, such as the shares of the training set. The reference log-loss is
    /// <c>-sum_k share_k ln p_k</c> over the shares of the evaluated data: infinite where a class that occurs has p = 0.
    /// </summary>
    /// <param name="name">What the probabilities are, for the report: "train set".</param>
    /// <param name="probabilities">The probability of each class by name; classes left out have probability 0.</param>
    /// <exception cref="ArgumentException">The probabilities are negative, not finite, or do not sum to 1.</exception>
    public static ReferencePrior FromClassProbabilities(string name, IReadOnlyDictionary<string, double> probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        foreach ((var key, var probability) in probabilities)
        {
            if (!double.IsFinite(probability) || probability < 0)
                throw EvaluationErrors.NoProbability(nameof(probabilities), key, probability);
        }
        if (probabilities.Values.Sum() is var sum && Math.Abs(sum - 1) > 1e-6)
            throw EvaluationErrors.NoDistribution(nameof(probabilities), sum);
        Dictionary<string, double> copy = new(probabilities, StringComparer.Ordinal);
        return new(name, (names, shares) => CrossEntropyOf(shares, names.Select(n => copy.GetValueOrDefault(n))), copy);
    }

    /// <summary>The class shares of a training set, counted in one pass over its labels and matched by name.</summary>
    /// <param name="trainingData">The data the model was trained on.</param>
    /// <param name="labelColumnName">Its labels: a key, text, a number or a Boolean.</param>
    /// <param name="exampleWeightColumnName">Its row weights, or null for weight 1.</param>
    /// <exception cref="ArgumentException">A column is absent or of the wrong type, or no row has a label.</exception>
    public static ReferencePrior TrainSet(IDataView trainingData, string labelColumnName = "Label", string? exampleWeightColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(trainingData);
        return FromClassProbabilities("train set", LabelShares.Of(trainingData, labelColumnName, exampleWeightColumnName));
    }

    /// <summary>The log-loss of another model on the same rows, in nats.</summary>
    /// <param name="name">The other model's name, for the report.</param>
    /// <param name="logLoss">Its log-loss in nats.</param>
    public static ReferencePrior FromLogLoss(string name, double logLoss)
    {
        Throw.IfNegativeOrNotFinite(logLoss, nameof(logLoss));
        return new(name, (_, _) => logLoss);
    }

    /// <summary>Another model, by what its evaluation on the same rows found: its clipped log-loss, which is finite.</summary>
    /// <param name="name">The other model's name, for the report.</param>
    /// <param name="metrics">Its metrics.</param>
    /// <exception cref="ArgumentOutOfRangeException">The metrics are of no rows.</exception>
    public static ReferencePrior OtherModel(string name, LogLossMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return FromLogLoss(name, metrics.ClippedLogLoss);
    }

    /// <summary>The reference log-loss in nats for data with these class shares.</summary>
    internal double LogLoss(IReadOnlyList<string> names, double[] shares) => _logLoss(names, shares);

    /// <summary>Whether it gives a class probability 0.</summary>
    internal bool RulesOut(string className) => _probabilities is not null && _probabilities.GetValueOrDefault(className) == 0;

    /// <summary>The classes that it knows; empty where it is none of their probabilities.</summary>
    internal string[] KnownClasses => [.. _probabilities?.Keys.AsEnumerable() ?? []];

    /// <summary>The entropy of class shares in nats; NaN where there are no rows to take a share of.</summary>
    internal static double Entropy(double[] shares) => shares.Any(double.IsNaN) ? double.NaN : InformationTheory.Entropy<double>(shares);

    private static double CrossEntropyOf(double[] shares, IEnumerable<double> probabilities)
    {
        CompensatedSum sum = default;
        foreach ((var share, var probability) in shares.Zip(probabilities))
            sum.Add(-StableMath.XLogY(share, probability));
        return sum.Value;
    }
}
