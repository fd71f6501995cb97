using System.Diagnostics;
using System.Globalization;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>A way to the minimum of a <see cref="LinearObjective"/>.</summary>
internal interface ISolver : IDisposable
{
    /// <summary>The raw weights of now.</summary>
    LinearWeights Weights { get; }

    /// <summary>The steps that the weights had behind them when it began.</summary>
    long StepsBefore { get; }

    /// <summary>The rate at which it settled, where it has one to settle at.</summary>
    double? SettledRate { get; }

    /// <summary>About how far the objective is above its minimum, where the solver knows.</summary>
    double? Gap { get; }

    /// <summary>Takes epochs until there is a reason to stop.</summary>
    StopReason Run(FitRun run);

    /// <summary>Makes the weights those of the last epoch that <see cref="FitRun.EndEpoch"/> called the best.</summary>
    void TakeBest();

    /// <summary>Makes the weights such as may be returned, when the last ones are wanted.</summary>
    void Settle();

    /// <summary>All that the next steps depend on, exactly as it is.</summary>
    void Serialize(StateStream state);
}

/// <summary>
/// What the fits of all solvers have in common while they run: steps and epochs, their history, validation and early stopping, saved
/// states, and what is answered at the end.
/// </summary>
internal sealed class FitRun
{
    // By a smaller share of themselves objectives that floats have computed do not differ.
    private const double RoundingShare = 1e-6;

    // No fit takes a thousand years.
    private const long LongestTicks = 365_000 * TimeSpan.TicksPerDay;

    private readonly LinearObjective _objective;
    private readonly FitPlan _plan;
    private readonly FitStart _start;
    private readonly RowSet? _validation;
    private readonly ISolver _solver;
    private readonly EarlyStopping _stopping;
    private readonly List<EpochReport> _history = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private Checkpoint? _checkpoint;
    private TimeSpan _elapsedBefore;
    private double _bestObjective = double.PositiveInfinity;
    private long _steps;

    public FitRun(LinearObjective objective, FitPlan plan, FitStart start, RowSet? validation, ISolver solver)
    {
        (_objective, _plan, _start, _validation, _solver) = (objective, plan, start, validation, solver);
        _stopping = new EarlyStopping(plan.Patience);
    }

    /// <summary>The steps (mini-batches, or iterations over all rows) taken so far.</summary>
    public long Steps { get => _steps; set => _steps = value; }

    /// <summary>The epochs that have ended.</summary>
    public int Epochs => _history.Count;

    /// <summary>The steps of them that a checkpoint had already taken.</summary>
    public long ResumedFrom { get; private set; }

    /// <summary>Whether the fit shall end; in a cluster what all ranks know of it, at the same place.</summary>
    public bool IsCancelled => _objective.Shares?.IsCancelled ?? _plan.Cancellation.IsCancellationRequested;

    private int MaximumEpochs => _plan.Epochs + _plan.NewtonSteps;

    private TimeSpan Elapsed => _elapsedBefore + Stopwatch.GetElapsedTime(_began);

    /// <summary>Lets the solver run, and answers with the model.</summary>
    /// <exception cref="OperationCanceledException">The fit was cancelled before its first step.</exception>
    /// <exception cref="InvalidOperationException">Its numbers are none.</exception>
    public FittedLinearModel Complete()
    {
        if (_plan.Checkpoint is not null)
            Resume(_plan.Checkpoint);
        var reason = RunSolver();
        var isCancelled = reason == StopReason.Cancelled;
        if (isCancelled && _steps == 0)
            throw new OperationCanceledException(
                "The fit was cancelled before its first step: there is no model to return.", _plan.Cancellation);
        if (isCancelled)
            _checkpoint?.Write(Epochs, _steps);
        var isBest = _stopping.BestEpoch > 0;
        if (isBest)
            _solver.TakeBest();
        else
            _solver.Settle();
        var weights = new float[checked(_objective.Outputs * _objective.Features)];
        var biases = new float[_objective.Outputs];
        using var rival = _objective.CreateWeights();
        // Who cancels does not want to wait for rows to be read once more, nor another step's weights than those asked for.
        var (best, certificate, warning) = !isCancelled ? Best(rival, isBest ? null : _solver.Gap) : (_solver.Weights,
            _objective.Chunks is RowChunks ? OptimalityCertificate.NotMeasured : _objective.Certify(_solver.Weights), null);
        best.AddTo(weights, biases);
        if (!SpanMath.AreFinite<float>(weights) || !SpanMath.AreFinite<float>(biases))
            throw Divergence(double.NaN, "");
        var model = new FittedLinearModel
        {
            Weights = weights,
            Biases = biases,
            Start = _start,
            History = _history,
            BestEpoch = _stopping.BestEpoch > 0 ? _stopping.BestEpoch : null,
            Steps = _steps,
            ResumedFrom = ResumedFrom,
            TotalSteps = _solver.StepsBefore + _steps,
            SettledRate = _solver.SettledRate,
            StopReason = reason,
            Certificate = certificate,
            Warning = warning,
        };
        if (!isCancelled)
            _checkpoint?.Delete();
        return model;
    }

    /// <summary>Ends an epoch: measures, reports and remembers it.</summary>
    /// <param name="loss">The mean training loss.</param>
    /// <param name="rate">The learning rate of its last step.</param>
    /// <param name="weights">Those at its end.</param>
    /// <returns>Whether they are the best so far: by the validation loss, or the objective where there are no validation rows.</returns>
    /// <exception cref="OperationCanceledException">The fit was cancelled while validation rows were evaluated: the epoch does not
    /// count.</exception>
    public bool EndEpoch(double loss, double rate, LinearWeights weights)
    {
        var validation = _validation is null
            ? ((double Mean, double StandardError)?)null
            : _objective.Evaluate(weights, _validation, _plan.Cancellation);
        var report = new EpochReport
        {
            Epoch = Epochs + 1,
            MaximumEpochs = MaximumEpochs,
            Steps = _steps,
            LearningRate = rate,
            TrainingLoss = loss,
            Objective = loss + _objective.Penalty.Value(weights),
            ValidationLoss = validation?.Mean,
            ValidationStandardError = validation?.StandardError,
            Elapsed = Elapsed,
        };
        var isBest = Remember(report);
        _plan.OnEpoch?.Invoke(report);
        return isBest;
    }

    /// <summary>Adds an epoch to the history; returns whether it is the best so far.</summary>
    private bool Remember(EpochReport report)
    {
        var isBest = report.ValidationLoss is { } loss ? _stopping.IsBest(loss, report.Epoch) : report.Objective <= _bestObjective;
        _bestObjective = Math.Min(_bestObjective, report.Objective);
        _history.Add(report);
        return isBest;
    }

    /// <summary>
    /// Why the fit ends after an epoch: validation rows decide where there are some, else whether the solver has settled; null goes on.
    /// </summary>
    public StopReason? Stop(bool isSettled)
    {
        if (_validation is not null)
            return _stopping.IsOutOfPatience ? StopReason.PatienceExhausted : null;
        return isSettled ? StopReason.Converged : null;
    }

    /// <summary>The last epoch's objective; NaN before the first has ended.</summary>
    public double Objective => Epochs > 0 ? _history[^1].Objective : double.NaN;

    /// <summary>What the epochs so far foretell of the next.</summary>
    public Forecast Foretell(double enough) => Forecast.Of([.. _history.Select(epoch => epoch.Objective)], enough);

    /// <summary>By what share of itself the last epoch's objective is below the one before; infinite after the first.</summary>
    public double LastGain() => Epochs < 2
        ? double.PositiveInfinity
        : (_history[^2].Objective - _history[^1].Objective) / _history[^1].Objective;

    /// <summary>Saves the state where the plan asks for that after so many steps, or so much time.</summary>
    public void SaveAfterStep() => _checkpoint?.AfterStep(_steps);

    /// <summary>Saves the state where the plan asks for that after so many epochs; the last one needs no saving.</summary>
    public void SaveAfterEpoch()
    {
        if (Epochs < MaximumEpochs)
            _checkpoint?.AfterEpoch(Epochs, _steps);
    }

    /// <summary>Forgets the steps after the last epoch, which have led astray.</summary>
    public void Retreat()
    {
        _steps = Epochs * _plan.StepsPerEpoch;
        _checkpoint?.StartFrom(Epochs, _steps);
    }

    /// <summary>The error of a fit whose loss explodes.</summary>
    public InvalidOperationException Divergence(double loss, string efforts) =>
        FitErrors.Failed(_objective, _plan, Math.Min(Epochs + 1, MaximumEpochs), loss, efforts);

    /// <summary>
    /// Certifies the solver's weights, and lets <paramref name="rival"/> take their place where it is better: the weights that the fit
    /// began with, or those of the class priors.
    /// </summary>
    private (LinearWeights Weights, OptimalityCertificate Certificate, string? Warning) Best(LinearWeights rival, double? gap)
    {
        var summary = _objective.Summary;
        var isWarm = _plan.InitialWeights is not null || _plan.InitialBiases is not null;
        rival.Set(_plan.InitialWeights, _plan.InitialBiases ?? summary.PriorBiases);
        // One that is known needs no look at the rows.
        var known = isWarm ? null : summary.PriorLoss + _objective.Penalty.Value(rival);
        var certificate = _objective.Certify(_solver.Weights, known is null ? rival : null, out var objective, gap);
        objective = known ?? objective;
        var solved = certificate.Objective;
        var name = isWarm ? "the initial model" : "the class priors alone";
        if (isWarm && _plan.LearningRate is null && _plan.Schedule is null && summary.PriorLoss is { } loss)
        {
            using var priors = _objective.CreateWeights();
            priors.Set(null, summary.PriorBiases);
            loss += _objective.Penalty.Value(priors);
            if (!(loss >= Math.Min(solved, objective)))
            {
                rival.CopyFrom(priors);
                (objective, name) = (loss, "the class priors alone");
            }
        }

        if (!double.IsFinite(solved))
            throw Divergence(solved, "");
        if (!(solved - objective > RoundingShare * Math.Abs(objective)))
            return (_solver.Weights, certificate, null);
        certificate = _objective.Certify(rival);
        return (rival, certificate, string.Create(CultureInfo.InvariantCulture,
            $"The fit ended at an objective of {solved:g6}, above the {objective:g6} of {name}, which is returned instead. Give the fit ")
                + "more epochs, leave its learning rate to be chosen from the data, and normalise features that are very large.");
    }

    private StopReason RunSolver()
    {
        try
        {
            return _solver.Run(this);
        }
        catch (OperationCanceledException) when (IsCancelled)
        {
            return StopReason.Cancelled;
        }
    }

    private void Resume(CheckpointOptions options)
    {
        if (_objective.Shares is { } shares)
            options = SharedCheckpoint.Of(shares.Cluster, options);
        _checkpoint = new Checkpoint(options, FitIdentity.Of(_plan, _objective, _validation), Serialize);
        if (_checkpoint.TryResume())
            ResumedFrom = _steps;
        _checkpoint.StartFrom(Epochs, _steps);
    }

    private void Serialize(StateStream state)
    {
        long elapsed = Elapsed.Ticks, mostSteps = MaximumEpochs * _plan.StepsPerEpoch;
        state.Value(ref elapsed, 0, LongestTicks);
        state.Value(ref _steps, 0, mostSteps);
        var epochs = Epochs;
        state.Value(ref epochs, 0, MaximumEpochs);
        if (state.IsReading)
        {
            _elapsedBefore = TimeSpan.FromTicks(elapsed);
            _history.Clear();
            _stopping.Begin();
            _bestObjective = double.PositiveInfinity;
        }

        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var report = Serialize(state, epoch, state.IsReading ? null : _history[epoch - 1]);
            if (state.IsReading)
                Remember(report);
        }

        _solver.Serialize(state);
    }

    /// <summary>The report of an epoch: what does not follow from the plan and the epoch's number.</summary>
    private EpochReport Serialize(StateStream state, int epoch, EpochReport? written)
    {
        var steps = written?.Steps ?? 0;
        double rate = written?.LearningRate ?? 0, loss = written?.TrainingLoss ?? 0, objective = written?.Objective ?? 0,
            validationLoss = written?.ValidationLoss ?? 0, standardError = written?.ValidationStandardError ?? 0;
        var elapsed = written?.Elapsed.Ticks ?? 0;
        state.Value(ref steps, 0, _steps);
        state.Value(ref rate, 0, double.MaxValue);
        state.Value(ref loss, double.MinValue, double.MaxValue);
        state.Value(ref objective, double.MinValue, double.MaxValue);
        state.Raw(ref validationLoss);
        state.Raw(ref standardError);
        state.Value(ref elapsed, 0, LongestTicks);
        return new EpochReport
        {
            Epoch = epoch,
            MaximumEpochs = MaximumEpochs,
            Steps = steps,
            LearningRate = rate,
            TrainingLoss = loss,
            Objective = objective,
            ValidationLoss = _validation is null ? null : validationLoss,
            ValidationStandardError = _validation is null ? null : standardError,
            Elapsed = TimeSpan.FromTicks(elapsed),
        };
    }
}
