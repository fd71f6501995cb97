using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>Rows and weights by true class and predicted class.</summary>
internal sealed class ConfusionAccumulator(int classes)
{
    private readonly long[] _rows = new long[classes * classes];
    private readonly CompensatedSum[] _weights = new CompensatedSum[classes * classes];

    public void Add(in EvaluatedRow row)
    {
        if (!row.IsSoft)
            Add(row.Label, row.Predicted, row.Weight);
        for (int k = 0; k < row.Target.Length; k++)
        {
            if (row.Target[k] > 0)
                Add(k, row.Predicted, row.Weight * row.Target[k]);
        }
    }

    public void Merge(ConfusionAccumulator other)
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i] += other._rows[i];
            _weights[i].Add(other._weights[i].Value);
        }
    }

    public ClassConfusionMatrix ToMatrix(IReadOnlyList<string> names)
    {
        long[,] rows = new long[classes, classes];
        double[,] weights = new double[classes, classes];
        for (int i = 0; i < _rows.Length; i++)
        {
            rows[i / classes, i % classes] = _rows[i];
            weights[i / classes, i % classes] = _weights[i].Value;
        }
        return new(names, rows, weights);
    }

    private void Add(int actual, int predicted, double weight)
    {
        int cell = actual * classes + predicted;
        _rows[cell]++;
        _weights[cell].Add(weight);
    }
}
