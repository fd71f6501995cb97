using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy;

/// <summary>What all cross-entropy trainers have in common. A trainer copies its options and never changes the caller's.</summary>
public abstract partial class CrossEntropyTrainerOptions
{
    private protected CrossEntropyTrainerOptions() { }

    /// <summary>The name of the label column.</summary>
    public string LabelColumnName { get; set; } = Defaults.LabelColumnName;

    /// <summary>The name of the feature column: a vector of Single of known length.</summary>
    public string FeatureColumnName { get; set; } = Defaults.FeatureColumnName;

    /// <summary>The name of the column of example weights (Single), or null when every row weighs 1.</summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>
    /// The penalty <c>l2/2 ||W||^2</c> added to the mean loss; biases are not penalised. Null is 1/N, N being the sum of
    /// the example weights (the number of rows without any): what ML.NET's LBFGS trainers call L2Regularization = 1.
    /// </summary>
    public float? L2Regularization { get; set; }

    /// <summary>The penalty <c>l1 ||W||_1</c> added to the mean loss; biases are not penalised.</summary>
    public float L1Regularization { get; set; }

    /// <summary>
    /// How a gradient becomes a step: plain SGD, SAGA, which converges to the strict optimum, or Newton's method, which is there in a few
    /// passes and takes no batch size, learning rate, schedule or optimizer.
    /// </summary>
    public Solver Solver { get; set; }

    /// <summary>
    /// Whether the training rows are read once and kept in memory, which takes about as many bytes as they have. False reads them
    /// anew in each epoch into blocks of some tens of MB that are used again, so that memory does not grow with the rows: for
    /// data larger than memory, and only where every pass over the data gives the same rows in the same order.
    /// </summary>
    /// <remarks>
    /// Without the cache, batches are drawn from one run of rows after the other and shuffled within it alone, so rows should not be
    /// sorted. Plain SGD is the only method. Besides the epochs the data is read for the counts, weights and class priors, for the
    /// means and variances of the features, for the learning rate (its first run of rows) and for the certificate at the end.
    /// Data of a single run gives the same model as with the cache and the same method.
    /// </remarks>
    public bool Cache { get; set; } = true;

    /// <summary>Passes over the training rows; null chooses by their number.</summary>
    public int? NumberOfEpochs { get; set; }

    /// <summary>Rows in a mini-batch, the rows of one step; null chooses by the number of rows.</summary>
    public int? BatchSize { get; set; }

    /// <summary>The largest learning rate of the fit; null derives it from the data.</summary>
    public double? LearningRate { get; set; }

    /// <summary>Momentum m of <c>v = m v + g; W = W - rate v</c>, at least 0 and below 1.</summary>
    public double Momentum { get; set; } = Defaults.Momentum;

    /// <summary>The rule of a step on dense rows, such as <see cref="Adam"/>; null is SGD with <see cref="Momentum"/>.</summary>
    /// <remarks>Any rule but <see cref="Sgd"/> needs a learning rate or a schedule and goes without L1. Sparse rows are always SGD's.</remarks>
    public Optimizer? Optimizer { get; set; }

    /// <summary>The learning rate of every step; null lets the largest one fall linearly to 0 (SAGA: keeps it).</summary>
    public Schedule? Schedule { get; set; }

    /// <summary>Label smoothing a: the targets become <c>(1 - a) p + a/K</c>. At least 0 and below 1.</summary>
    public double LabelSmoothing { get; set; }

    /// <summary>Whether features are rescaled inside the trainer. The model takes raw features all the same.</summary>
    public Standardization Standardization { get; set; } = Standardization.Auto;

    /// <summary>Whether each epoch visits the rows in a new random order.</summary>
    public bool Shuffle { get; set; } = true;

    /// <summary>Seeds the shuffling; null draws one from the MLContext, whose own seed thus decides it.</summary>
    public int? Seed { get; set; }

    /// <summary>Threads that take part, 1 starting none; null is one for each processor. Their number never changes the result.</summary>
    public int? NumberOfThreads { get; set; }

    /// <summary>Ends the fit when an epoch's loss differs from the one before by less than this share of it; 0 never does.</summary>
    public double OptimizationTolerance { get; set; }

    /// <summary>With SAGA and Newton's method, ends the fit when the norm of the objective's gradient is at most this; 0 never does.</summary>
    public double GradientTolerance { get; set; } = Defaults.GradientTolerance;

    /// <summary>Told of each epoch as it ends, on the thread that called Fit; an <see cref="Progress{T}"/> hands it on.</summary>
    public IProgress<EpochReport>? Progress { get; set; }

    /// <summary>Checks all options and names every problem at once.</summary>
    /// <exception cref="ArgumentException">An option has a value that makes no sense.</exception>
    public void Validate()
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0)
            throw Throw.InvalidOptions(GetType().DeclaringType!.Name, problems);
    }

    internal T Copy<T>()
        where T : CrossEntropyTrainerOptions
    {
        var copy = (T)MemberwiseClone();
        copy.CopyTargets();
        return copy;
    }

    private IEnumerable<string> Problems()
    {
        (bool Allowed, string Name, object? Value, string Range)[] checks =
        [
            (!string.IsNullOrEmpty(LabelColumnName), nameof(LabelColumnName), LabelColumnName, "the name of a column"),
            (!string.IsNullOrEmpty(FeatureColumnName), nameof(FeatureColumnName), FeatureColumnName, "the name of a column"),
            (ExampleWeightColumnName != "", nameof(ExampleWeightColumnName), ExampleWeightColumnName, "the name of a column, or null for none"),
            (L2Regularization is null || IsFinite(L2Regularization.Value, from: 0), nameof(L2Regularization), L2Regularization, "finite and at least 0, or null for 1/N"),
            (IsFinite(L1Regularization, from: 0), nameof(L1Regularization), L1Regularization, "finite and at least 0"),
            (NumberOfEpochs is null or > 0, nameof(NumberOfEpochs), NumberOfEpochs, "at least 1, or null to have it chosen"),
            (BatchSize is null or > 0, nameof(BatchSize), BatchSize, "at least 1, or null to have it chosen"),
            (LearningRate is null || IsFinite(LearningRate.Value, from: double.Epsilon), nameof(LearningRate), LearningRate, "finite and above 0, or null to have it chosen"),
            (Schedule is null || LearningRate is null, nameof(LearningRate), LearningRate, "null when there is a Schedule, which gives the rates"),
            (Momentum is >= 0 and < 1, nameof(Momentum), Momentum, "at least 0 and below 1"),
            (LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "at least 0 and below 1"),
            (Enum.IsDefined(Solver), nameof(Solver), Solver, $"one of {string.Join(", ", Enum.GetNames<Solver>())}"),
            (Cache || Solver is Solver.Sgd or Solver.Auto, nameof(Solver), Solver, "Sgd or Auto when Cache is false: the others remember every row"),
            (L1Regularization <= 0 || Solver != Solver.Newton, nameof(Solver), Solver, "another method, such as Saga, when there is an L1 penalty: Newton's needs an objective without kinks"),
            (IsFinite(GradientTolerance, from: 0), nameof(GradientTolerance), GradientTolerance, "finite and at least 0"),
            (Enum.IsDefined(Standardization), nameof(Standardization), Standardization, $"one of {string.Join(", ", Enum.GetNames<Standardization>())}"),
            (NumberOfThreads is null or > 0, nameof(NumberOfThreads), NumberOfThreads, "at least 1, or null for one for each processor"),
            (IsFinite(OptimizationTolerance, from: 0), nameof(OptimizationTolerance), OptimizationTolerance, "finite and at least 0"),
        ];
        return checks.Concat(WarmStartChecks()).Concat(ValidationChecks()).Concat(CancellationChecks()).Concat(CheckpointChecks()).Concat(TargetChecks())
            .Where(check => !check.Allowed)
            .Select(check => FormattableString.Invariant($"{check.Name} is {Seen(check.Value)}; it must be {check.Range}."));
    }

    private static object Seen(object? value) => value is null ? "null" : value is "" ? "''" : value;

    private static bool IsFinite(double value, double from) => value >= from && double.IsFinite(value);

    internal static class Defaults
    {
        public const string LabelColumnName = "Label";
        public const string FeatureColumnName = "Features";
        public const double Momentum = 0.9;
        public const int Patience = 5;
        public const double GradientTolerance = 1e-5;
    }
}
