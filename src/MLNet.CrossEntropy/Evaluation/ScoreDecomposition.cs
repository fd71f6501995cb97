using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>
/// A mean score split into <c>Score = Miscalibration - Discrimination + Uncertainty</c> (Dimitriadis, Gneiting and Jordan
/// 2021, "Stable reliability diagrams for probabilistic classifiers", the CORP approach). The forecasts are recalibrated
/// by isotonic regression of outcomes on forecasts (pool adjacent violators), the best that can be done without
/// changing their order; nothing depends on bins. The recalibration is cross-fitted: each fifth of the rows is recalibrated by what the
/// others say. So of few rows it promises no gain that is not there; either part may be negative by chance.
/// </summary>
public readonly record struct ScoreDecomposition
{
    internal ScoreDecomposition(
        double score, double miscalibration, double discrimination, double uncertainty, double miscalibrationStandardError)
    {
        (Score, Miscalibration, Discrimination, Uncertainty) = (score, miscalibration, discrimination, uncertainty);
        MiscalibrationStandardError = miscalibrationStandardError;
    }

    /// <summary>The mean score of the forecasts.</summary>
    public double Score { get; }

    /// <summary>Score less that of the recalibrated forecasts: what calibration alone would gain on other rows.</summary>
    public double Miscalibration { get; }

    /// <summary>
    /// The standard error of <see cref="Miscalibration"/>, from the gains row by row; of a Brier score over several classes an upper bound.
    /// NaN below two effective rows.
    /// </summary>
    public double MiscalibrationStandardError { get; }

    /// <summary>Uncertainty less the score of the recalibrated forecasts: what the ordering is worth.</summary>
    public double Discrimination { get; }

    /// <summary>The score of always forecasting the overall frequency.</summary>
    public double Uncertainty { get; }

    /// <summary>The sum of all parts; null where one is.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="norm">What their standard errors add up to: a sum is never too small, and parts of different rows add in
    /// squares.</param>
    internal static ScoreDecomposition? Sum(IEnumerable<ScoreDecomposition?> parts, Func<double, double, double> norm) =>
        parts.Aggregate((a, b) => a is { } x && b is { } y
            ? new(
                x.Score + y.Score, x.Miscalibration + y.Miscalibration, x.Discrimination + y.Discrimination, x.Uncertainty + y.Uncertainty,
                norm(x.MiscalibrationStandardError, y.MiscalibrationStandardError))
            : null);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(typeof(ScoreDecomposition), PrintMembers);
}
