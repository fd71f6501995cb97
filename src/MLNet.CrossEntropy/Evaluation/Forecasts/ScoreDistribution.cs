using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The joint distribution of forecast and outcome of one event, in bounded memory: every row as it is up to
/// <see cref="ExactRows"/>, beyond that sums in buckets.
/// </summary>
internal sealed class ScoreDistribution(int? reliabilityBins)
{
    public const int ExactRows = 1 << 16;

    // All parts of a distribution count their rows together.
    private StrongBox<int> _keptRows = new();
    private ExactForecasts? _exact = new();
    private BucketedForecasts? _buckets;

    public bool IsExact => _buckets is null;

    /// <summary>
    /// Adds rows by their forecasts (<see cref="ForecastKey"/>), the share of each for which the event came true, and their weights.
    /// </summary>
    public void Add(ReadOnlySpan<long> keys, ReadOnlySpan<double> hits, ReadOnlySpan<double> weights)
    {
        for (var row = 0; row < keys.Length; row++)
        {
            (var positive, var negative) = (weights[row] * hits[row], weights[row] * (1 - hits[row]));
            if (HasRoomFor(1))
                _exact!.Add(keys[row], positive, negative);
            else
                _buckets!.Add(keys[row], positive, negative);
        }
    }

    /// <summary>
    /// Adds rows of weight 1 by their forecasts (<see cref="ForecastKey"/>); of those that are listed the event came true. In whatever
    /// order they come, and by whatever parts (<see cref="BecomePartOf"/>), the outcome is the same bits.
    /// </summary>
    public void AddPlain(ReadOnlySpan<long> keys, ReadOnlySpan<int> hitRows)
    {
        if (HasRoomFor(keys.Length))
            _exact!.AddPlain(keys, hitRows);
        else
            _buckets!.AddPlain(keys, hitRows);
    }

    /// <summary>The same of probabilities, as their keys would say.</summary>
    public void AddPlain(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> hitRows)
    {
        if (HasRoomFor(probabilities.Length))
            _exact!.AddPlain(probabilities, hitRows);
        else
            _buckets!.AddPlain(probabilities, hitRows);
    }

    /// <summary>Makes this one, still empty, a part of another that another thread may fill, to be merged into it in the end.</summary>
    public void BecomePartOf(ScoreDistribution whole) => _keptRows = whole._keptRows;

    /// <summary>Takes over the rows of a part.</summary>
    public void Merge(ScoreDistribution part)
    {
        if (_keptRows.Value <= ExactRows)
        {
            _exact!.Merge(part._exact!);
            return;
        }
        Pour();
        part.Pour();
        _buckets!.Merge(part._buckets!);
    }

    /// <summary>To be called when all rows have been added: gives memory back.</summary>
    public void Finish() => _buckets?.Finish();

    /// <summary>Writes the groups of equal forecast (or of one bucket), lowest forecast first, in place of what the list held.</summary>
    public void CopyGroupsTo(List<ScoreGroup> groups)
    {
        groups.Clear();
        if (_exact is not null)
            _exact.AddGroupsTo(groups);
        else
            _buckets!.AddGroupsTo(groups);
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        var isExact = IsExact;
        state.Value(ref isExact);
        state.Raw(ref _keptRows.Value);
        if (!isExact)
            Pour();
        _exact?.Serialize(state);
        _buckets?.Serialize(state);
    }

    /// <summary>The lowest or highest forecast that rows of a group may have, and its complement.</summary>
    public (double Probability, double Complement) EdgeOf(in ScoreGroup group, bool highest) => IsExact
        ? (group.Probability, group.Complement)
        : ForecastBuckets.For(reliabilityBins ?? ReliabilityBinCount.MostOfEqualWidth).EdgeOf(group.Probability, group.Complement, highest);

    /// <summary>Whether so many rows more may be kept as they are; if not, none is from now on.</summary>
    private bool HasRoomFor(int rows)
    {
        if (_exact is not null && Interlocked.Add(ref _keptRows.Value, rows) > ExactRows)
            Pour();
        return _exact is not null;
    }

    private void Pour()
    {
        if (_exact is null)
            return;
        _buckets = new(ForecastBuckets.For(reliabilityBins ?? ReliabilityBinCount.MostOfEqualWidth));
        _exact.PourInto(_buckets);
        _exact = null;
    }
}

/// <summary>The rows that share one forecast probability of an event.</summary>
/// <param name="Probability">The forecast.</param>
/// <param name="Complement">1 less the forecast, without cancellation.</param>
/// <param name="Positive">The weight of the rows for which the event came true.</param>
/// <param name="Negative">The weight of the others.</param>
/// <param name="SquaredWeights">The sum of the rows' squared weights.</param>
internal readonly record struct ScoreGroup(double Probability, double Complement, double Positive, double Negative, double SquaredWeights)
{
    public double Weight => Positive + Negative;

    /// <summary>The same rows with the opposite event forecast.</summary>
    public ScoreGroup Mirrored() => new(Complement, Probability, Negative, Positive, SquaredWeights);
}

/// <summary>How well forecasts of one event order the rows: areas under curves, from groups of equal forecast, lowest first.</summary>
internal static class RankingMetrics
{
    /// <summary>
    /// The area under the ROC curve: the probability that a random positive row is forecast higher than a random negative
    /// one, ties counting a half (Mann-Whitney). NaN unless both occur.
    /// </summary>
    public static double RocAuc(List<ScoreGroup> groups)
    {
        double wins = 0, positive = 0, negative = 0;
        foreach (ref readonly var group in CollectionsMarshal.AsSpan(groups))
        {
            wins += group.Positive * (negative + 0.5 * group.Negative);
            positive += group.Positive;
            negative += group.Negative;
        }
        return wins / (positive * negative);
    }

    /// <summary>
    /// Average precision: precision at each forecast, highest first, weighted by the recall gained there; no
    /// interpolation. NaN without positive rows.
    /// </summary>
    public static double AveragePrecision(List<ScoreGroup> groups)
    {
        double sum = 0, positive = 0, all = 0;
        ReadOnlySpan<ScoreGroup> span = CollectionsMarshal.AsSpan(groups);
        for (var i = span.Length - 1; i >= 0; i--)
        {
            positive += span[i].Positive;
            all += span[i].Weight;
            // Most groups have none; they need no division.
            if (span[i].Positive > 0)
                sum += span[i].Positive * (positive / all);
        }
        return sum / positive;
    }
}
