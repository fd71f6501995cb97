using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>What is done before the first epoch: all that follows from the rows.</summary>
internal sealed partial class SgdLoop
{
    // Initial weights of which nothing is known pass for those of so many fits like this one: the rate begins at a tenth.
    private const long UnknownPast = 9;

    private SgdLoop(
        IEnumerable<RowSet> chunks, RowSet? validation, SgdBeginning beginning, SgdOptions options, SgdPlan plan, FeatureScaling scaling, MiniBatchStep step, double rate)
    {
        _chunks = chunks;
        _validation = validation;
        _beginning = beginning;
        _options = options;
        _stopping = new EarlyStopping(options);
        _plan = plan;
        _scaling = scaling;
        _step = step;
        // What was too large for SAGA to settle the last time would lead it away from where it is.
        _largestRate = plan.Solver == Solver.Saga ? Math.Min(rate, options.SettledRate ?? rate) : rate;
        _stepsBefore = options.StepsBefore
            ?? (options.InitialWeights is null || options.Schedule is not null || plan.Solver == Solver.Saga ? 0 : UnknownPast * plan.Steps);
    }

    /// <summary>Fits the model to rows in memory.</summary>
    /// <param name="training">The rows to fit; zero-weight rows change nothing.</param>
    /// <param name="validation">Rows that are only judged, for early stopping; null for none.</param>
    /// <param name="options">The loss and how to minimise it.</param>
    /// <exception cref="ArgumentException">There are no rows, none has weight, or the options do not go with such rows.</exception>
    /// <exception cref="InvalidOperationException">The loss diverged at every learning rate that was tried.</exception>
    public static SgdResult Fit(IReadOnlyList<RowBlock> training, IReadOnlyList<RowBlock>? validation, SgdOptions options)
    {
        using var rows = new RowSet(training);
        var summary = RowSummary.Of([rows], options.Loss, options.Outputs);
        options = ForMachines(options, summary.IsSparse);
        if (options.Solver == Solver.Newton)
            options = ForNewton(options);
        var plan = SgdPlan.For(summary, options);
        using var table = plan.Solver == Solver.Saga
            ? new GradientTable(rows.Rows, options.Outputs, summary.TargetWeight)
            : null;
        return Fit([rows], summary, validation, options, plan, table);
    }

    /// <summary>
    /// Fits the model to rows that are read anew in each epoch, and held in memory a chunk at a time: batches are drawn from one
    /// chunk after the other, shuffled within. The method is <see cref="Solver.Sgd"/>: SAGA's memory would grow with the rows.
    /// </summary>
    /// <remarks>
    /// Before the first epoch, one more pass samples the features' means and variances (over all rows, as for rows in memory);
    /// the learning rate comes from the first chunk, so rows should not be sorted. The certificate is one pass more, at the end.
    /// </remarks>
    /// <param name="training">The rows to fit; zero-weight rows change nothing.</param>
    /// <param name="summary">The <see cref="RowSummary"/> of these rows.</param>
    /// <param name="validation">Rows that are only judged, for early stopping, and kept in memory; null for none.</param>
    /// <param name="options">The loss and how to minimise it.</param>
    /// <exception cref="ArgumentException">The options do not go with such rows.</exception>
    /// <exception cref="InvalidOperationException">The loss diverged at every learning rate that was tried.</exception>
    public static SgdResult Fit(IRowSource training, RowSummary summary, IReadOnlyList<RowBlock>? validation, SgdOptions options)
    {
        if (options.Solver is Solver.Saga or Solver.Newton)
            throw new ArgumentException($"Solver is {options.Solver}, which remembers every row; rows that are not kept in memory need {Solver.Sgd} or {Solver.Auto}.", nameof(options));
        var plan = SgdPlan.For(summary, ForMachines(options, summary.IsSparse) with { Solver = Solver.Sgd });
        return Fit(new RowChunks(training), summary, validation, options, plan, table: null);
    }

    /// <summary>Sums over machines are sums of what every machine has: dense gradients of its rows, and no memory of them.</summary>
    private static SgdOptions ForMachines(SgdOptions options, bool isSparse)
    {
        if (options.GradientSum is null)
            return options;
        if (options.Solver is Solver.Saga or Solver.Newton || isSparse)
            throw new ArgumentException($"Solver is {options.Solver}, on {(isSparse ? "sparse" : "dense")} rows; to sum gradients over machines it must be {Solver.Sgd} or {Solver.Auto}, on dense rows.", nameof(options));
        return options with { Solver = Solver.Sgd };
    }

    /// <summary>Newton's steps know no penalty with a kink and no rate, and go through all rows in their own order.</summary>
    private static SgdOptions ForNewton(SgdOptions options)
    {
        if (options.L1 > 0)
            throw new ArgumentException($"Solver is {options.Solver} and L1 {options.L1}; Newton's method needs an objective without kinks: take {Solver.Saga}, or L1 = 0.", nameof(options));
        if (!options.Loss.HasCurvature)
            throw new ArgumentException($"Solver is {options.Solver} and the loss {options.Loss.Name}; Newton's method is for softmax and sigmoid cross-entropy: take {Solver.Saga} or {Solver.Sgd}.", nameof(options));
        if (options.Optimizer is not null || options.Schedule is not null || options.LearningRate is not null || options.BatchSize is not null)
            throw new ArgumentException($"Solver is {options.Solver}, which takes all rows at once and finds the length of its steps; leave out the optimizer, schedule, learning rate and batch size.", nameof(options));
        return options with { Shuffle = false };
    }

    private static SgdResult Fit(
        IEnumerable<RowSet> chunks, RowSummary summary, IReadOnlyList<RowBlock>? validation, SgdOptions options, SgdPlan plan, GradientTable? table)
    {
        var (judged, unknown) = validation is { Count: > 0 } ? ValidationRows.For(validation, summary) : ([], 0);
        var beginning = new SgdBeginning
        {
            Plan = plan,
            MemoryBytes = MemoryEstimate.Of(summary, judged, options, plan),
            UnknownValidationRows = unknown,
        };
        options.OnBegin?.Invoke(beginning);
        using var held = judged.Count > 0 ? new RowSet(judged) : null;
        var scaling = options.Standardization == Standardization.None
            ? FeatureScaling.None(summary.Features)
            : FeatureScaling.Of(chunks, summary, options.L2, options.Loss.Curvature);
        using var team = new WorkerTeam(plan.Threads);
        var (step, rate) = Begin(chunks, summary, options, plan, scaling, team);
        using (step)
        {
            if (table is not null)
                step.UseTable(table);
            var loop = new SgdLoop(chunks, held, beginning, options, plan, scaling, step, rate);
            step.Save();
            if (options.Checkpoint is not null)
                loop.Resume(FitIdentity.Of(options, plan, summary, chunks, held));
            return loop.Run();
        }
    }

    /// <summary>The model at its start, and the learning rate, for which the first chunk stands for all.</summary>
    private static (MiniBatchStep Step, double Rate) Begin(
        IEnumerable<RowSet> chunks, RowSummary summary, SgdOptions options, SgdPlan plan, FeatureScaling scaling, WorkerTeam team)
    {
        using var pass = chunks.GetEnumerator();
        pass.MoveNext();
        var first = pass.Current;
        CheckOptimizer(options, first.IsSparse);
        MiniBatchStep step = plan.Solver == Solver.Newton ? new NewtonStep(options, first, plan, scaling, team)
            : first.IsSparse ? new SparseStep(options, first, plan, scaling, team)
            : new DenseStep(options, first.Features, plan, scaling, team);
        step.Start(options.InitialWeights, options.InitialBiases ?? summary.PriorBiases);
        var curvature = options.Loss.Curvature;
        // A schedule brings the rates themselves; a divergence cuts what it is multiplied by.
        var rate = options.Schedule is not null || plan.Solver == Solver.Newton ? 1 : options.LearningRate ?? (first.IsSparse
            ? LearningRateSearch.Find(step, first, plan.BatchSize, LearningRateRule.ForSparse(first, scaling, curvature))
            : LearningRateRule.ForDense(first, scaling, curvature, plan.BatchSize, options.Momentum));
        return (step, rate);
    }

    private static void CheckOptimizer(SgdOptions options, bool isSparse)
    {
        if (options.Optimizer is not { } optimizer)
            return;
        if (isSparse)
            throw new ArgumentException($"The optimizer is {optimizer.Name}, but the rows are sparse, whose steps are always plain SGD's; leave the optimizer out.", nameof(options));
        if (optimizer is Sgd)
            return;
        if (options.LearningRate is null && options.Schedule is null)
            throw new ArgumentException($"The optimizer is {optimizer.Name}, but the learning rate that is derived from the data is one for SGD; give a learning rate or a schedule.", nameof(options));
        if (options.L1 > 0)
            throw new ArgumentException($"L1 is {options.L1} and the optimizer {optimizer.Name}; the L1 penalty's proximal step is known for SGD only: leave out one of them.", nameof(options));
    }
}
