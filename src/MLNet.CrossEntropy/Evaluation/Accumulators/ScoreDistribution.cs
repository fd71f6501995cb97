using System.Buffers;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>
/// The joint distribution of forecast and outcome of one event, in bounded memory: every row as it is up to
/// <see cref="ExactRows"/>, beyond that sums in buckets.
/// </summary>
internal sealed class ScoreDistribution(int reliabilityBins)
{
    public const int ExactRows = 1 << 16;

    private ExactForecasts? _exact = new();
    private BucketedForecasts? _buckets;

    public bool IsExact => _buckets is null;

    /// <summary>Adds rows by their forecasts (<see cref="ForecastKey"/>), the share of each for which the event came true, and their weights.</summary>
    public void Add(ReadOnlySpan<long> keys, ReadOnlySpan<double> hits, ReadOnlySpan<double> weights)
    {
        for (var row = 0; row < keys.Length; row++)
        {
            (var positive, var negative) = (weights[row] * hits[row], weights[row] * (1 - hits[row]));
            // A soft label makes two rows.
            if (HasRoomFor((positive > 0 ? 1 : 0) + (negative > 0 ? 1 : 0)))
            {
                _exact!.Add(keys[row], positive);
                _exact.Add(keys[row], -negative);
            }
            else
            {
                _buckets!.Add(keys[row], positive, weights[row], positive * positive + negative * negative);
            }
        }
    }

    /// <summary>Adds rows of weight 1 by their forecasts (<see cref="ForecastKey"/>); of those that are listed the event came true.</summary>
    public void AddPlain(ReadOnlySpan<long> keys, ReadOnlySpan<int> hitRows)
    {
        if (HasRoomFor(keys.Length))
        {
            _exact!.AddPlain(keys, hitRows);
            return;
        }
        _buckets!.AddPlain(keys, hitRows);
    }

    /// <summary>The same of probabilities, as their keys would say.</summary>
    public void AddPlain(ReadOnlySpan<float> probabilities, ReadOnlySpan<int> hitRows)
    {
        if (!HasRoomFor(probabilities.Length) && _buckets!.TryAddPlain(probabilities, hitRows))
            return;
        var keys = ArrayPool<long>.Shared.Rent(probabilities.Length);
        ForecastKey.Of(probabilities, keys);
        AddPlain(keys.AsSpan(0, probabilities.Length), hitRows);
        ArrayPool<long>.Shared.Return(keys);
    }

    public void Merge(ScoreDistribution other)
    {
        if (other._exact is not null && HasRoomFor(other._exact.Rows))
        {
            other._exact.CopyTo(_exact!);
            return;
        }
        Pour();
        if (other._exact is not null)
            other._exact.PourInto(_buckets!);
        else
            _buckets!.Merge(other._buckets!);
    }

    /// <summary>Writes the groups of equal forecast (or of one bucket), lowest forecast first, in place of what the list held.</summary>
    public void CopyGroupsTo(List<ScoreGroup> groups)
    {
        groups.Clear();
        if (_exact is not null)
            _exact.AddGroupsTo(groups);
        else
            _buckets!.AddGroupsTo(groups);
    }

    /// <summary>Whether so many rows more may be kept as they are; if not, none is from now on.</summary>
    private bool HasRoomFor(int rows)
    {
        if (_exact is not null && _exact.Rows + rows > ExactRows)
            Pour();
        return _exact is not null;
    }

    private void Pour()
    {
        if (_exact is null)
            return;
        _buckets = new(ForecastBuckets.For(reliabilityBins));
        _exact.PourInto(_buckets);
        _exact = null;
    }
}
