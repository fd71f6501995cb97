using MLNet.CrossEntropy.Evaluation;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy;

/// <summary>What the evaluations of multiclass, binary and multi-label models have in common.</summary>
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

    /// <summary>
    /// The number of reliability bins, 1 to 10,000; null takes the cube root of the number of rows: of equal weight all of it, of equal
    /// width the largest of 1, 2, 4, 5, 8, 10, 20 and 40 that is not above it.
    /// </summary>
    public int? ReliabilityBins { get; set; }

    /// <summary>
    /// A column (key, text, number or Boolean) of segments, such as a country: <see cref="LogLossMetrics.Segments"/> evaluates the
    /// rows of each by themselves. The first 1,000 values that occur are told apart, all further ones are one segment. Null for none.
    /// </summary>
    public string? SegmentColumnName { get; set; }

    /// <summary>
    /// Whether to compute the metrics that need each class's distribution of scores: ROC-AUC, average precision,
    /// class-wise and equal-mass reliability, decompositions. They are exact up to 65,536 rows and resolve forecasts to
    /// 2^-8 of their distance from 0 or 1 beyond, in about 1 MB a class. Null computes them for at most 30 classes.
    /// </summary>
    public bool? OneVersusRest { get; set; }

    /// <summary>How many of the rows of largest loss to keep for <see cref="CrossEntropyMetrics.WorstRows"/>, 0 to 1000.</summary>
    public int WorstRows { get; set; } = 20;

    /// <summary>
    /// The number of threads, at least 1, that evaluate rows and add them up while the caller's own reads on; null for one a processor.
    /// 1 starts no thread. The metrics are the same bits whatever the number.
    /// </summary>
    public int? NumberOfThreads { get; set; }

    /// <summary>
    /// The ranks that evaluate together, each with rows of its own; null evaluates in this process alone. All ranks get the metrics of all
    /// rows, one rank's after the other's, with the bits of one process.
    /// </summary>
    public ICluster? Cluster { get; set; }

    /// <summary>
    /// A column (key, text, number or Boolean) that names the rows in <see cref="CrossEntropyMetrics.WorstRows"/>; null leaves them their
    /// positions.
    /// </summary>
    public string? IdColumnName { get; set; }

    /// <summary>What to do with a row whose label is missing; <see cref="BadRowPolicy.CountAsMistake"/> makes no sense here.</summary>
    public BadRowPolicy MissingLabel { get; set; }

    /// <summary>What to do with a row whose label is none of the model's classes.</summary>
    public BadRowPolicy UnknownClass { get; set; }

    /// <summary>What to do with a row whose scores are not finite, out of range or do not sum to 1.</summary>
    public BadRowPolicy InvalidScore { get; set; }

    /// <summary>The columns to read.</summary>
    internal abstract ScoredColumns Columns { get; }

    /// <summary>Ends whoever reads the rows.</summary>
    internal CancellationToken Cancellation { get; private set; }

    internal int Threads => NumberOfThreads ?? Environment.ProcessorCount;

    /// <summary>The same for one call.</summary>
    internal EvaluationOptions Until(CancellationToken cancellation)
    {
        var copy = (EvaluationOptions)MemberwiseClone();
        copy.Cancellation = cancellation;
        return copy;
    }

    /// <summary>The options for forecasts brought together by name: with a column of weights, the label's own among them.</summary>
    internal virtual EvaluationOptions ForForecasts()
    {
        var copy = (EvaluationOptions)MemberwiseClone();
        copy.ExampleWeightColumnName ??= "Weight";
        return copy;
    }

    /// <summary>Refuses options that make no sense.</summary>
    internal virtual void Check()
    {
        Throw.IfNotBetween(ProbabilityFloor, 0, 0.5, nameof(ProbabilityFloor));
        Throw.IfNotBetween(ConfidenceLevel, 0, 1, nameof(ConfidenceLevel));
        ArgumentNullException.ThrowIfNull(Prior);
        _ = Guard.Range(Threads, Threads >= 1, nameof(NumberOfThreads), "null or at least 1", "null takes one a processor");
        if (ReliabilityBins is { } bins)
            _ = Guard.Range(bins, bins is >= 1 and <= 10000, nameof(ReliabilityBins), "null or 1 to 10000", "15 is usual");
        _ = Guard.Range(WorstRows, WorstRows is >= 0 and <= 1000, nameof(WorstRows), "0 to 1000", "20 is usual");
        if (MissingLabel == BadRowPolicy.CountAsMistake)
            throw EvaluationErrors.MistakesWithoutLabel(nameof(MissingLabel));
    }

    private protected ScoredColumns ColumnsWith(string? score) =>
        new(LabelColumnName)
        {
            Score = score,
            Weight = ExampleWeightColumnName,
            Id = IdColumnName,
            Segment = SegmentColumnName,
            Cancellation = Cancellation,
        };
}

/// <summary>How a multiclass model is evaluated.</summary>
public sealed class MulticlassEvaluationOptions : EvaluationOptions
{
    /// <summary>The column of the scores: a vector of Single, one score a class.</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>
    /// Whether the scores are logits, whose softmax gives the probabilities, or probabilities, as a native multiclass model gives them.
    /// Null finds out from the first 262,144 scores: logits where more rows have a negative score than are probabilities (non-negative,
    /// with sum 1); rows behind them that are of the other kind are named in the warnings.
    /// </summary>
    public bool? ScoresAreLogits { get; set; }

    /// <summary>How far from 1 a row of probabilities may sum before its scores count as invalid.</summary>
    public double RowSumTolerance { get; set; } = 1e-3;

    /// <summary>
    /// Names for the side that has none. Scores without names: the classes in score order, as the labels write them; a label without
    /// names (a bare key, a vector without slot names) is then in the same order. Scores with names: the same names in the order of such
    /// a label; other names are what the labels call the classes, in score order. Null takes the names that there are (of the scores:
    /// TrainingLabelValues, else SlotNames); classes are matched by name, and by position only where neither side has names.
    /// </summary>
    public IReadOnlyList<string>? ClassNames { get; set; }

    /// <summary>
    /// With vector labels that are counts, multiply each row's weight by the sum of its counts, so that every count weighs
    /// the same; otherwise every row does.
    /// </summary>
    public bool WeightBySoftLabelSum { get; set; }

    internal override ScoredColumns Columns =>
        ColumnsWith(ScoreColumnName) with { ClassNames = ClassNames, WeightBySoftLabelSum = WeightBySoftLabelSum };

    internal override EvaluationOptions ForForecasts()
    {
        var copy = (MulticlassEvaluationOptions)base.ForForecasts();
        (copy.ClassNames, copy.WeightBySoftLabelSum) = (null, false);
        return copy;
    }

    internal override void Check()
    {
        base.Check();
        Throw.IfNotBetween(RowSumTolerance, 0, 1, nameof(RowSumTolerance));
    }
}

/// <summary>How a binary model is evaluated.</summary>
public sealed class BinaryEvaluationOptions : EvaluationOptions
{
    /// <summary>
    /// The column of raw scores, or null. It serves as a logit where it agrees with the probability, or where there
    /// is no probability column.
    /// </summary>
    public string? ScoreColumnName { get; set; } = "Score";

    /// <summary>The column of the probability of the positive class, or null where the score is itself a logit.</summary>
    public string? ProbabilityColumnName { get; set; } = "Probability";

    internal override ScoredColumns Columns => ColumnsWith(ScoreColumnName) with { Probability = ProbabilityColumnName };
}

/// <summary>How a multi-label model is evaluated: one that answers several yes-or-no questions about each row.</summary>
public sealed class MultiLabelEvaluationOptions : EvaluationOptions
{
    /// <summary>The column of the scores: a vector of Single, one score a label.</summary>
    public string ScoreColumnName { get; set; } = "Score";

    /// <summary>
    /// Whether the scores are logits, else probabilities. Null takes them for logits where there is a column Probability beside them, or
    /// where one in the first block of rows lies outside 0 to 1.
    /// </summary>
    public bool? ScoresAreLogits { get; set; }

    /// <summary>
    /// Names for the side that has none, scores or labels, in the order of its slots; null takes the slot names that there are. Labels
    /// are matched by name, and by position only where neither side has names.
    /// </summary>
    public IReadOnlyList<string>? LabelNames { get; set; }

    internal override ScoredColumns Columns => ColumnsWith(ScoreColumnName) with { ClassNames = LabelNames };

    internal override EvaluationOptions ForForecasts()
    {
        var copy = (MultiLabelEvaluationOptions)base.ForForecasts();
        copy.LabelNames = null;
        return copy;
    }

    internal override void Check()
    {
        base.Check();
        if (UnknownClass == BadRowPolicy.CountAsMistake || InvalidScore == BadRowPolicy.CountAsMistake)
            throw EvaluationErrors.MistakesOfManyLabels();
    }
}

/// <summary>What to do with a row that cannot be evaluated. Whatever the policy, no row goes unreported.</summary>
public enum BadRowPolicy
{
    /// <summary>Leave the row out of every metric, count it in <see cref="RowCounts"/> and warn.</summary>
    Skip,

    /// <summary>Stop with an error that names the row and the value seen.</summary>
    Throw,

    /// <summary>
    /// Count the row as a mistake in log-loss and accuracy, as if its true class had been given probability 0: an infinite
    /// loss, -ln of the floor once clipped. Other metrics leave it out. Not for rows without a label.
    /// </summary>
    CountAsMistake,
}
