namespace MLNet.CrossEntropy;

/// <summary>
/// A mean score split into <c>Score = Miscalibration - Discrimination + Uncertainty</c> (Dimitriadis, Gneiting and Jordan
/// 2021, "Stable reliability diagrams for probabilistic classifiers", the CORP approach). The forecasts are recalibrated
/// by isotonic regression of outcomes on forecasts (pool adjacent violators), the best that can be done without
/// changing their order; nothing depends on bins.
/// </summary>
public readonly record struct ScoreDecomposition
{
    internal ScoreDecomposition(double score, double miscalibration, double discrimination, double uncertainty) =>
        (Score, Miscalibration, Discrimination, Uncertainty) = (score, miscalibration, discrimination, uncertainty);

    /// <summary>The mean score of the forecasts.</summary>
    public double Score { get; }

    /// <summary>Score less that of the recalibrated forecasts, at least 0: what calibration alone would gain.</summary>
    public double Miscalibration { get; }

    /// <summary>Uncertainty less the score of the recalibrated forecasts, at least 0: what the ordering is worth.</summary>
    public double Discrimination { get; }

    /// <summary>The score of always forecasting the overall frequency.</summary>
    public double Uncertainty { get; }

    internal static ScoreDecomposition Of(double score, double recalibrated, double uncertainty) =>
        new(score, score - recalibrated, uncertainty - recalibrated, uncertainty);

    internal static ScoreDecomposition Sum(IEnumerable<ScoreDecomposition> parts) => parts.Aggregate(
        (a, b) => new(a.Score + b.Score, a.Miscalibration + b.Miscalibration, a.Discrimination + b.Discrimination, a.Uncertainty + b.Uncertainty));
}
