using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>How models do on rows that were held out.</summary>
internal sealed partial class LinearObjective
{
    // Rows between two looks at whether the fit has been cancelled.
    private const int RowsUncancelled = 1 << 14;

    private (double Loss, double Weight)[] _each = [];

    /// <summary>Of a cluster, the shares of the rows that are only evaluated.</summary>
    public RowShares? HeldShares { get; init; }

    /// <summary>
    /// How a model does on rows that were held out, by <see cref="LogitLoss.LogLoss"/>: mean and standard error (NaN for fewer than two
    /// effective rows).
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancellation was requested before the end.</exception>
    public (double Mean, double StandardError) Evaluate(LinearWeights weights, RowSet rows, CancellationToken cancellation)
    {
        // The ranks of a cluster are cancelled together, by their sums.
        var each = Losses(weights, rows, HeldShares is null ? cancellation : default);
        if (HeldShares is null)
            return MeanLoss(each);

        // Each share's in a place of its own, so that they can be merged in order.
        const int Length = 2 + WeightedMoments.Numbers;
        var all = HeldShares.Sum(HeldShares.Count * Length, (share, values) =>
        {
            var (loss, weight, moments) = Summarize(_each.AsSpan(share.From..share.To));
            var own = values.AsSpan(share.Index * Length, Length);
            (own[0], own[1]) = (loss, weight);
            moments.CopyTo(own[2..]);
        });
        CompensatedSum losses = default, weightSum = default;
        var merged = default(WeightedMoments);
        for (var place = 0; place < HeldShares.Count * Length; place += Length)
        {
            losses.Add(all[place]);
            weightSum.Add(all[place + 1]);
            merged.Merge(WeightedMoments.From(all.AsSpan(place + 2)));
        }

        return (losses.Value / weightSum.Value, merged.StandardError);
    }

    /// <summary>The log-loss of each row and its weight; they stand until the next call.</summary>
    /// <exception cref="OperationCanceledException">Cancellation was requested before the end.</exception>
    public ReadOnlySpan<(double Loss, double Weight)> Losses(LinearWeights weights, RowSet rows, CancellationToken cancellation)
    {
        if (_each.Length < rows.Rows)
            _each = new (double, double)[rows.Rows];
        var logLoss = Loss.LogLoss;
        RowMap measure = (from, count, logits, errors) =>
            RowLosses.Compute(logLoss, rows, RowNumbers.From(from, count), Outputs, logits, errors, _each.AsSpan(from, count));
        for (var first = 0; first < rows.Rows; first += RowsUncancelled)
        {
            Products.PassLogits(weights, rows, first, Math.Min(first + RowsUncancelled, rows.Rows), measure);
            cancellation.ThrowIfCancellationRequested();
        }

        return _each.AsSpan(0, rows.Rows);
    }

    /// <summary>The weighted mean of losses and its standard error (NaN for fewer than two effective rows).</summary>
    public static (double Mean, double StandardError) MeanLoss(ReadOnlySpan<(double Loss, double Weight)> each)
    {
        var (loss, weight, moments) = Summarize(each);
        return (loss / weight, moments.StandardError);
    }

    private static (double Loss, double Weight, WeightedMoments Moments) Summarize(ReadOnlySpan<(double Loss, double Weight)> each)
    {
        CompensatedSum loss = default, weight = default;
        var moments = default(WeightedMoments);
        foreach (var row in each)
        {
            if (!(row.Weight > 0))
                continue;
            loss.Add(row.Loss * row.Weight);
            weight.Add(row.Weight);
            moments.Add(row.Loss, row.Weight);
        }

        return (loss.Value, weight.Value, moments);
    }
}
