using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>
/// The rows of a training set kept in memory: labels, weights and features, each row dense or sparse as it was read.
/// All values lie one row after another in one array.
/// </summary>
internal sealed class TrainingRows
{
    private const int MaximumValues = 0x7FFFFFC7;

    private readonly List<float> _labels = [];
    private readonly List<float> _weights = [];
    private readonly List<int> _valueEnds = [0];
    // For each row the start of its indices, -1 for a dense row.
    private readonly List<int> _indexStarts = [];
    private float[] _values;
    private int[] _indices = [];
    private int _indexCount;

    public TrainingRows(int featureCount, long? expectedRows)
    {
        FeatureCount = featureCount;
        _values = new float[Math.Min((expectedRows ?? 256) * featureCount, 1 << 26)];
    }

    public int FeatureCount { get; }

    public int Count => _labels.Count;

    public double WeightSum { get; private set; }

    public void Add(float label, float weight, in VBuffer<float> features)
    {
        ReadOnlySpan<float> values = features.GetValues();
        int start = _valueEnds[^1];
        if (start > MaximumValues - values.Length)
            throw new NotSupportedException($"The training data has more than {MaximumValues} feature values; this host keeps all of them in one array.");

        if (start + values.Length > _values.Length)
            Array.Resize(ref _values, (int)Math.Min(Math.Max(2L * _values.Length, start + values.Length), MaximumValues));
        values.CopyTo(_values.AsSpan(start));
        _valueEnds.Add(start + values.Length);
        _indexStarts.Add(features.IsDense ? -1 : AddIndices(features.GetIndices()));
        _labels.Add(label);
        _weights.Add(weight);
        WeightSum += weight;
    }

    public float Label(int row) => _labels[row];

    public float Weight(int row) => _weights[row];

    /// <summary>The dot product of a row with each of the K weight vectors that lie one after another in <paramref name="weights"/>.</summary>
    public void Scores(int row, ReadOnlySpan<float> weights, Span<float> scores)
    {
        ReadOnlySpan<float> values = Values(row);
        for (int k = 0; k < scores.Length; k++)
        {
            ReadOnlySpan<float> w = weights.Slice(k * FeatureCount, FeatureCount);
            scores[k] = IsDense(row) ? VectorKernels.Dot(values, w) : VectorKernels.Dot(values, Indices(row), w);
        }
    }

    /// <summary>Adds multiplier_k times a row to each of the K vectors that lie one after another in <paramref name="target"/>.</summary>
    public void AddTo(Span<float> target, int row, ReadOnlySpan<float> multipliers)
    {
        ReadOnlySpan<float> values = Values(row);
        for (int k = 0; k < multipliers.Length; k++)
        {
            Span<float> t = target.Slice(k * FeatureCount, FeatureCount);
            if (IsDense(row))
                VectorKernels.AddScaled(multipliers[k], values, t);
            else
                VectorKernels.AddScaled(multipliers[k], values, Indices(row), t);
        }
    }

    private int AddIndices(ReadOnlySpan<int> indices)
    {
        int start = _indexCount;
        _indexCount += indices.Length;
        if (_indexCount > _indices.Length)
            Array.Resize(ref _indices, (int)Math.Min(Math.Max(2L * _indices.Length, _indexCount), MaximumValues));
        indices.CopyTo(_indices.AsSpan(start));
        return start;
    }

    private bool IsDense(int row) => _indexStarts[row] < 0;

    private ReadOnlySpan<float> Values(int row) => _values.AsSpan(_valueEnds[row], _valueEnds[row + 1] - _valueEnds[row]);

    private ReadOnlySpan<int> Indices(int row) => _indices.AsSpan(_indexStarts[row], _valueEnds[row + 1] - _valueEnds[row]);
}
