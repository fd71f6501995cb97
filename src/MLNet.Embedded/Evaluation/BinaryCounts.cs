namespace Microsoft.ML.Data;

/// <summary>
/// The sums behind ML.NET's binary metrics, its flaws included: log-loss is in bits and not clamped, rows of non-finite score are
/// not counted, and one NaN probability makes the log-loss NaN. A row is predicted positive when its score exceeds 0, whatever
/// its probability.
/// </summary>
internal sealed class BinaryCounts
{
    private double _truePositives, _falseNegatives, _falsePositives, _trueNegatives;
    private double _lossPositives, _lossNegatives, _loss;

    public RocCurve Curve { get; } = new();

    /// <summary>[actual][predicted], positive first.</summary>
    public double[][] ConfusionCounts => [[_truePositives, _falseNegatives], [_falsePositives, _trueNegatives]];

    public double Accuracy => (_trueNegatives + _truePositives) / Rows;

    public double PositivePrecision => Ratio(_truePositives, _falsePositives);

    public double PositiveRecall => Ratio(_truePositives, _falseNegatives);

    public double NegativePrecision => Ratio(_trueNegatives, _falseNegatives);

    public double NegativeRecall => Ratio(_trueNegatives, _falsePositives);

    public double F1Score
    {
        get
        {
            double sum = PositivePrecision + PositiveRecall;
            return sum == 0 ? 0 : 2 * PositivePrecision * PositiveRecall / sum;
        }
    }

    public double Entropy => EntropyOf((_truePositives + _falseNegatives) / Rows);

    public double LogLoss => double.IsNaN(_loss) ? double.NaN : LossRows > 0 ? _loss / LossRows : 0;

    public double LogLossReduction
    {
        get
        {
            if (LossRows == 0)
                return 0;
            double prior = EntropyOf(_lossPositives / LossRows);
            return (prior - _loss / LossRows) / prior;
        }
    }

    private double Rows => _truePositives + _falseNegatives + _falsePositives + _trueNegatives;

    private double LossRows => _lossPositives + _lossNegatives;

    public void Add(float label, float score, float probability)
    {
        if (!float.IsFinite(score) || float.IsNaN(label))
            return;
        bool isPositive = label > 0;
        (isPositive ? ref score > 0 ? ref _truePositives : ref _falseNegatives : ref score > 0 ? ref _falsePositives : ref _trueNegatives)++;
        if (!float.IsNaN(probability))
            (isPositive ? ref _lossPositives : ref _lossNegatives)++;
        _loss += float.IsNaN(probability) ? double.NaN : -Math.Log(isPositive ? probability : 1.0 - probability, 2);
        Curve.Add(score, isPositive);
    }

    private static double EntropyOf(double p) => p is 0 or 1 ? 0 : -(p * Math.Log(p) + (1 - p) * Math.Log(1 - p)) / Math.Log(2);

    private static double Ratio(double right, double wrong) => right + wrong > 0 ? right / (right + wrong) : 0;
}
