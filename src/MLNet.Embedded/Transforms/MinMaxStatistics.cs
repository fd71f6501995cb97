using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>The least and the greatest value of each slot; NaN is ignored.</summary>
internal sealed class MinMaxStatistics : ColumnStatistics
{
    private readonly bool _fixZero;
    private readonly float[] _min;
    private readonly float[] _max;
    private readonly long[] _explicitCount;
    private long _rowCount;

    public MinMaxStatistics(int size, bool fixZero)
    {
        _fixZero = fixZero;
        _min = new float[size];
        _max = new float[size];
        _explicitCount = new long[size];
        Array.Fill(_min, float.PositiveInfinity);
        Array.Fill(_max, float.NegativeInfinity);
    }

    public override void Add(in VBuffer<float> row)
    {
        _rowCount++;
        ReadOnlySpan<float> values = row.GetValues();
        ReadOnlySpan<int> indices = row.GetIndices();
        for (int i = 0; i < values.Length; i++)
        {
            int slot = row.IsDense ? i : indices[i];
            _explicitCount[slot]++;
            Include(slot, values[i]);
        }
    }

    public override ColumnNormalizer ToNormalizer()
    {
        int size = _min.Length;
        var scale = new float[size];
        var offset = new float[size];
        for (int i = 0; i < size; i++)
        {
            if (_explicitCount[i] < _rowCount)
                Include(i, 0);
            // A constant slot tells nothing: scale 0 maps it to 0.
            if (!(_max[i] > _min[i]))
                continue;
            scale[i] = 1 / (_fixZero ? Math.Max(Math.Abs(_max[i]), Math.Abs(_min[i])) : _max[i] - _min[i]);
            if (!_fixZero && scale[i] != 0)
                offset[i] = _min[i];
        }

        return new AffineNormalizer(scale, offset);
    }

    private void Include(int slot, float value)
    {
        if (_max[slot] < value)
            _max[slot] = value;
        if (_min[slot] > value)
            _min[slot] = value;
    }
}
