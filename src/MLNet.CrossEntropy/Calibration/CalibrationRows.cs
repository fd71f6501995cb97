using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Calibration;

/// <summary>Held-out rows to calibrate on: logits, row after row [rows, classes], the class of each row and its weight.</summary>
internal sealed class CalibrationRows
{
    private const int ReliabilityBins = 15;

    private readonly List<double> _logits = [];
    private readonly List<int> _labels = [];
    private readonly List<double> _weights = [];
    private readonly CancellationToken _cancellation;
    private double _weightSum;

    public CalibrationRows(int classes, CancellationToken cancellation = default) => (Classes, _cancellation) = (classes, cancellation);

    public int Classes { get; }

    public int Count => _labels.Count;

    /// <summary>Adds a row of weight above 0.</summary>
    public void Add(ReadOnlySpan<double> logits, int label, double weight)
    {
        _logits.AddRange(logits);
        _labels.Add(label);
        _weights.Add(weight);
        _weightSum += weight;
    }

    /// <exception cref="OperationCanceledException">It was cancelled: every pass asks here for every row.</exception>
    public ReadOnlySpan<double> Logits(int row)
    {
        _cancellation.ThrowIfCancellationRequested();
        return CollectionsMarshal.AsSpan(_logits).Slice(row * Classes, Classes);
    }

    public int Label(int row) => _labels[row];

    /// <summary>The row's weight divided by that of all rows.</summary>
    public double Share(int row) => _weights[row] / _weightSum;

    /// <summary>The share of each class.</summary>
    public double[] ClassShares()
    {
        var shares = new double[Classes];
        for (var i = 0; i < Count; i++)
            shares[Label(i)] += Share(i);
        return shares;
    }

    /// <summary>Whether no logit is above that of the row's own class in any row.</summary>
    public bool TopLogitIsAlwaysRight()
    {
        for (var i = 0; i < Count; i++)
        {
            var z = Logits(i);
            var own = z[Label(i)];
            foreach (var logit in z)
            {
                if (logit > own)
                    return false;
            }
        }
        return true;
    }

    /// <summary>The log-loss (nats) and the top-label ECE of the logits <c>scales_k z_k + offsets_k</c>.</summary>
    public (double LogLoss, double CalibrationError) Evaluate(ReadOnlySpan<double> scales, ReadOnlySpan<double> offsets)
    {
        CompensatedSum loss = default;
        ReliabilityAccumulator reliability = new(ReliabilityBins);
        double[] logits = new double[Classes], terms = new double[Classes];
        for (var i = 0; i < Count; i++)
        {
            var z = Logits(i);
            for (var k = 0; k < Classes; k++)
                logits[k] = scales[k] * z[k] + offsets[k];
            SoftmaxTerms softmax = SoftmaxTerms.Of<double>(logits, terms);
            var top = softmax.ArgMax;
            loss.Add(Share(i) * softmax.Surprisal(logits[Label(i)]));
            reliability.Add(softmax.Probability(terms[top]), softmax.Complement(top, terms[top]), top == Label(i) ? 1 : 0, _weights[i]);
        }
        return (loss.Value, reliability.ToDiagram().ExpectedCalibrationError);
    }
}
