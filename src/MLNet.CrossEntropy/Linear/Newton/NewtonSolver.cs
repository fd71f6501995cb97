using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Truncated Newton (<see cref="Solver.Newton"/>): <c>p</c> from <c>H p = -g</c> by conjugate gradients, only as exactly as the gradient is
/// still large, then a backtracking line search along p. An iteration is an epoch.
/// </summary>
internal sealed class NewtonSolver : ISolver
{
    private const double LoosestSolution = 0.25;
    private const double SufficientDecrease = 1e-4;
    private const int MostHalvings = 30;
    private const double WorthwhileGain = 0.1;
    private const double WorthwhileShare = 1e-6;

    // The share of the loss that a certificate may leave open after a fit that needs no more steps.
    private const double LargestGap = 1e-6;

    // A quadratic model that promises to lower the objective by less than this share of it promises less than floats can tell.
    private const double SmallestPromise = 1e-8;

    // What is enough after SGD: the step that is taken all the same leaves far less than that.
    private const double FinishingPromise = 1e-5;

    private readonly LinearObjective _objective;
    private readonly FitPlan _plan;
    private readonly LocalObjective _local;
    private readonly NewtonPreconditioner _preconditioner;
    private readonly ConjugateGradient _direction;
    private readonly double[] _point;
    private readonly double[] _saved;
    private readonly double[] _gradient;
    private int _lastProducts;
    private double _firstNorm;

    /// <param name="objective">What is minimised.</param>
    /// <param name="rows">Its rows, which must be in memory.</param>
    /// <param name="plan">How.</param>
    /// <param name="start">Where to begin.</param>
    public NewtonSolver(LinearObjective objective, RowSet rows, FitPlan plan, LinearWeights start)
    {
        (_objective, _plan) = (objective, plan);
        _local = new LocalObjective(objective, rows);
        _preconditioner = new NewtonPreconditioner(objective, rows);
        _direction = new ConjugateGradient(objective.Parameters);
        _point = new double[objective.Parameters];
        _saved = new double[objective.Parameters];
        _gradient = new double[objective.Parameters];
        objective.ToScaled(start, _point);
        objective.ToRaw(_point, _local.Weights);
    }

    public LinearWeights Weights => _local.Weights;

    public long StepsBefore => _plan.StepsBefore ?? 0;

    public double? SettledRate => null;

    /// <summary>
    /// About how many floats a fit keeps besides the rows: eight vectors of parameters in double and some in float, the
    /// preconditioner's blocks, and four a row and output (see <see cref="LocalObjective"/>).
    /// </summary>
    public static long Floats(LogitLoss loss, int features, long outputs, long rows)
    {
        var parameters = outputs * (features + 1L);
        return 20 * parameters + 2 * NewtonPreconditioner.Factors(loss, (int)outputs, features) + 4 * rows * outputs;
    }

    public StopReason Run(FitRun run)
    {
        while (run.Epochs < _plan.Epochs + _plan.NewtonSteps)
        {
            if (run.IsCancelled)
                return StopReason.Cancelled;
            _local.MoveTo(_point, _gradient);
            if (!double.IsFinite(_local.MeanLoss))
                throw run.Divergence(_local.MeanLoss, "");
            var norm = Math.Sqrt(SpanMath.Dot(_gradient, _gradient));
            var isSettled = norm <= _plan.Tolerance;
            if (!isSettled || !IsCertain(norm))
                isSettled |= !TryStep(norm);
            run.Steps++;
            if (run.EndEpoch(_local.MeanLoss, rate: 1, Weights))
                _point.CopyTo(_saved, 0);
            if (run.Stop(isSettled) is { } reason)
                return reason;
            run.SaveAfterStep();
            run.SaveAfterEpoch();
        }

        return StopReason.MaximumEpochs;
    }

    public void TakeBest()
    {
        _saved.CopyTo(_point, 0);
        _objective.ToRaw(_point, Weights);
    }

    public void Settle()
    {
    }

    public void Serialize(StateStream state)
    {
        state.Values(_point.AsSpan());
        state.Values(_saved.AsSpan());
        state.Value(ref _firstNorm, 0, double.MaxValue);
        state.Value(ref _lastProducts, 0, ConjugateGradient.MostIterations);
        _preconditioner.Serialize(state);
        if (state.IsReading)
            _objective.ToRaw(_point, Weights);
    }

    public void Dispose()
    {
        _local.Dispose();
        _preconditioner.Dispose();
    }

    /// <summary>
    /// Whether the certificate of the weights as they are would show them at the optimum, too: another step would be for nothing.
    /// </summary>
    private bool IsCertain(double norm)
    {
        var gap = 0.0;
        for (var i = 0; i < _objective.Outputs * _objective.Features; i++)
        {
            var raw = _gradient[i] / _objective.Scaling.Scales[i % _objective.Features];
            gap += raw * raw / (2 * _objective.Penalty.L2Of(i % _objective.Features));
        }

        return norm == 0 || gap <= LargestGap * _local.MeanLoss;
    }

    /// <summary>Takes a step, if it can; false when the objective cannot be lowered any more, as far as floats can tell.</summary>
    private bool TryStep(double norm)
    {
        _firstNorm = Math.Max(_firstNorm, norm);
        _local.Linearize();
        _preconditioner.Refresh(_local, _lastProducts);

        // Superlinear: the nearer the optimum, the more exact the direction (Dembo and Steihaug 1983).
        var tolerance = Math.Min(LoosestSolution, Math.Sqrt(norm / _firstNorm));
        _lastProducts = _direction.Solve(_gradient, tolerance, _preconditioner.Apply, _local.Multiply, _local.AdvanceLine);
        var (length, isLast) = Search(_direction.Solution);
        SpanMath.AddScaled(_point, length, _direction.Solution);
        _objective.ToRaw(_point, Weights);
        return !isLast;
    }

    /// <summary>
    /// The length a of the step along p: the first of 1, 1/2, 1/4, ... whose objective is low enough (Armijo), then on in powers of two as
    /// long as the objective falls; 0 when none is low enough. And whether there is nothing more to be had.
    /// </summary>
    private (double Length, bool IsLast) Search(double[] direction)
    {
        var (constant, linear, square) = _objective.PenaltyAlong(_point, direction);
        double Objective(double length) => _local.MeanLossAlong(length) + constant + length * (linear + length * square);
        double slope = SpanMath.Dot(_gradient, direction), start = _local.MeanLoss + constant;
        var isLast = -slope / 2 <= (_plan.NewtonSteps > 0 ? FinishingPromise : SmallestPromise) * start;
        if (isLast)
            return (Objective(1) <= start + SufficientDecrease * slope ? 1 : 0, true);
        var (length, best) = (1.0, Objective(1));
        if (best <= start + SufficientDecrease * slope)
            return (Improve(2), false);
        for (var i = 0; i < MostHalvings; i++)
        {
            (length, best) = (length / 2, Objective(length / 2));
            if (best <= start + SufficientDecrease * length * slope)
                return (Improve(0.5), false);
        }

        return (0, true);

        // Far from the optimum Newton's own length is often wrong by powers of two: on along the line, as long as that gains more than
        // rounding could.
        double Improve(double factor)
        {
            while (Objective(length * factor) is var next && best - next > Math.Max(
                WorthwhileGain * (start - best), WorthwhileShare * best))
                (length, best) = (length * factor, next);
            return length;
        }
    }
}
