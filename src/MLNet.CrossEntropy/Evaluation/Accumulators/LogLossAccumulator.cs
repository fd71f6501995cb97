using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Log-loss of all rows and of each class: a soft label counts for each of its classes by its share.</summary>
internal sealed class LogLossAccumulator(int classes, LossFloor floor)
{
    private readonly LogLossSums[] _ofClass = new LogLossSums[classes];
    private LogLossSums _total;
    private double[] _losses = [];
    private double[] _clippedLosses = [];
    private double[] _weights = [];

    public ref readonly LogLossSums Total => ref _total;

    public ReadOnlySpan<LogLossSums> OfClass => _ofClass;

    public void Add(EvaluatedBlock block)
    {
        if (block.HasRounded)
        {
            AddSingly(block);
        }
        else
        {
            var clipped = _total.ClippedRows;
            _total.Add(
                block.Losses.AsSpan(0, block.Count), block.ClippedLosses.AsSpan(0, block.Count), block.Weights.AsSpan(0, block.Count));
            AddHard(block, isUnclipped: _total.ClippedRows == clipped);
        }
        for (var row = 0; block.HasSoftLabels && row < block.Count; row++)
        {
            if (block.Labels[row] < 0)
                AddSoft(block, row);
        }
        // Their true class, where they have one, counts as given probability 0.
        foreach ((_, var label, var weight) in block.Mistakes)
        {
            _total.Add(double.PositiveInfinity, floor.Largest, weight);
            if (label >= 0)
                _ofClass[label].Add(double.PositiveInfinity, floor.Largest, weight);
        }
    }

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state)
    {
        state.Raw(ref _total);
        state.Raw<LogLossSums>(_ofClass);
    }

    /// <summary>Each class's share of the weight; NaN without rows.</summary>
    public double[] ClassShares()
    {
        var weight = _ofClass.Sum(c => c.Weight);
        return [.. _ofClass.Select(c => c.Weight / weight)];
    }

    /// <summary>Adds the rows of each class at once: brought together they are a loop over vectors.</summary>
    private void AddHard(EvaluatedBlock block, bool isUnclipped)
    {
        if (_losses.Length < block.Stride)
            (_losses, _clippedLosses, _weights) = (new double[block.Stride], new double[block.Stride], new double[block.Stride]);
        var rows = block.ByClass.All;
        Span<double> losses = _losses.AsSpan(0, rows.Length), clippedLosses = losses, weights = block.Weights.AsSpan(0, rows.Length);
        Gather(block.Losses, rows, losses);
        // Mostly no row is clipped, and all weigh 1: there is one number a row to bring together.
        if (!isUnclipped)
            Gather(block.ClippedLosses, rows, clippedLosses = _clippedLosses.AsSpan(0, rows.Length));
        if (!block.ByClass.IsPlain)
            Gather(block.Weights, rows, weights = _weights.AsSpan(0, rows.Length));
        for (var k = 0; k < classes; k++)
        {
            var range = block.ByClass.StartOf(k)..block.ByClass.StartOf(k + 1);
            if (!range.Start.Equals(range.End))
                _ofClass[k].Add(losses[range], clippedLosses[range], weights[range]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(double[] table, ReadOnlySpan<int> rows, Span<double> values)
    {
        for (var i = 0; i < rows.Length; i++)
            values[i] = table[rows[i]];
    }

    private void AddSingly(EvaluatedBlock block)
    {
        for (var row = 0; row < block.Count; row++)
        {
            (var loss, var clippedLoss, var weight) = (block.Losses[row], block.ClippedLosses[row], block.Weights[row]);
            _total.Add(loss, clippedLoss, weight, block.IsRounded(row));
            if (block.Labels[row] >= 0)
                _ofClass[block.Labels[row]].Add(loss, clippedLoss, weight, block.IsRounded(row));
        }
    }

    private void AddSoft(EvaluatedBlock block, int row)
    {
        for (var k = 0; k < _ofClass.Length; k++)
        {
            var share = block.TargetOf(k, row);
            var loss = block.ClassLosses[k * block.Stride + row];
            if (share > 0)
                _ofClass[k].Add(loss, floor.Clip(loss), block.Weights[row] * share, floor.IsOfRounded(loss));
        }
    }
}

/// <summary>
/// The weighted sums behind one log-loss. Losses of clipped rows are kept apart, so that the unclipped and the clipped
/// log-loss come from one pass and an infinite loss spoils neither the compensated sum nor the standard error.
/// </summary>
internal struct LogLossSums
{
    private CompensatedSum _weight;
    private CompensatedSum _unclippedRows;
    private CompensatedSum _clippedRowsAtFloor;
    private double _clippedRows;
    private WeightedMoments _moments;

    public long Rows { get; private set; }

    /// <summary>Rows whose loss a floor bounds: that of the probabilities, or that of single precision.</summary>
    public long ClippedRows { get; private set; }

    /// <summary>Those whose loss is the least that single precision leaves open.</summary>
    public long RoundedRows { get; private set; }

    public readonly double Weight => _weight.Value;

    public readonly double EffectiveRows => _moments.EffectiveCount;

    /// <summary>Of the clipped losses.</summary>
    public readonly WeightedMoments Moments => _moments;

    /// <summary>Mean loss without a floor; NaN without rows.</summary>
    public readonly double LogLoss => (_unclippedRows.Value + _clippedRows) / Weight;

    /// <summary>Mean loss with a floor under the probabilities; NaN without rows.</summary>
    public readonly double ClippedLogLoss => (_unclippedRows.Value + _clippedRowsAtFloor.Value) / Weight;

    /// <summary>The share of the clipped loss that the clipped rows carry; NaN without rows.</summary>
    public readonly double ClippedShare =>
        ClippedRows == 0 && Rows > 0 ? 0 : _clippedRowsAtFloor.Value / (_unclippedRows.Value + _clippedRowsAtFloor.Value);

    /// <summary>The standard error of the clipped mean loss.</summary>
    public readonly double StandardError => _moments.StandardError;

    public void Add(double loss, double clippedLoss, double weight, bool isRounded = false)
    {
        Rows++;
        _weight.Add(weight);
        _moments.Add(clippedLoss, weight);
        if (clippedLoss < loss || isRounded)
        {
            ClippedRows++;
            RoundedRows += isRounded ? 1 : 0;
            _clippedRowsAtFloor.Add(weight * clippedLoss);
            _clippedRows += weight * loss;
        }
        else
        {
            _unclippedRows.Add(weight * loss);
        }
    }

    /// <summary>Adds rows, all at once where none of them is clipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> losses, ReadOnlySpan<double> clippedLosses, ReadOnlySpan<double> weights)
    {
        // As integers, which compares vectors of them: what is not clipped is the same bits.
        if (MemoryMarshal.Cast<double, long>(losses).SequenceEqual(MemoryMarshal.Cast<double, long>(clippedLosses)))
        {
            Rows += losses.Length;
            _weight.Add(SpanMath.Sum(weights));
            _unclippedRows.Add(SpanMath.Dot(weights, losses));
            _moments.Merge(WeightedMoments.Of(losses, weights));
            return;
        }
        for (var row = 0; row < losses.Length; row++)
            Add(losses[row], clippedLosses[row], weights[row]);
    }
}

/// <summary>
/// The largest loss that the clipped log-loss lets one probability have, -ln of the floor. Logits lose nothing by
/// rounding, so that of them none but an impossible class is clipped.
/// </summary>
internal readonly struct LossFloor(double probabilityFloor, bool fromLogits)
{
    /// <summary>The smallest number above 0 in single precision.</summary>
    public const double SmallestProbability = float.Epsilon;

    /// <summary>
    /// What single precision leaves to the other outcome where a probability is 1: half of the distance to the next below.
    /// </summary>
    public const double SmallestComplement = 1.0 / (1 << 25);

    public bool FromLogits => fromLogits;

    /// <summary>-ln of the floor.</summary>
    public double Largest { get; } = -Math.Log(probabilityFloor);

    /// <summary>The clipped loss of a probability.</summary>
    public double LossOf(double probability) => Clip(-Math.Log(probability));

    /// <summary>The clipped loss of 1 less a probability.</summary>
    public double LossOfComplement(double complement)
        => Clip(-Math.Log(fromLogits ? complement : Math.Max(complement, SmallestComplement)));

    /// <summary>Whether the loss is that of a probability, or of its complement, that was rounded to 0.</summary>
    // No other loss of a float is within 1e-9 of these two.
    public bool IsOfRounded(double loss) => !fromLogits
        && (Math.Abs(loss + Math.Log(SmallestProbability)) < 1e-9 || Math.Abs(loss + Math.Log(SmallestComplement)) < 1e-9);

    public double Clip(double loss) => fromLogits && double.IsFinite(loss) ? loss : Math.Min(loss, Largest);

    /// <inheritdoc cref="Clip(double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<double> Clip(Vector<double> losses)
    {
        Vector<double> clipped = Vector.MinNative(losses, new Vector<double>(Largest));
        if (!fromLogits)
            return clipped;
        return Vector.ConditionalSelect(Vector.LessThan(losses, new Vector<double>(double.PositiveInfinity)), losses, clipped);
    }
}

/// <summary>
/// The entropy of the labels themselves, <c>H(p) = -sum_k p_k ln p_k</c>, the part of the log-loss that no model can
/// remove; the rest is KL(p || q). Class k's part of row i is <c>-w_i p_ik ln p_ik</c>. Hard labels have none.
/// </summary>
internal sealed class SoftLabelAccumulator(int classes)
{
    private readonly CompensatedSum[] _entropyOfClass = new CompensatedSum[classes];

    /// <summary><c>sum_i w_i H(p_i)</c>.</summary>
    public double WeightedEntropy => _entropyOfClass.Sum(s => s.Value);

    /// <summary>The part of <see cref="WeightedEntropy"/> that belongs to class k.</summary>
    public double WeightedEntropyOf(int k) => _entropyOfClass[k].Value;

    /// <summary>Writes the sums, or reads them.</summary>
    public void Serialize(StateStream state) => state.Raw<CompensatedSum>(_entropyOfClass);

    public void Add(EvaluatedBlock block)
    {
        if (!block.HasSoftLabels)
            return;
        for (var row = 0; row < block.Count; row++)
        {
            for (var k = 0; k < classes && block.Labels[row] < 0; k++)
            {
                var share = block.TargetOf(k, row);
                _entropyOfClass[k].Add(-block.Weights[row] * StableMath.XLogY(share, share));
            }
        }
    }
}
