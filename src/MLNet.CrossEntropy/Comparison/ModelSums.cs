using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>What one model's losses add up to, and the loss of the row that was added last.</summary>
internal sealed class ModelSums(string name, bool hasGroups, bool hasFolds)
{
    private readonly RowCounter _outcomes = new();
    private readonly ClusterSums? _groups = hasGroups ? new() : null;
    private readonly ClusterSums? _folds = hasFolds ? new() : null;
    private LogLossSums _logLoss;
    private CompensatedSum _hits;
    private long _infinite;
    private string _scoresUsed = "";

    public string Name => name;

    public bool HasFolds => _folds is not null;

    /// <summary>The last row's loss without a floor.</summary>
    public double Loss { get; private set; }

    /// <summary>The same with a floor under the probabilities.</summary>
    public double ClippedLoss { get; private set; }

    /// <summary>Adds a row: its loss without a floor and with one, its weight, the share predicted right, its group and fold.</summary>
    public void Add(double loss, double clippedLoss, double weight, double hit, int group, int fold, bool isRounded = false)
    {
        (Loss, ClippedLoss) = (loss, clippedLoss);
        _logLoss.Add(loss, clippedLoss, weight, isRounded);
        _hits.Add(weight * hit);
        _groups?.Add(group, clippedLoss, weight);
        _folds?.Add(fold, clippedLoss, weight);
        if (double.IsPositiveInfinity(Loss))
            _infinite++;
    }

    /// <summary>Takes over what is known of all rows once they are through.</summary>
    public void Finish(ModelRows rows)
    {
        _outcomes.Merge(rows.Outcomes);
        _scoresUsed = rows.ScoresUsed;
    }

    public ComparedModel ToModel(double level)
    {
        var logLoss = _logLoss.ClippedLogLoss;
        var standardError = _groups?.StandardError(logLoss) ?? _logLoss.StandardError;
        if (_folds is not null)
            standardError = Math.Max(standardError, _folds.StandardError(logLoss));
        return new()
        {
            Name = Name,
            Rows = _outcomes.ToCounts(_logLoss),
            ScoresUsed = _scoresUsed,
            LogLoss = _logLoss.LogLoss,
            ClippedLogLoss = logLoss,
            LogLossStandardError = standardError,
            LogLossInterval = _groups is null
                ? ConfidenceInterval.Normal(logLoss, standardError, level)
                : StudentT.Interval(logLoss, standardError, _groups.Count - 1, level),
            Accuracy = _hits.Value / _logLoss.Weight,
            InfiniteRows = _infinite,
            FoldLogLosses = _folds?.Means ?? [],
        };
    }
}

/// <summary>The weights and weighted values of clusters of rows: groups, or folds.</summary>
internal sealed class ClusterSums
{
    private readonly List<double> _weights = [];
    private readonly List<double> _values = [];

    public int Count => _weights.Count;

    /// <summary>The mean of each cluster; NaN of one without rows.</summary>
    public double[] Means => [.. _values.Zip(_weights, (value, weight) => value / weight)];

    public void Add(int cluster, double value, double weight)
    {
        while (cluster >= _weights.Count)
        {
            _weights.Add(0);
            _values.Add(0);
        }
        CollectionsMarshal.AsSpan(_weights)[cluster] += weight;
        CollectionsMarshal.AsSpan(_values)[cluster] += weight * value;
    }

    /// <summary>
    /// The standard error of a weighted mean m whose rows may depend on each other within clusters:
    /// <c>sqrt(G / (G - 1) sum_g (sum_(i in g) w (d - m))^2) / sum w</c>; NaN for fewer than two clusters.
    /// </summary>
    public double StandardError(double mean)
    {
        if (Count < 2)
            return double.NaN;
        double squares = 0, weight = 0;
        for (var g = 0; g < Count; g++)
        {
            var deviation = _values[g] - mean * _weights[g];
            squares += deviation * deviation;
            weight += _weights[g];
        }
        return Math.Sqrt(Count / (Count - 1.0) * squares) / weight;
    }

    /// <summary>
    /// The standard error of a mean over folds by Nadeau and Bengio, whose training rows overlap: <c>sqrt((1/J + n_test / n_train)
    /// S^2)</c>, S^2 the variance of the folds' means; folds count by their weight W, <c>J = (sum W)^2 / sum W^2</c>, which is returned
    /// less 1 beside it.
    /// </summary>
    public (double StandardError, double DegreesOfFreedom) OfFolds(double testToTrainRatio)
    {
        WeightedMoments folds = default;
        for (var g = 0; g < Count; g++)
        {
            if (_weights[g] > 0)
                folds.Add(_values[g] / _weights[g], _weights[g]);
        }
        return (folds.StandardError * Math.Sqrt(1 + folds.EffectiveCount * testToTrainRatio), folds.EffectiveCount - 1);
    }
}
