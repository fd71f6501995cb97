using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// Forecast probabilities beside the frequencies with which they came true, bin by bin, and the calibration errors that
/// follow (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", section 2).
/// </summary>
public sealed class ReliabilityDiagram
{
    internal ReliabilityDiagram(IReadOnlyList<ReliabilityBin> bins, double expectedUnderCalibration, double debiasedSquare)
    {
        Bins = bins;
        var weight = bins.Sum(b => b.Weight);
        ReliabilityBin[] filled = [.. bins.Where(b => b.Weight > 0)];
        ExpectedCalibrationError = filled.Length == 0 ? double.NaN : filled.Sum(b => b.Weight / weight * b.Gap);
        MaximumCalibrationError = filled.Length == 0 ? double.NaN : filled.Max(b => b.Gap);
        ExpectedUnderPerfectCalibration = expectedUnderCalibration;
        DebiasedRootMeanSquare = Math.Sqrt(Math.Max(debiasedSquare, 0));
    }

    /// <summary>The bins in order, empty ones included.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>ECE: the weighted mean over bins of <c>|frequency - confidence|</c>; NaN without rows.</summary>
    public double ExpectedCalibrationError { get; }

    /// <summary>MCE: the largest <c>|frequency - confidence|</c> of a bin that is not empty; NaN without rows.</summary>
    public double MaximumCalibrationError { get; }

    /// <summary>
    /// The ECE that chance alone would give these forecasts, were they perfectly calibrated (each bin's frequency taken as
    /// normal about its confidence). An ECE near this value is no sign of miscalibration.
    /// </summary>
    public double ExpectedUnderPerfectCalibration { get; }

    /// <summary>
    /// The root of the mean squared gap less its sampling error, <c>sum_b w_b ((f - c)^2 - f (1 - f) / (n_b - 1))</c>, or 0
    /// where that is negative (Kumar, Liang and Ma 2019, "Verified uncertainty calibration", section 4). Bins of one
    /// effective row are left out; NaN where no bin has more.
    /// </summary>
    public double DebiasedRootMeanSquare { get; }

    /// <summary>
    /// An interval of the calibration error of these bins over all rows of the kind, c. Chance adds to the ECE, so that its two sides
    /// differ: c is at most <c>ECE + z s</c>, since the ECE exceeds the gaps' sum under their true signs, s being the deviation of that;
    /// and at least the ECE less what chance alone gives but once in <c>2 / (1 - level)</c>. It covers c at least as often as the level
    /// says where the bins' frequencies are about normal; 0 is in it for a calibrated model. NaN without rows.
    /// </summary>
    /// <param name="level">The confidence, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is out of range.</exception>
    public ConfidenceInterval ErrorInterval(double level = 0.95)
    {
        Throw.IfNotBetween(level, 0, 1, nameof(level));
        double weight = Bins.Sum(b => b.Weight), z = NormalDistribution.Quantile((1 + level) / 2), variance = 0, deviations = 0;
        foreach (var bin in Bins.Where(b => b.Weight > 0))
        {
            var share = bin.Weight / weight;
            var ofBin = Math.Max(bin.Frequency * (1 - bin.Frequency) / bin.EffectiveRows, bin.ChanceDeviation * bin.ChanceDeviation);
            variance += share * share * ofBin;
            deviations += share * Math.Sqrt(ofBin);
        }
        // |X| of a centred normal has mean sqrt(2 / pi) s and variance (1 - 2 / pi) s^2.
        var byChance = Math.Sqrt(2 / Math.PI) * deviations + z * Math.Sqrt((1 - 2 / Math.PI) * variance);
        var error = ExpectedCalibrationError;
        return new(Math.Max(error - byChance, 0), Math.Min(error + z * Math.Sqrt(variance), 1), level);
    }
}

/// <summary>The rows whose forecast probability fell into one interval.</summary>
public readonly record struct ReliabilityBin
{
    internal ReliabilityBin(
        double lower, double upper, double weight, double effectiveRows, double confidence, double frequency, double chanceDeviation)
    {
        (Lower, Upper, Weight, EffectiveRows) = (lower, upper, weight, effectiveRows);
        (Confidence, Frequency, ChanceDeviation) = (confidence, frequency, chanceDeviation);
    }

    /// <summary>The lower edge, excluded except in the first bin.</summary>
    public double Lower { get; }

    /// <summary>The upper edge, included.</summary>
    public double Upper { get; }

    /// <summary>The weight of its rows; 0 for an empty bin.</summary>
    public double Weight { get; }

    /// <summary>The effective number of its rows, <c>(sum w)^2 / sum w^2</c>.</summary>
    public double EffectiveRows { get; }

    /// <summary>Their mean forecast probability; NaN for an empty bin.</summary>
    public double Confidence { get; }

    /// <summary>The share of them for which the forecast event came true; NaN for an empty bin.</summary>
    public double Frequency { get; }

    /// <summary><c>|Frequency - Confidence|</c>.</summary>
    public double Gap => Math.Abs(Frequency - Confidence);

    /// <summary>
    /// The standard deviation that <see cref="Frequency"/> would have about <see cref="Confidence"/> by chance alone, were the
    /// forecasts perfectly calibrated: <c>sqrt(sum_i w_i^2 q_i (1 - q_i)) / sum_i w_i</c>. NaN for an empty bin.
    /// </summary>
    public double ChanceDeviation { get; }

    /// <summary>
    /// The interval of <see cref="Frequency"/> (Clopper and Pearson 1934, exact for rows of equal weight, else by
    /// <see cref="EffectiveRows"/>); NaN for an empty bin.
    /// </summary>
    /// <param name="level">The confidence, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is out of range.</exception>
    public ConfidenceInterval Interval(double level = 0.95)
    {
        Throw.IfNotBetween(level, 0, 1, nameof(level));
        return BetaDistribution.ClopperPearson(Frequency * EffectiveRows, EffectiveRows, level);
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(ReliabilityBin), PrintMembers);
}
