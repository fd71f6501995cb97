using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// What the thresholds of one class's probability do on the rows of an evaluation, that class against the rest: curves, and the
/// threshold to act on. Exact up to 65,536 rows; beyond, thresholds lie 2^-8 of their distance from 0 or 1 apart, and what each does is
/// exact. Made when first asked for.
/// </summary>
public sealed class ScoreCurves
{
    private const int MostPoints = 2048;

    private readonly ScoreDistribution _forecasts;
    private readonly bool _isMirrored;
    private readonly string _className;
    private readonly double _confidenceLevel;
    private readonly int _threads;
    private readonly Lazy<IReadOnlyList<OperatingPoint>> _points;
    private readonly Lazy<IReadOnlyList<(double, double)>> _costCurve;

    /// <param name="forecasts">The forecasts of the class, or of the only other one.</param>
    /// <param name="isMirrored">Whether they are those of the other class.</param>
    /// <param name="className">The class.</param>
    /// <param name="options">How the rows are evaluated.</param>
    internal ScoreCurves(ScoreDistribution forecasts, bool isMirrored, string className, EvaluationOptions options)
    {
        (_forecasts, _isMirrored, _className) = (forecasts, isMirrored, className);
        (_confidenceLevel, _threads) = (options.ConfidenceLevel, options.Threads);
        _points = new(() => Thinned(MostPoints));
        _costCurve = new(() => CostEnvelope.Of(Ranked()));
    }

    /// <summary>
    /// The curves' points, from the threshold that predicts no row positive to the one that predicts all. Rows of equal forecast stay
    /// together. Of more than 2,048 points those are left out that move the areas least: the ROC curve's (by straight lines) and the
    /// average precision (by steps) stay within about 3e-4.
    /// </summary>
    public IReadOnlyList<OperatingPoint> Points => _points.Value;

    /// <summary>
    /// The cost curve (Drummond and Holte 2006, "Cost curves"): the least normalised cost that any threshold has, corner by corner of that
    /// line. <c>ProbabilityCost</c> is <c>p c_fn / (p c_fn + (1 - p) c_fp)</c>, p the share of positive rows and c what mistakes
    /// cost; <c>Cost</c> is <c>(1 - recall) ProbabilityCost + false positive rate (1 - ProbabilityCost)</c>, 1/2 at most. Empty unless
    /// both classes occur.
    /// </summary>
    public IReadOnlyList<(double ProbabilityCost, double Cost)> CostCurve => _costCurve.Value;

    /// <summary>What a threshold does, any one: rows with a forecast of at least it are predicted positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is NaN.</exception>
    public OperatingPoint At(double threshold)
    {
        _ = Guard.Range(threshold, !double.IsNaN(threshold), nameof(threshold), "a number", "0.5 is usual");
        var ranked = Ranked();
        var point = ranked.PointAt(ranked.CountFrom(threshold));
        var probability = Math.Clamp(threshold, 0, 1);
        var logit = Math.Log(probability) - Math.Log(1 - probability);
        return new(threshold, logit, point.TruePositives, point.FalsePositives, point.Positives, point.Negatives);
    }

    /// <summary>The highest recall of a threshold of at least this precision; 0 where none has it, NaN without positive rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The precision is not in (0, 1].</exception>
    public double RecallAtPrecision(double precision) => Best(ThresholdRule.Of(precision, null, null)).Recall;

    /// <summary>The highest precision of a threshold of at least this recall; NaN without positive rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The recall is not in (0, 1].</exception>
    public double PrecisionAtRecall(double recall) => Best(ThresholdRule.Of(null, recall, null)).Precision;

    /// <summary>
    /// Chooses a threshold on these rows by one of three targets, and says by a bootstrap of the rows (Poisson weights) what it may do on
    /// others. Choose on validation rows and evaluate on others: <see cref="At"/>.
    /// </summary>
    /// <param name="precision">The precision, in (0, 1], to have at the highest recall.</param>
    /// <param name="recall">The recall, in (0, 1], to have at the highest precision.</param>
    /// <param name="costs">What a false positive and a false negative cost, at least 0: the least mean cost of a row.</param>
    /// <param name="resamples">The number of bootstrap resamples, 0 to 100,000; 0 leaves the intervals NaN.</param>
    /// <param name="seed">Equal seeds give equal intervals on any number of threads.</param>
    /// <exception cref="ArgumentException">Not exactly one target is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">Not both classes occur, or no threshold reaches the precision.</exception>
    public ChosenThreshold ThresholdFor(
        double? precision = null, double? recall = null, (double FalsePositive, double FalseNegative)? costs = null,
        int resamples = 1000, int seed = 1)
    {
        var rule = ThresholdRule.Of(precision, recall, costs);
        _ = Guard.Range(resamples, resamples is >= 0 and <= 100_000, nameof(resamples), "0 to 100,000", "1000 is usual");
        var ranked = Ranked();
        if (!(ranked.Positives > 0 && ranked.Negatives > 0))
            throw EvaluationErrors.NoThresholdForOneClass(_className, ranked.Positives, ranked.Negatives);
        return rule.BestOf(ranked.TruePositives, ranked.FalsePositives) is { } chosen
            ? ThresholdBootstrap.Of(ranked, rule, chosen, resamples, seed, _threads, _confidenceLevel)
            : throw EvaluationErrors.PrecisionOutOfReach(_className, precision!.Value, ranked.HighestPrecision());
    }

    /// <summary>At most so many points, chosen so that the areas under the curves stay as they are as nearly as may be.</summary>
    internal IReadOnlyList<OperatingPoint> Thinned(int most)
    {
        var ranked = Ranked();
        return [.. CurveThinning.Of(ranked, most).Select(ranked.PointAt)];
    }

    internal RankedForecasts Ranked() => new(_forecasts, _isMirrored);

    /// <summary>What the best threshold does; where there is none, what predicting no row positive does.</summary>
    private OperatingPoint Best(ThresholdRule rule)
    {
        var ranked = Ranked();
        return ranked.PointAt(rule.BestOf(ranked.TruePositives, ranked.FalsePositives) ?? 0);
    }
}
