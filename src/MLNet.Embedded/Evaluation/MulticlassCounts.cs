namespace Microsoft.ML.Data;

/// <summary>
/// The sums behind ML.NET's multiclass metrics, its flaws included: a probability is clamped to [1e-15, 1], rows with bad scores
/// or labels are not counted at all, a label beyond the scores counts as a row of clamped loss without a class, and absent
/// classes have log-loss 0.
/// </summary>
internal sealed class MulticlassCounts(int classes)
{
    private const float LeastProbability = (float)1e-15;

    private readonly double[] _classRows = new double[classes];
    private readonly double[] _classLoss = new double[classes];
    private readonly double[] _rowsOfRank = new double[classes + 1];
    private double _rows;
    private double _correct;
    private double _loss;

    public double[][] ConfusionCounts { get; } = [.. Enumerable.Range(0, classes).Select(_ => new double[classes])];

    public double MicroAccuracy => _rows > 0 ? _correct / _rows : 0;

    public double LogLoss => _rows > 0 ? _loss / _rows : 0;

    public double[] PerClassLogLoss => [.. _classLoss.Select((loss, c) => _classRows[c] > 0 ? loss / _classRows[c] : 0)];

    /// <summary>The mean recall of the classes that occur.</summary>
    public double MacroAccuracy
    {
        get
        {
            double sum = 0;
            int present = 0;
            for (int c = 0; c < classes; c++)
            {
                if (_classRows[c] == 0)
                    continue;
                present++;
                sum += ConfusionCounts[c][c] / _classRows[c];
            }

            return present > 0 ? sum / present : 0;
        }
    }

    /// <summary>(H - log-loss) / H, H the entropy of the labels: infinite when one class alone occurs, NaN without rows.</summary>
    public double LogLossReduction
    {
        get
        {
            double entropy = 0;
            foreach (double rows in _classRows)
            {
                if (rows != 0)
                    entropy += rows * Math.Log(rows / _rows);
            }

            entropy /= -_rows;
            return (entropy - LogLoss) / entropy;
        }
    }

    /// <summary>For each k up to <paramref name="k"/> the share of rows whose label is among the k greatest scores.</summary>
    public double[] TopKAccuracies(int k)
    {
        var accuracies = new double[Math.Min(k, _rowsOfRank.Length)];
        double sum = 0;
        for (int i = 0; i < accuracies.Length; i++)
            accuracies[i] = sum += _rowsOfRank[i] / _rows;
        // ML.NET, too, reads past the end of its ranks when k is greater than the number of classes + 1.
        _ = accuracies[k - 1];
        return accuracies;
    }

    public void Add(float label, ReadOnlySpan<float> scores)
    {
        if (float.IsNaN(label) || label < 0 || label != (int)label || !AreFinite(scores))
            return;
        int actual = (int)label;
        bool isKnown = actual < classes;
        float score = isKnown ? scores[actual] : 0;
        double loss = -Math.Log(isKnown ? Math.Min(1, Math.Max(LeastProbability, score)) : LeastProbability);
        int rank = 0, predicted = 0;
        for (int i = 0; i < classes; i++)
        {
            if (scores[i] > score || (scores[i] == score && i < actual))
                rank++;
            if (scores[predicted] < scores[i])
                predicted = i;
        }

        _rows++;
        _loss += loss;
        _rowsOfRank[rank]++;
        if (rank == 0)
        {
            _correct++;
            predicted = actual;
        }

        if (isKnown || rank == 0)
        {
            ConfusionCounts[actual][predicted]++;
            _classRows[actual]++;
            _classLoss[actual] += loss;
        }
    }

    private static bool AreFinite(ReadOnlySpan<float> scores)
    {
        foreach (float score in scores)
        {
            if (!float.IsFinite(score))
                return false;
        }

        return true;
    }
}
