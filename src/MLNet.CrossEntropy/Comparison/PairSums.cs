using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>What two models' losses on the same rows add up to.</summary>
internal sealed class PairSums(int first, int second, ModelSums[] models, bool hasClusters, int listedRows)
{
    private readonly ModelSums _first = models[first];
    private readonly ModelSums _second = models[second];
    private readonly ClusterSums? _clusters = hasClusters ? new() : null;
    private readonly LargestDifferences _forFirst = new(listedRows);
    private readonly LargestDifferences _forSecond = new(listedRows);
    private CompensatedSum _weight;
    private CompensatedSum _differences;
    private CompensatedSum _clippedDifferences;
    private CompensatedSum _wins;
    private CompensatedSum _ties;
    private WeightedMoments _moments;
    private long _rows;
    private long _firstInfinite;
    private long _secondInfinite;
    private long _clipped;

    /// <summary>The current row's difference of clipped losses.</summary>
    public double Difference => _first.ClippedLoss - _second.ClippedLoss;

    /// <summary>Adds the row that was added to both models' own sums.</summary>
    /// <param name="row">Where it stands in the data.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="cluster">The fold or the group that it is of, where there are any.</param>
    /// <param name="nameRow">Gives its names.</param>
    public void Add(long row, double weight, int cluster, Func<(string? Id, string? Label)> nameRow)
    {
        var difference = Difference;
        _rows++;
        _weight.Add(weight);
        _clippedDifferences.Add(weight * difference);
        _moments.Add(difference, weight);
        _clusters?.Add(cluster, difference, weight);
        AddUnclipped(weight);

        var side = difference < 0 ? _forFirst : _forSecond;
        var contribution = weight * difference;
        if (!side.Admits(Math.Abs(contribution)))
            return;
        (var id, var label) = nameRow();
        side.Add(new(row, id, label, weight, _first.Loss, _second.Loss, contribution), Math.Abs(contribution));
    }

    /// <summary>The outcome; with a ratio of test to training rows the clusters are folds, else they are groups.</summary>
    public PairedComparison ToComparison(
        double level, double? testToTrainRatio, (int Resamples, double StandardError, ConfidenceInterval Interval)? bootstrap)
    {
        var mean = _clippedDifferences.Value / _weight.Value;
        (var standardError, var degreesOfFreedom) = (_clusters, testToTrainRatio) switch
        {
            (null, _) => (_moments.StandardError, _moments.EffectiveCount - 1),
            (_, { } ratio) => _clusters.OfFolds(ratio),
            _ => (_clusters.StandardError(mean), _clusters.Count - 1),
        };
        var pValue = StudentT.TwoSidedPValue(mean, standardError, degreesOfFreedom);
        return new()
        {
            First = _first.Name,
            Second = _second.Name,
            Rows = _rows,
            EffectiveRows = _moments.EffectiveCount,
            Groups = testToTrainRatio is null ? _clusters?.Count : null,
            Folds = testToTrainRatio is null ? null : _clusters!.Count,
            MeanDifference = MeanDifference(),
            ClippedMeanDifference = mean,
            StandardError = standardError,
            DegreesOfFreedom = degreesOfFreedom,
            Interval = StudentT.Interval(mean, standardError, degreesOfFreedom, level),
            PValue = pValue,
            AdjustedPValue = pValue,
            BootstrapInterval = bootstrap?.Interval,
            BootstrapStandardError = bootstrap?.StandardError,
            BootstrapResamples = bootstrap?.Resamples,
            WinRate = (_wins.Value + _ties.Value / 2) / _weight.Value,
            TieRate = _ties.Value / _weight.Value,
            FirstInfiniteRows = _firstInfinite,
            SecondInfiniteRows = _secondInfinite,
            ClippedRows = _clipped,
            RowsForFirst = _forFirst.ToRows(_weight.Value),
            RowsForSecond = _forSecond.ToRows(_weight.Value),
        };
    }

    private void AddUnclipped(double weight)
    {
        (var first, var second) = (_first.Loss, _second.Loss);
        if (double.IsPositiveInfinity(first))
            _firstInfinite++;
        if (double.IsPositiveInfinity(second))
            _secondInfinite++;
        if (double.IsFinite(first) && double.IsFinite(second))
            _differences.Add(weight * (first - second));
        if (_first.ClippedLoss < first || _second.ClippedLoss < second)
            _clipped++;
        if (first < second)
            _wins.Add(weight);
        else if (first == second)
            _ties.Add(weight);
    }

    private double MeanDifference() => (_firstInfinite > 0, _secondInfinite > 0) switch
    {
        (true, true) => double.NaN,
        (true, false) => double.PositiveInfinity,
        (false, true) => double.NegativeInfinity,
        _ => _differences.Value / _weight.Value,
    };
}

/// <summary>Keeps the k rows that speak most for one model of a pair; of equals the earlier ones.</summary>
internal sealed class LargestDifferences(int capacity)
{
    private readonly PriorityQueue<RowDifference, (double Contribution, long FromEnd)> _rows = new();

    public bool Admits(double contribution) =>
        contribution > 0 && capacity > 0
        && (_rows.Count < capacity || (_rows.TryPeek(out _, out var least) && contribution > least.Contribution));

    public void Add(RowDifference row, double contribution)
    {
        if (_rows.Count == capacity)
            _ = _rows.Dequeue();
        _rows.Enqueue(row, (contribution, -row.Row));
    }

    /// <summary>The rows, weightiest first, with contributions to the mean of so much weight.</summary>
    public RowDifference[] ToRows(double weight) =>
    [
        .. _rows.UnorderedItems.OrderByDescending(r => r.Priority)
            .Select(r => r.Element with { Contribution = r.Element.Contribution / weight }),
    ];
}
