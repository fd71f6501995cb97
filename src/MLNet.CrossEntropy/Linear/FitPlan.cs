using System.Numerics;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The one description of a fit: what its caller asks for, and, after <see cref="For"/>, what follows from the rows. No solver owns it:
/// several may work one after the other by the same plan.
/// </summary>
internal sealed record FitPlan
{
    private const double DefaultTolerance = 1e-5;

    private const int SmallestBatch = 8;
    private const int LargestBatch = 256;
    private const int LargestSparseBatch = 32;
    private const int BatchesPerEpoch = 64;

    // A step of a cluster waits for messages: it takes more rows.
    private const int SmallestClusterBatch = 1_024;
    private const int LargestClusterBatch = 1 << 16;
    private const int ClusterBatchesPerEpoch = 1_024;

    private const int FewestSteps = 6_000;
    private const int ManyRows = 1 << 15;
    private const int FewestStepsOfManyRows = 3_000;
    private const int FewestEpochs = 12;
    private const int MostEpochs = 300;
    private const int MostNewtonSteps = 100;

    // How many steps Newton's method takes, mostly; and what SGD's epochs cost beside a pass, and a step besides its rows.
    private const int ExpectedNewtonSteps = 8;
    private const int FewRows = 1_000;

    // What of the objective is worth a step after SGD: where the Hessian is factorised, and where it is not.
    internal const double FinishingPromise = 1e-5;
    private const double PromiseOfMany = 1e-4;
    private const double SagaCost = 2;

    // An epoch that gains no more than this share of the objective is dearer than a step of Newton's method.
    private const double TakenOver = 0.01;

    private const double CostOfStep = 2_000;

    // SAGA's memory of the rows, in bytes.
    private const long LargestMemory = 64L << 20;

    // Below this many multiplications a step is over before a second thread has woken up.
    internal const long WorthAThread = 40_000;

    private static readonly Sgd DefaultRule = new() { Momentum = 0.9 };

    /// <summary>The loss of one row, from its logits.</summary>
    public required LogitLoss Loss { get; init; }

    /// <summary>
    /// The number of outputs (logits): the classes of a softmax, 1 for a binary sigmoid, the labels of a multi-label one.
    /// </summary>
    public required int Outputs { get; init; }

    /// <summary>What a feature is called in messages; null for its number.</summary>
    public Func<int, string>? NameFeature { get; init; }

    /// <summary>The penalty <c>l2/2 ||W||^2</c> added to the mean loss; biases are not penalised.</summary>
    public double L2 { get; init; }

    /// <summary>The penalty <c>l1 ||W||_1</c> added to the mean loss; biases are not penalised.</summary>
    public double L1 { get; init; }

    /// <summary>Whether <see cref="L2"/> is yet to be chosen, by rows that are held out (see <see cref="PenaltySearch"/>).</summary>
    public bool ChoosesL2 { get; init; }

    /// <summary>Whether <see cref="L1"/> is yet to be chosen.</summary>
    public bool ChoosesL1 { get; init; }

    /// <summary>What of the L2 penalty each feature's weights get; null is 1 for all.</summary>
    public float[]? PenaltyShares { get; init; }

    /// <summary>Whether the L2 penalty pulls to <see cref="InitialWeights"/>, where there are any, instead of to 0.</summary>
    public bool PullsToInitial { get; init; }

    /// <summary>Whether there is an initial model that the penalty pulls to.</summary>
    internal bool IsPulled => PullsToInitial && InitialWeights is not null;

    /// <summary>How the objective is minimised. After <see cref="For"/> never <see cref="Solver.Auto"/>.</summary>
    public Solver Solver { get; init; }

    /// <summary>
    /// Passes over the training rows at most. 0 chooses: 12, or as many as make 6,000 steps, but no more than 300. From 32,768 rows on
    /// 3,000 steps are enough: they are steps of large batches, and later ones move the objective less than rows that were not seen
    /// would. Newton's method takes at most 100.
    /// </summary>
    public int Epochs { get; init; }

    /// <summary>
    /// Rows a step. 0 chooses about a 64th of the rows, a power of two from 8 to 256 (32 for sparse rows); Newton's steps take all.
    /// </summary>
    public int BatchSize { get; init; }

    /// <summary>The rows of a step that are taken at a time: of a cluster a share's, else all; known after <see cref="For"/>.</summary>
    internal int PartSize { get; private init; }

    /// <summary>The steps of an epoch, the last perhaps of a smaller batch; known after <see cref="For"/>.</summary>
    public long StepsPerEpoch { get; private init; }

    /// <summary>
    /// How many steps Newton's method may take where SGD has not converged in its epochs: of <see cref="Solver.Auto"/>, where nothing is
    /// said about how SGD goes; 0 for none. Known after <see cref="For"/>.
    /// </summary>
    public int NewtonSteps { get; init; }

    /// <summary>
    /// The share of the objective that a step of Newton's method must promise for another one to be worth it; the step itself is taken all
    /// the same, and leaves far less. The default promises less than floats can tell.
    /// </summary>
    public double Promise { get; init; } = 1e-8;

    /// <summary>What an epoch of SGD must gain, as a share of the objective, for another one to follow; 0 takes all.</summary>
    public double LeastGain { get; init; }

    /// <summary>The share of the objective that need not be gone for: SAGA ends where its gradient shows that less is left.</summary>
    public double Enough { get; init; }

    /// <summary>The largest learning rate of the schedule; null derives it from the data (see <see cref="LearningRateRule"/>).</summary>
    public double? LearningRate { get; init; }

    /// <summary>The learning rate of every step; null lets <see cref="LearningRate"/> fall to 0 over the fit (SAGA: keeps it).</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>The rule of a step on dense rows; null is SGD with a momentum of 0.9.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>Whether features are rescaled inside the fit; without it a step is the textbook's, as tests compare it.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>Seeds the order of the rows; the same seed gives the same bits, whatever the number of threads.</summary>
    public int Seed { get; init; }

    /// <summary>How many threads take part; 1 starts none. After <see cref="For"/> 1 for small steps, too. It changes no result.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Weights <c>[outputs, features]</c> to start from (raw features); null starts from zero.</summary>
    public float[]? InitialWeights { get; init; }

    /// <summary>Biases <c>[outputs]</c> to start from; null starts from the class priors.</summary>
    public float[]? InitialBiases { get; init; }

    /// <summary>Weights near the optimum, found while its penalty was chosen, where the fit begins.</summary>
    public float[]? NearWeights { get; init; }

    /// <summary>Their biases.</summary>
    public float[]? NearBiases { get; init; }

    /// <summary>About how many steps of Newton's method the optimum is away from them.</summary>
    public int NearSteps { get; init; }

    /// <summary>The rate at which sparse rows went there; null for none.</summary>
    public double? NearRate { get; init; }

    /// <summary>
    /// The steps that <see cref="InitialWeights"/> have behind them, by which schedules go on; null when nothing is known of them.
    /// </summary>
    public long? StepsBefore { get; init; }

    /// <summary>
    /// SAGA only: the rate at which the fit that made <see cref="InitialWeights"/> settled, which a derived one does not exceed; null for
    /// none.
    /// </summary>
    public double? SettledRate { get; init; }

    /// <summary>Whether validation rows choose among the models of the epochs. Known when the fit begins.</summary>
    public bool IsValidated { get; init; }

    /// <summary>Epochs without a lower validation loss before the fit ends; needs validation rows.</summary>
    public int Patience { get; init; } = 3;

    /// <summary>
    /// When a fit without validation rows ends before its last epoch; 0 never does. SAGA, Newton: when the norm of the objective's
    /// gradient, in scaled weights, is at most this; null is 1e-5. SGD: when an epoch's objective differs from the one before by less
    /// than this share of it; null is 0, since its rate falls to 0 at the last epoch alone.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>Checked before each step and while validation rows are evaluated.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The ranks that fit together, each having some of the rows; null for one process that has all.</summary>
    public ICluster? Cluster { get; init; }

    /// <summary>Where and how often the fit is saved; null never does.</summary>
    public CheckpointOptions? Checkpoint { get; init; }

    /// <summary>Called before the first epoch, on the thread that called the fit.</summary>
    public Action<FitStart>? OnBegin { get; init; }

    /// <summary>Called after each epoch, on the thread that called the fit.</summary>
    public Action<EpochReport>? OnEpoch { get; init; }

    /// <summary>The rule of a step on dense rows.</summary>
    internal Optimizer Rule => Optimizer ?? DefaultRule;

    /// <summary>What is asked for that does not go together, whatever the rows, each a sentence.</summary>
    /// <param name="areKept">Whether rows are kept in memory, not read anew in each pass.</param>
    public IEnumerable<string> Conflicts(bool areKept)
    {
        if (!areKept && Solver is Solver.Saga or Solver.Newton)
            yield return $"Solver is {Solver}; it must be Sgd or Auto when Cache is false: the others remember every row.";
        if (!areKept && Cluster is not null)
            yield return "Cache is false; it must be true in a cluster, whose ranks keep their rows in memory. Where they do not fit, "
                + "start more ranks: each then has fewer.";
        if (Solver == Solver.Newton && (L1 > 0 || ChoosesL1))
            yield return "Solver is Newton; it must be another one, such as Saga, when there is an L1 penalty: Newton's method needs "
                + "an objective without kinks.";
        if (Solver == Solver.Newton && !Loss.HasCurvature)
            yield return $"Solver is Newton; it must be another one, such as Saga, when the loss is {Loss.Name}: Newton's method is "
                + "for cross-entropy.";
        if (Solver == Solver.Newton && (Optimizer is not null || Schedule is not null || LearningRate is not null || BatchSize > 0))
            yield return "Solver is Newton, which takes all rows at once and finds the length of its steps: leave out optimizer, "
                + "schedule, learning rate and batch size.";
        if (Optimizer is not null and not Sgd && LearningRate is null && Schedule is null)
            yield return $"Optimizer is {Optimizer.Name}, but the learning rate that is derived from the data is one for SGD: give a "
                + "learning rate or a schedule.";
        if (Optimizer is not null and not Sgd && (L1 > 0 || ChoosesL1))
            yield return $"Optimizer is {Optimizer.Name}, and there is an L1 penalty, whose proximal step is known for SGD only: "
                + "leave out one of them.";
    }

    /// <summary>The plan for the given rows, with nothing left open but the derived learning rate.</summary>
    /// <param name="rows">The training rows.</param>
    /// <param name="areKept">Whether they are in memory, not read anew in each pass.</param>
    /// <param name="areValidated">Whether there are validation rows, which decide when to stop: not at the optimum.</param>
    /// <param name="areFarOut">Whether some rows lie absurdly far out, which lead SGD astray.</param>
    /// <exception cref="ArgumentException">What is asked for does not go together, or not with such rows.</exception>
    public FitPlan For(RowSummary rows, bool areKept, bool areValidated = false, bool areFarOut = false) =>
        ForRows(rows, areKept, areValidated, areFarOut) with { IsValidated = areValidated };

    private FitPlan ForRows(RowSummary rows, bool areKept, bool areValidated, bool areFarOut)
    {
        if (string.Join(" ", Conflicts(areKept)) is { Length: > 0 } conflicts)
            throw new ArgumentException(conflicts);
        if (rows.IsSparse && Optimizer is not null)
            throw new ArgumentException($"The optimizer is {Optimizer.Name}, but the rows are sparse, whose steps are always plain "
                + "SGD's; leave the optimizer out.");
        if (Solver == Solver.Newton || (Solver == Solver.Auto && Cluster is not null && IsForNewton))
            return ForNewton(rows);
        var sgd = ForSgd(rows, areKept);
        if (!CanFinish || areValidated || sgd.Solver != Solver.Saga || Outputs * (rows.Features + 1L) > GapEstimate.MostParameters)
            return sgd with { NearWeights = null, NearBiases = null, NearRate = null };
        // Where Newton's method is there before SGD would have ended, it need not wait for it.
        var newton = new HessianForm(Loss, Outputs, rows);
        var isNear = NearWeights is not null;
        var steps = isNear ? NearSteps : ExpectedNewtonSteps;
        return (isNear || areFarOut || rows.Rows <= FewRows) && newton.IsWhole
            && (areFarOut || steps == 1 || steps * newton.StepCost <= sgd.CostOfEpochs(newton))
            ? ForNewton(rows) with { Promise = isNear || areFarOut ? FinishingPromise : Promise }
            : sgd with
            {
                NewtonSteps = MostNewtonSteps,
                LeastGain = newton.IsWhole ? TakenOver : 0,
                Enough = FinishedSolver.Enough,
                Promise = newton.IsWhole ? FinishingPromise : PromiseOfMany,
            };
    }

    private FitPlan ForNewton(RowSummary rows) => this with
    {
        Solver = Solver.Newton,
        Epochs = Epochs > 0 ? Epochs : MostNewtonSteps,
        BatchSize = rows.ChunkRows,
        StepsPerEpoch = 1,
        Threads = rows.Rows * Outputs * rows.ValuesPerRow < WorthAThread ? 1 : Threads,
        Tolerance = Tolerance ?? DefaultTolerance,
    };

    /// <summary>The plan for SGD or SAGA, whatever else may follow.</summary>
    internal FitPlan ForSgd(RowSummary rows, bool areKept)
    {
        var largest = rows.IsSparse ? LargestSparseBatch : LargestBatch;
        var automatic = (int)BitOperations.RoundUpToPowerOf2(Cluster is null
            ? (uint)Math.Clamp(rows.Rows / BatchesPerEpoch, SmallestBatch, largest)
            : (uint)Math.Clamp(rows.Rows / ClusterBatchesPerEpoch, SmallestClusterBatch, LargestClusterBatch));
        var partSize = Math.Min(((BatchSize > 0 ? BatchSize : automatic) + rows.Parts - 1) / rows.Parts, rows.ChunkRows);
        var batchSize = partSize * rows.Parts;
        var steps = rows.Parts == 1 ? rows.Steps(batchSize) : (rows.ChunkRows + partSize - 1) / partSize;
        var fewest = rows.Rows < ManyRows ? FewestSteps : FewestStepsOfManyRows;
        var isRemembered = areKept && Cluster is null && rows.Rows * Outputs * sizeof(float) <= LargestMemory;
        var solver = Solver != Solver.Auto ? Solver : isRemembered ? Solver.Saga : Solver.Sgd;
        return this with
        {
            Solver = solver,
            Epochs = Epochs > 0 ? Epochs : (int)Math.Clamp((fewest + steps - 1) / steps, FewestEpochs, MostEpochs),
            BatchSize = batchSize,
            PartSize = partSize,
            StepsPerEpoch = steps,
            Threads = partSize * Outputs * rows.ValuesPerRow < WorthAThread ? 1 : Threads,
            Tolerance = Tolerance ?? (solver == Solver.Saga ? DefaultTolerance : 0),
        };
    }

    /// <summary>What SAGA's epochs cost, in multiplications, beside Newton's steps.</summary>
    internal double CostOfEpochs(HessianForm newton) => Epochs * (SagaCost * newton.PassCost + StepsPerEpoch * CostOfStep);

    /// <summary>Whether nothing is said that Newton's method does not go with.</summary>
    private bool CanFinish => Solver == Solver.Auto && Epochs == 0 && IsForNewton;

    private bool IsForNewton =>
        BatchSize == 0 && LearningRate is null && Schedule is null && Optimizer is null && L1 == 0 && Loss.HasCurvature;
}
