namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What <see cref="Solver.Auto"/> does with rows in memory: SGD is first at good weights, and where it has not converged in its epochs,
/// Newton's method goes on from there to the optimum. Of rows without much curvature left, such as outliers, SGD may not come near it, or
/// blow up; then Newton's method begins where the fit began.
/// </summary>
internal sealed class FinishedSolver : ISolver
{
    private readonly LinearObjective _objective;
    private readonly FitPlan _plan;
    private readonly SgdSolver _sgd;
    private readonly LinearWeights _start;
    private NewtonSolver? _newton;

    /// <param name="objective">What is minimised.</param>
    /// <param name="plan">How.</param>
    /// <param name="start">Where to begin; from here on the solver's own.</param>
    public FinishedSolver(LinearObjective objective, FitPlan plan, LinearWeights start)
    {
        (_objective, _plan, _start) = (objective, plan, start);
        _sgd = new SgdSolver(objective, plan, start);
    }

    public LinearWeights Weights => _newton?.Weights ?? _sgd.Weights;

    public long StepsBefore => _sgd.StepsBefore;

    public double? SettledRate => _sgd.SettledRate;

    public StopReason Run(FitRun run)
    {
        if (_newton is null)
        {
            if (RunSgd(run) is { } reason)
                return reason;
            _newton = Begin();
        }

        return _newton.Run(run);
    }

    public void TakeBest() => ((ISolver?)_newton ?? _sgd).TakeBest();

    public void Settle() => ((ISolver?)_newton ?? _sgd).Settle();

    public void Serialize(StateStream state)
    {
        var isFinishing = _newton is not null;
        state.Value(ref isFinishing);
        if (isFinishing)
            _sgd.SerializeRate(state);
        else
            _sgd.Serialize(state);
        if (state.IsReading)
        {
            _newton?.Dispose();
            _newton = isFinishing ? new NewtonSolver(_objective, _objective.Chunks.Single(), _plan, _start) : null;
        }

        _newton?.Serialize(state);
    }

    public void Dispose()
    {
        _sgd.Dispose();
        _start.Dispose();
        _newton?.Dispose();
    }

    /// <summary>Why the fit ends with SGD; null when there is more to be had.</summary>
    private StopReason? RunSgd(FitRun run)
    {
        try
        {
            return _sgd.Run(run) is var reason && reason != StopReason.MaximumEpochs ? reason : null;
        }
        catch (InvalidOperationException) when (_sgd.HasGivenUp)
        {
            return null;
        }
    }

    /// <summary>From the better of two points: where SGD has ended, and where it began.</summary>
    private NewtonSolver Begin()
    {
        _sgd.Settle();
        var isBetter = _objective.Certify(_sgd.Weights).Objective <= _objective.Certify(_start).Objective;
        return new NewtonSolver(_objective, _objective.Chunks.Single(), _plan, isBetter ? _sgd.Weights : _start);
    }
}
