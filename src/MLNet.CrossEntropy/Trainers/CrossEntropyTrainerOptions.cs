using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Trainers;

namespace MLNet.CrossEntropy;

/// <summary>What all cross-entropy trainers have in common. A trainer copies its options and never changes the caller's.</summary>
public abstract class CrossEntropyTrainerOptions
{
    private protected CrossEntropyTrainerOptions() { }

    /// <summary>The name of the label column.</summary>
    public string LabelColumnName { get; set; } = Defaults.LabelColumnName;

    /// <summary>The name of the feature column: a vector of Single of known length.</summary>
    public string FeatureColumnName { get; set; } = Defaults.FeatureColumnName;

    /// <summary>The name of the column of example weights (a number), or null when every row weighs 1.</summary>
    public string? ExampleWeightColumnName { get; set; }

    /// <summary>The loss that is minimised.</summary>
    public TrainingLoss Loss { get; set; }

    /// <summary>
    /// The penalty <c>l2/2 ||W||^2</c> added to the mean loss; biases are not penalised. What ML.NET's LBFGS trainers call
    /// L2Regularization = 1 is 1/N here, N being the number of rows. Null has it chosen by the log-loss of rows that are held out
    /// (validation rows, where there are some) before all are fitted; <see cref="TrainingReport.PenaltyPath"/> tells how.
    /// </summary>
    /// <remarks>
    /// The chosen penalty is on the weights of features scaled to the same variance, so that the model does not change with their units,
    /// unless one on raw weights, as a number of yours is, does clearly better. Up to 4,096 rows are left out one by one, by the Hessian's
    /// factor; of larger models or more rows folds or halves are held out. It takes longer than one fit; give a number where that matters.
    /// In a <see cref="Cluster"/> every rank makes the choice, by the same rows, drawn from all ranks'.
    /// </remarks>
    public float? L2Regularization { get; set; }

    /// <summary>
    /// The penalty <c>l1 ||W||_1</c> added to the mean loss; biases are not penalised. Null has it chosen beside L2, as
    /// <see cref="L2Regularization"/> is.
    /// </summary>
    public float? L1Regularization { get; set; } = 0;

    /// <summary>
    /// The name of a column, of text, keys or numbers, whose equal values mark rows that belong together, such as those of one patient:
    /// they are held out together, for a penalty or as <see cref="ValidationFraction"/>. Null takes every row for itself.
    /// </summary>
    public string? GroupColumnName { get; set; }

    /// <summary>Label smoothing a: the targets become <c>(1 - a) p + a/K</c>. At least 0 and below 1.</summary>
    public double LabelSmoothing { get; set; }

    /// <summary>
    /// The shares that the model's probabilities refer to, after class weights and positive weights have distorted them; null leaves
    /// them as the weights made them. The ranking of rows by one class stays as it is.
    /// </summary>
    /// <remarks>
    /// Exact for cross-entropy without label smoothing, where the model is right; the report's loss and certificate are those of the fit,
    /// before the correction.
    /// </remarks>
    public TargetPrior? TargetPrior { get; set; }

    /// <summary>
    /// How the objective is minimised: plain SGD, SAGA, which converges to the strict optimum, or Newton's method, which is there in a few
    /// passes and takes no batch size, learning rate, schedule or optimizer.
    /// </summary>
    public Solver Solver { get; set; }

    /// <summary>Passes over the training rows; null chooses by their number.</summary>
    public int? NumberOfEpochs { get; set; }

    /// <summary>
    /// Ends the fit when, with SAGA and Newton's method, the norm of the objective's gradient is at most this, and with plain SGD an
    /// epoch's objective differs from the one before by less than this share of it; 0 never does. Null is 1e-5, for plain SGD 0.
    /// </summary>
    public double? Tolerance { get; set; }

    /// <summary>Rows in a mini-batch, the rows of one step; null chooses by the number of rows.</summary>
    public int? BatchSize { get; set; }

    /// <summary>The largest learning rate of the fit; null derives it from the data.</summary>
    public double? LearningRate { get; set; }

    /// <summary>The learning rate of every step; null lets the largest one fall linearly to 0 (SAGA: keeps it).</summary>
    public Schedule? Schedule { get; set; }

    /// <summary>The rule of a step on dense rows, such as <see cref="Adam"/>; null is <see cref="Sgd"/> with a momentum of 0.9.</summary>
    /// <remarks>
    /// Any rule but <see cref="Sgd"/> needs a learning rate or a schedule and goes without L1. Sparse rows are always SGD's.
    /// </remarks>
    public Optimizer? Optimizer { get; set; }

    /// <summary>
    /// Whether the training rows are read once and kept in memory, which takes about as many bytes as they have. False reads them
    /// anew in each epoch into blocks of some tens of MB that are used again, so that memory does not grow with the rows: for
    /// data larger than memory, and only where every pass over the data gives the same rows in the same order. Another number of rows,
    /// other labels, weights or first features are an error; other changes cannot be seen.
    /// </summary>
    /// <remarks>
    /// Without the cache, batches are drawn from one run of rows after the other and shuffled within it alone, so rows should not be
    /// sorted. Plain SGD is the only solver. Besides the epochs the data is read for the counts, weights and class priors, for the
    /// means and variances of the features, for the learning rate (its first run of rows) and twice for the certificate at the end.
    /// Data of a single run gives the same model as with the cache and the same solver.
    /// </remarks>
    public bool Cache { get; set; } = true;

    /// <summary>
    /// Seeds the order of the rows and the draw of held-out ones; null draws it from the MLContext, whose own seed thus decides.
    /// </summary>
    public int? Seed { get; set; }

    /// <summary>Threads that take part, 1 starting none; null is one for each processor. Their number never changes the result.</summary>
    public int? NumberOfThreads { get; set; }

    /// <summary>
    /// The share of the rows that is held out from training, in [0, 1): their log-loss is measured after each epoch, and the model
    /// of the epoch where it was lowest is returned. 0 holds none out. Fit also takes validation data of its own.
    /// </summary>
    /// <remarks>
    /// A row is drawn by <see cref="Seed"/> and its place in the data alone, with or without <see cref="Cache"/>. Held-out rows are
    /// kept in memory in either case: without the cache, let the share be small.
    /// </remarks>
    public double ValidationFraction { get; set; }

    /// <summary>
    /// Ends the fit after so many epochs without a lower validation loss; null is 5. Refused where there are no validation rows; as many
    /// as there are epochs let every one be run.
    /// </summary>
    public int? Patience { get; set; }

    /// <summary>
    /// The model to go on from; null begins with weights of 0. A transformer, or a chain of them, with exactly one linear classifier in
    /// it, of the same task: ours, a built-in trainer's, or loaded. It is left as it is. Fit also takes a model of its own.
    /// </summary>
    /// <remarks>
    /// The model must have as many features as the data, in the same order. Classes are matched by name (by position where the model's
    /// or the data's have none); those of the model that the data lacks are kept, behind those of the data; without rows of
    /// theirs, training makes them ever less likely.
    /// <para>
    /// Schedules go on where the model's own fit stopped, if it was fitted by this library in this process
    /// (<see cref="TrainingReport.TotalSteps"/>): after s steps, a fit of n begins at n / (n + s) of the usual rate. Of other models
    /// nothing is known: a <see cref="Schedule"/> begins at 0, and the rate that falls to 0 at a tenth of its usual height, so as
    /// not to lose what the model knows. SAGA's rate needs no such care.
    /// </para>
    /// </remarks>
    public ITransformer? InitialModel { get; set; }

    /// <summary>
    /// Whether the L2 penalty pulls the weights to the initial model's, <c>l2/2 ||W - W0||^2</c>, instead of to 0: a few new rows then
    /// change what the model knows by as much as they say, and what they are silent about stays.
    /// </summary>
    public bool PullToInitialModel { get; set; }

    /// <summary>
    /// The ranks that fit together, each to rows of its own, such as those of MLNet.CrossEntropy.Mpi's MpiCluster; null fits in this
    /// process alone. All ranks get the same model, with the same bits for any number of ranks up to 64: that of all rows, one rank's
    /// after the other's. (What it costs and what must be alike: docs/cluster.md.)
    /// </summary>
    /// <remarks>
    /// <see cref="Solver.Auto"/> is <see cref="Solver.Newton"/> then, where that can be used, else <see cref="Solver.Sgd"/>, whose batches
    /// are large by themselves. Rows are kept in memory (<see cref="Cache"/>); a checkpoint is rank 0's, and is saved after whole epochs.
    /// </remarks>
    public ICluster? Cluster { get; set; }

    /// <summary>Told of each epoch as it ends, on the thread that called Fit; an <see cref="Progress{T}"/> hands it on.</summary>
    public IProgress<EpochReport>? Progress { get; set; }

    /// <summary>
    /// Ends the fit early: looked at with each row read, before each step and while validation rows are evaluated. One that cancels itself
    /// after some time limits how long a fit may take. An MLContext that is cancelled, as AutoML does when the time of an experiment is
    /// over, ends its fits, too.
    /// </summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>
    /// What a cancelled fit answers; before the first step, when there is no model yet, always an <see cref="OperationCanceledException"/>.
    /// </summary>
    public CancellationAnswer OnCancellation { get; set; }

    /// <summary>
    /// The file to which the fit is saved while it runs; null saves nothing. If it is there when Fit is called, the fit goes on from it,
    /// and ends with the same bits as a fit that was never broken off. A fit that comes to its end deletes it.
    /// </summary>
    /// <remarks>
    /// Saved are weights, the optimizer's state, SAGA's memory, the learning rate, the random order and the place in it, the state of
    /// early stopping and the history; a cancelled fit is saved once more at its end. The state before the last
    /// is kept in the same folder, as <c>.previous</c>. A file of other data, other options (threads aside) or another version, or a
    /// damaged
    /// one, is refused and the previous one used; an <see cref="InvalidDataException"/> if that cannot be used either. One file serves
    /// one fit at a time. A <see cref="Seed"/> must be given. Without <see cref="Cache"/>, the rows are read once more, for their
    /// fingerprint.
    /// </remarks>
    public string? CheckpointPath { get; set; }

    /// <summary>
    /// Saves when so much time has gone by since the last time, in the middle of an epoch too; null saves after each epoch.
    /// </summary>
    public TimeSpan? CheckpointInterval { get; set; }

    /// <summary>Checks all options and names every problem at once.</summary>
    /// <exception cref="ArgumentException">An option has a value that makes no sense.</exception>
    public void Validate()
    {
        string[] problems = [.. Checks().Concat(TargetChecks())
            .Where(check => !check.Allowed)
            .Select(check => FormattableString.Invariant($"{check.Name} is {Seen(check.Value)}; it must be {check.Range}."))
            .Concat(Plan(Loss.OfClasses(labelSmoothing: 0), outputs: 1).Conflicts(Cache))];
        if (problems.Length > 0)
            throw TrainingErrors.InvalidOptions(GetType().DeclaringType!.Name, problems);
    }

    internal T Copy<T>()
        where T : CrossEntropyTrainerOptions
    {
        var copy = (T)MemberwiseClone();
        copy.CopyLists();
        return copy;
    }

    /// <summary>Refuses what depends on whether Fit was given validation data.</summary>
    internal void CheckValidation(bool isGiven)
    {
        if (isGiven && ValidationFraction > 0)
            throw TrainingErrors.TwoValidations(ValidationFraction);
        if (!isGiven && ValidationFraction == 0 && Patience is { } patience)
            throw TrainingErrors.PatienceWithoutValidation(patience);
    }

    /// <summary>What the options say of a fit: all but what depends on its data, where it begins and who is told.</summary>
    internal FitPlan Plan(LogitLoss loss, int outputs) => new()
    {
        Loss = loss,
        Outputs = outputs,
        L1 = L1Regularization ?? 0,
        ChoosesL1 = L1Regularization is null,
        L2 = L2Regularization ?? 0,
        ChoosesL2 = L2Regularization is null,
        PullsToInitial = PullToInitialModel,
        Solver = Solver,
        Epochs = NumberOfEpochs ?? 0,
        Tolerance = Tolerance,
        BatchSize = BatchSize ?? 0,
        LearningRate = LearningRate,
        Schedule = Schedule,
        Optimizer = Optimizer,
        Threads = NumberOfThreads ?? Environment.ProcessorCount,
        Patience = Patience ?? Defaults.Patience,
        OnCancellation = OnCancellation,
        Cluster = Cluster,
    };

    /// <summary>What all ranks of a cluster must have alike, each a line.</summary>
    internal IEnumerable<string> Lines()
    {
        string[] own = [nameof(Cluster), nameof(CancellationToken), nameof(Progress), nameof(NumberOfThreads), nameof(CheckpointPath),
            nameof(InitialModel), nameof(Schedule), nameof(Optimizer)];
        yield return $"Library: {typeof(CrossEntropyTrainerOptions).Assembly.GetName().Version}";
        yield return $"Processor: {RuntimeInformation.ProcessArchitecture} with vectors of {Vector<float>.Count} floats";
        yield return $"Trainer: {GetType().DeclaringType!.Name}";
        yield return $"{nameof(CheckpointPath)}: {(CheckpointPath is null ? "none" : "a file")}";
        yield return $"{nameof(InitialModel)}: {(InitialModel is null ? "none" : "a model")}";
        yield return $"{nameof(Schedule)}: {FitIdentity.Describe(Schedule)}";
        yield return $"{nameof(Optimizer)}: {FitIdentity.Describe(Optimizer)}";
        foreach (var property in GetType().GetProperties().Where(property => !own.Contains(property.Name))
            .OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            var value = property.GetValue(this);
            var isList = value is System.Collections.IEnumerable and not string;
            yield return $"{property.Name}: {(isList || value is IFormattable ? FitIdentity.Describe(value) : value ?? "none")}";
        }
    }

    internal CheckpointOptions? Checkpoint(Action<string> warn) => CheckpointPath is null ? null : new CheckpointOptions
    {
        Path = CheckpointPath,
        EveryEpochs = CheckpointInterval is null ? 1 : null,
        Interval = CheckpointInterval,
        Warn = warn,
    };

    /// <summary>The checks of a trainer's own options.</summary>
    private protected abstract IEnumerable<(bool Allowed, string Name, object? Value, string Range)> TargetChecks();

    /// <summary>The shares of the rows are those by their example weights: without class weights there is nothing to undo.</summary>
    private protected (bool Allowed, string Name, object? Value, string Range) CheckPrior(bool hasClassWeights) => (
        TargetPrior is not { IsOfRows: true } || hasClassWeights || ExampleWeightColumnName is null, nameof(TargetPrior), TargetPrior,
        "null or ByName where rows have example weights and classes have none: OfRows undoes weights of classes, and takes those of rows "
        + "for how frequent they are");

    /// <summary>Makes a copy's lists its own, so that the caller may change theirs.</summary>
    private protected virtual void CopyLists()
    {
    }

    private protected static string OneOf<T>()
        where T : struct, Enum
        => $"one of {string.Join(", ", Enum.GetNames<T>())}";

    private IEnumerable<(bool Allowed, string Name, object? Value, string Range)> Checks() =>
    [
        (!string.IsNullOrEmpty(LabelColumnName), nameof(LabelColumnName), LabelColumnName, "the name of a column"),
        (!string.IsNullOrEmpty(FeatureColumnName), nameof(FeatureColumnName), FeatureColumnName, "the name of a column"),
        (ExampleWeightColumnName != "", nameof(ExampleWeightColumnName), ExampleWeightColumnName, "the name of a column, or null for none"),
        (Enum.IsDefined(Loss), nameof(Loss), Loss, OneOf<TrainingLoss>()),
        (IsFinite(L2Regularization ?? 0, from: 0), nameof(L2Regularization), L2Regularization,
            "finite and at least 0, or null to have it chosen"),
        (IsFinite(L1Regularization ?? 0, from: 0), nameof(L1Regularization), L1Regularization,
            "finite and at least 0, or null to have it chosen"),
        (GroupColumnName != "", nameof(GroupColumnName), GroupColumnName, "the name of a column, or null for none"),
        (!PullToInitialModel || L2Regularization != 0, nameof(PullToInitialModel), PullToInitialModel, "false when L2Regularization is 0: "
            + "it is the penalty that pulls"),
        (!PullToInitialModel || L1Regularization == 0, nameof(PullToInitialModel), PullToInitialModel, "false when there is an L1 penalty, "
            + "which pulls to 0"),
        (LabelSmoothing is >= 0 and < 1, nameof(LabelSmoothing), LabelSmoothing, "at least 0 and below 1"),
        (LabelSmoothing == 0
            || Loss == TrainingLoss.CrossEntropy, nameof(LabelSmoothing), LabelSmoothing, "0 when the Loss is not CrossEntropy"),
        (Enum.IsDefined(Solver), nameof(Solver), Solver, OneOf<Solver>()),
        (NumberOfEpochs is null or > 0, nameof(NumberOfEpochs), NumberOfEpochs, "at least 1, or null to have it chosen"),
        (IsFinite(Tolerance ?? 0, from: 0), nameof(Tolerance), Tolerance, "finite and at least 0, or null for the solver's own"),
        (BatchSize is null or > 0, nameof(BatchSize), BatchSize, "at least 1, or null to have it chosen"),
        (IsFinite(LearningRate ?? 1, from: double.Epsilon), nameof(LearningRate), LearningRate,
            "finite and above 0, or null to have it chosen"),
        (NumberOfThreads is null or > 0, nameof(NumberOfThreads), NumberOfThreads, "at least 1, or null for one for each processor"),
        (ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "at least 0 and below 1"),
        (Patience is null or > 0, nameof(Patience), Patience, "at least 1, or null for 5"),
        (Enum.IsDefined(OnCancellation), nameof(OnCancellation), OnCancellation, OneOf<CancellationAnswer>()),
        (CheckpointPath != "", nameof(CheckpointPath), CheckpointPath, "the name of a file, or null for none"),
        (CheckpointPath is null || Seed is not null, nameof(Seed), Seed, "given when there is a CheckpointPath, so that a fit that is "
            + "taken up goes on as it began"),
        (CheckpointPath is not null
            || CheckpointInterval is null, nameof(CheckpointPath), CheckpointPath, "given when a CheckpointInterval is"),
        (CheckpointInterval is not { } time
            || time > TimeSpan.Zero, nameof(CheckpointInterval), CheckpointInterval, "above 0, or null to save after each epoch"),
    ];

    private static object Seen(object? value) => value is null ? "null" : value is "" ? "''" : value;

    private static bool IsFinite(double value, double from) => value >= from && double.IsFinite(value);

    internal static class Defaults
    {
        public const string LabelColumnName = "Label";
        public const string FeatureColumnName = "Features";
        public const int Patience = 5;
    }
}
