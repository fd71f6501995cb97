namespace MLNet.CrossEntropy;

/// <summary>What the evaluations of multiclass and binary models have in common.</summary>
public abstract class EvaluationOptions
{
    private protected EvaluationOptions() { }

    /// <summary>The column of the true classes.</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>A column of row weights (finite, at least 0; a row of weight 0 is left out), or null for weight 1.</summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>
    /// Probabilities below this are raised to it in the clipped log-loss, which therefore never exceeds -ln of it in
    /// one row. Must lie in (0, 0.5). Logits are never clipped.
    /// </summary>
    public double ProbabilityFloor { get; set; } = 1e-15;

    /// <summary>The confidence of the intervals, in (0, 1).</summary>
    public double ConfidenceLevel { get; set; } = 0.95;

    /// <summary>What log-loss reduction is measured against.</summary>
    public ReferencePrior Prior { get; set; } = ReferencePrior.TestSet;

    /// <summary>The number of reliability bins.</summary>
    public int ReliabilityBins { get; set; } = 15;

    /// <summary>
    /// Whether to compute the metrics that need each class's distribution of scores: ROC-AUC, average precision,
    /// class-wise and equal-mass reliability, decompositions. They are exact up to 65,536 rows and resolve forecasts to
    /// 2^-8 of their distance from 0 or 1 beyond, in about 1 MB a class. Null computes them for at most 30 classes.
    /// </summary>
    public bool? OneVersusRest { get; set; }

    /// <summary>How many of the rows of largest loss to keep for <see cref="RowLosses.Worst"/>, 0 to 1000.</summary>
    public int WorstRows { get; set; } = 20;

    /// <summary>
    /// The number of threads, at least 1, that judge rows and add them up while the caller's own reads on; null for one a processor.
    /// 1 starts no thread. The metrics are the same bits whatever the number.
    /// </summary>
    public int? NumberOfThreads { get; set; }

    /// <summary>A column (key, text, number or Boolean) that names the rows in <see cref="RowLosses.Worst"/>; null leaves them their positions.</summary>
    public string? IdColumnName { get; set; }

    /// <summary>What to do with a row whose label is missing; <see cref="BadRowPolicy.CountAsMistake"/> makes no sense here.</summary>
    public BadRowPolicy MissingLabel { get; set; }

    /// <summary>What to do with a row whose label is none of the model's classes.</summary>
    public BadRowPolicy UnknownClass { get; set; }

    /// <summary>What to do with a row whose scores are not finite, out of range or do not sum to 1.</summary>
    public BadRowPolicy InvalidScore { get; set; }

    /// <summary>A copy that asks for no more than the rows' losses.</summary>
    internal EvaluationOptions LossesOnly()
    {
        var copy = (EvaluationOptions)MemberwiseClone();
        (copy.OneVersusRest, copy.WorstRows, copy.IdColumnName) = (false, 0, null);
        return copy;
    }

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;
}
