namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// What <see cref="Solver.Auto"/> does with rows in memory: SGD is first at good weights, and where it has not converged, Newton's method
/// goes on from there to the optimum. Of rows without much curvature left, such as outliers, SGD may not come near it, or blow up; then
/// Newton's method begins where the fit began. Of so many parameters that their Hessian cannot be factorised, it goes on where conjugate
/// gradients would soon be there: a sample of rows tells.
/// </summary>
internal sealed class FinishedSolver : ISolver
{
    // The share of the objective that need not be gone for.
    internal const double Enough = 1e-4;

    // What may be left where that is only foretold.
    internal const double Near = 5e-4;

    // The square root of a condition number up to which conjugate gradients are worth it uninvited.
    private const double WorthwhileCondition = 200;

    private readonly LinearObjective _objective;
    private readonly FitPlan _plan;
    private readonly SgdSolver _sgd;
    private readonly LinearWeights _start;
    private NewtonSolver? _newton;
    private double? _gap;

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

    public double? Gap => _newton is null ? _gap : _newton.Gap;

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
            if (_sgd.Run(run) is var reason && reason != StopReason.MaximumEpochs)
                return reason;
        }
        catch (InvalidOperationException) when (_sgd.HasGivenUp)
        {
            return null;
        }

        if (new HessianForm(_objective.Loss, _objective.Outputs, _objective.Summary).IsWhole)
            return null;
        _sgd.Settle();
        if (run.Foretell(Near).Left <= Near)
            return StopReason.Converged;
        double[] point = new double[_objective.Parameters], gradient = new double[_objective.Parameters];
        _objective.ToScaled(_sgd.Weights, point);
        using var weights = _objective.CreateWeights();
        var sums = _objective.Gradient(point, weights, _objective.Chunks.Single(), gradient);
        using var estimate = new GapEstimate(_objective, weights);
        _gap = estimate.Of(gradient);
        return _gap <= Enough * sums.Loss / sums.Weight ? StopReason.Converged
            : estimate.SquareRootOfCondition() <= WorthwhileCondition ? null
            : StopReason.MaximumEpochs;
    }

    /// <summary>From the better of two points: where SGD has ended, and where it began.</summary>
    private NewtonSolver Begin()
    {
        _sgd.Settle();
        var isBetter = _objective.Value(_sgd.Weights) <= _objective.Value(_start);
        return new NewtonSolver(_objective, _objective.Chunks.Single(), _plan, isBetter ? _sgd.Weights : _start);
    }
}
