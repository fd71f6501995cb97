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
