using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Comparison;

/// <summary>What two models' losses on the same rows add up to.</summary>
internal sealed class PairSums(ModelRows first, ModelRows second, bool hasGroups, int listedRows)
{
    private readonly GroupSums? _groups = hasGroups ? new() : null;
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
    public double Difference => first.ClippedLoss - second.ClippedLoss;

    /// <summary>Adds the row that both models stand at.</summary>
    public void Add(int group, Func<(string? Id, string? Label)> nameRow)
    {
        double weight = first.Weight, difference = Difference;
        _rows++;
        _weight.Add(weight);
        _clippedDifferences.Add(weight * difference);
        _moments.Add(difference, weight);
        _groups?.Add(group, difference, weight);
        AddUnclipped(weight);

        var side = difference < 0 ? _forFirst : _forSecond;
        var contribution = weight * difference;
        if (!side.Admits(Math.Abs(contribution)))
            return;
        (var id, var label) = nameRow();
        side.Add(new(first.Row, id, label, weight, first.Loss, second.Loss, contribution), Math.Abs(contribution));
    }

    public PairedComparison ToComparison(double level, BootstrapInterval? bootstrap)
    {
        var mean = _clippedDifferences.Value / _weight.Value;
        var standardError = _groups?.StandardError(mean) ?? _moments.StandardError;
        var degreesOfFreedom = (_groups?.Count ?? _moments.EffectiveCount) - 1;
        var pValue = StudentT.TwoSidedPValue(mean, standardError, degreesOfFreedom);
        return new()
        {
            First = first.Name,
            Second = second.Name,
            Rows = _rows,
            EffectiveRows = _moments.EffectiveCount,
            Groups = _groups?.Count,
            MeanDifference = MeanDifference(),
            ClippedMeanDifference = mean,
            StandardError = standardError,
            DegreesOfFreedom = degreesOfFreedom,
            Interval = StudentT.Interval(mean, standardError, degreesOfFreedom, level),
            PValue = pValue,
            AdjustedPValue = pValue,
            Bootstrap = bootstrap,
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
        if (double.IsPositiveInfinity(first.Loss))
            _firstInfinite++;
        if (double.IsPositiveInfinity(second.Loss))
            _secondInfinite++;
        if (double.IsFinite(first.Loss) && double.IsFinite(second.Loss))
            _differences.Add(weight * (first.Loss - second.Loss));
        if (first.ClippedLoss < first.Loss || second.ClippedLoss < second.Loss)
            _clipped++;
        if (first.Loss < second.Loss)
            _wins.Add(weight);
        else if (first.Loss == second.Loss)
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

/// <summary>The weights and weighted differences of each group of rows.</summary>
internal sealed class GroupSums
{
    private readonly List<double> _weights = [];
    private readonly List<double> _differences = [];

    public int Count => _weights.Count;

    public void Add(int group, double difference, double weight)
    {
        if (group == _weights.Count)
        {
            _weights.Add(0);
            _differences.Add(0);
        }
        CollectionsMarshal.AsSpan(_weights)[group] += weight;
        CollectionsMarshal.AsSpan(_differences)[group] += weight * difference;
    }

    /// <summary>
    /// The standard error of a weighted mean m whose rows may depend on each other within groups:
    /// <c>sqrt(G / (G - 1) sum_g (sum_(i in g) w (d - m))^2) / sum w</c>; NaN for fewer than two groups.
    /// </summary>
    public double StandardError(double mean)
    {
        if (Count < 2)
            return double.NaN;
        double squares = 0, weight = 0;
        for (var g = 0; g < Count; g++)
        {
            var deviation = _differences[g] - mean * _weights[g];
            squares += deviation * deviation;
            weight += _weights[g];
        }
        return Math.Sqrt(Count / (Count - 1.0) * squares) / weight;
    }
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
