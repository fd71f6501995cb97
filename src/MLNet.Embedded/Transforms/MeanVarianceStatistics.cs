using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>
/// The mean and the population variance of each slot, by Welford's recurrence over the non-zero values with the zeros taken in
/// at the end; NaN and infinities are ignored.
/// </summary>
internal sealed class MeanVarianceStatistics : ColumnStatistics
{
    private readonly bool _fixZero;
    private readonly bool _useCdf;
    private readonly double[] _mean;
    private readonly double[] _squares;
    private readonly long[] _count;
    private readonly long[] _ignored;
    private long _rowCount;

    public MeanVarianceStatistics(int size, bool fixZero, bool useCdf)
    {
        _fixZero = fixZero;
        _useCdf = useCdf;
        _mean = new double[size];
        _squares = new double[size];
        _count = new long[size];
        _ignored = new long[size];
    }

    public override void Add(in VBuffer<float> row)
    {
        _rowCount++;
        ReadOnlySpan<float> values = row.GetValues();
        ReadOnlySpan<int> indices = row.GetIndices();
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] != 0)
                Include(row.IsDense ? i : indices[i], values[i]);
        }
    }

    public override ColumnNormalizer ToNormalizer()
    {
        int size = _mean.Length;
        var first = new float[size];
        var second = new float[size];
        for (int i = 0; i < size; i++)
        {
            IncludeZeros(i, _rowCount - _ignored[i] - _count[i]);
            if (_squares[i] == 0)
                continue;
            double variance = _squares[i] / _count[i];
            float deviation = (float)Math.Sqrt(_fixZero && !_useCdf ? variance + _mean[i] * _mean[i] : variance);
            (first[i], second[i]) = _useCdf
                ? ((float)_mean[i], deviation)
                : (1 / deviation, _fixZero || 1 / deviation == 0 ? 0 : (float)_mean[i]);
        }

        return _useCdf ? new CdfNormalizer(first, second) : new AffineNormalizer(first, second);
    }

    private void Include(int slot, float value)
    {
        if (!float.IsFinite(value))
        {
            _ignored[slot]++;
            return;
        }

        _count[slot]++;
        double delta = value - _mean[slot];
        _mean[slot] += delta / _count[slot];
        _squares[slot] += delta * (value - _mean[slot]);
    }

    private void IncludeZeros(int slot, long zeros)
    {
        if (zeros == 0)
            return;
        _count[slot] += zeros;
        double delta = -_mean[slot];
        _mean[slot] += delta * zeros / _count[slot];
        _squares[slot] += delta * -_mean[slot] * zeros;
    }
}
