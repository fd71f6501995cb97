using System.Runtime.CompilerServices;

namespace MLNet.CrossEntropy.Evaluation;

/// <summary>Rows and weights by true class and predicted class.</summary>
internal sealed class ConfusionAccumulator(int classes)
{
    private readonly long[] _rows = new long[classes * classes];
    private readonly CompensatedSum[] _weights = new CompensatedSum[classes * classes];

    // Rows of weight 1, which need no compensated sum.
    private readonly long[] _plain = new long[classes * classes];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(EvaluatedBlock block)
    {
        (var labels, var predicted, var plain) = (block.Labels, block.Predicted, _plain);
        if (block.ByClass.IsPlain)
        {
            for (var row = 0; row < block.Count; row++)
                plain[labels[row] * classes + predicted[row]]++;
            return;
        }
        for (var row = 0; row < block.Count; row++)
        {
            if (block.Labels[row] >= 0)
                Add(block.Labels[row], block.Predicted[row], block.Weights[row]);
            else
                AddSoft(block, row);
        }
    }

    public ClassConfusionMatrix ToMatrix(IReadOnlyList<string> names)
    {
        var rows = new long[classes, classes];
        var weights = new double[classes, classes];
        for (var i = 0; i < _rows.Length; i++)
        {
            rows[i / classes, i % classes] = _rows[i] + _plain[i];
            weights[i / classes, i % classes] = _weights[i].Value + _plain[i];
        }
        return new(names, rows, weights);
    }

    private void AddSoft(EvaluatedBlock block, int row)
    {
        for (var k = 0; k < classes; k++)
        {
            var share = block.TargetOf(k, row);
            if (share > 0)
                Add(k, block.Predicted[row], block.Weights[row] * share);
        }
    }

    private void Add(int actual, int predicted, double weight)
    {
        var cell = actual * classes + predicted;
        _rows[cell]++;
        _weights[cell].Add(weight);
    }
}
