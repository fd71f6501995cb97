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
    private const double TightestSolution = 0.03;

    // The share of the loss that a certificate may leave open after a fit that needs no more steps.
    private const double LargestGap = 1e-6;

    // A solution that takes more products than this, and than twice those of new factors, shows that they belong to another model by now.
    private const int MostProducts = 4;

    // So many steps that promise next to nothing may follow each other where ordinary rows still have something to gain.
    private const int MostSmallSteps = 8;

    // So many steps that gain next to nothing are made of rounding.
    private const int MostIdleSteps = 15;

    // By so much of itself may an objective seem to rise.
    private const double Rounding = 1e-6;

    // What of the objective a step must gain to be one that gains something.
    private const double Gainful = 1e-5;

    // How exactly the systems of so many parameters are solved that their Hessian is not factorised, and not much is asked for.
    private const double TightestOfMany = 0.1;
    private const double MuchAsked = 1e-5;

    // So often rows that a step would break may come back to its model.
    private const int MostTries = 8;

    private readonly LinearObjective _objective;
    private readonly FitPlan _plan;
    private readonly LocalObjective _local;
    private readonly NewtonPreconditioner _preconditioner;
    private readonly ConjugateGradient _direction;
    private readonly double[] _point;
    private readonly double[] _saved;
    private readonly double[] _before;
    private readonly double[] _gradient;
    private readonly double[] _slopes;
    private readonly FarRows? _far;
    private bool _isGood;
    private bool _hasLooked;
    private int _freshProducts;
    private int _smallSteps;
    private double _halfDecrement;
    private double _rounding;
    private double _objectiveHere;
    private int _idleSteps;
    private double _reached = double.PositiveInfinity;
    private double _marked = double.PositiveInfinity;

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
        _before = new double[objective.Parameters];
        _gradient = new double[objective.Parameters];
        _far = _preconditioner.IsExact ? FarRows.Of(objective, _local) : null;
        // Without rows far out the model's slopes are the gradient.
        _slopes = _far is null ? _gradient : new double[objective.Parameters];
        objective.ToScaled(start, _point);
        _point.CopyTo(_before, 0);
        objective.ToRaw(_point, _local.Weights);
    }

    public LinearWeights Weights => _local.Weights;

    public long StepsBefore => _plan.StepsBefore ?? 0;

    public double? SettledRate => null;

    /// <summary>
    /// What the last step's quadratic model promised, where that was next to nothing, or where rows far out make any other estimate one of
    /// the weights' rounding; what that costs is added.
    /// </summary>
    public double? Gap => _smallSteps > 0 || _far is not null ? _halfDecrement + Math.Max(0, _rounding) : null;

    /// <summary>
    /// About how many floats a fit keeps besides the rows: eight vectors of parameters in double and some in float, the
    /// preconditioner's blocks and what they are made of, and four a row and output (see <see cref="LocalObjective"/>).
    /// </summary>
    public static long Floats(LogitLoss loss, long outputs, RowSummary rows)
    {
        var parameters = outputs * (rows.Features + 1L);
        var form = new HessianForm(loss, (int)outputs, rows);
        return 20 * parameters + 2 * (form.Factors + form.Sums) + 4 * rows.Rows * outputs;
    }

    public StopReason Run(FitRun run)
    {
        while (run.Epochs < _plan.Epochs + _plan.NewtonSteps)
        {
            if (run.IsCancelled)
                return StopReason.Cancelled;
            var isSettled = !TryMove();
            if (!isSettled)
            {
                var norm = Math.Sqrt(SpanMath.Dot(_gradient, _gradient));
                isSettled = norm <= _plan.Tolerance;
                if (!isSettled || !IsCertain(norm))
                    isSettled |= !TryStep();
            }

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
        state.Value(ref _isGood);
        state.Value(ref _freshProducts, 0, ConjugateGradient.MostIterations);
        state.Value(ref _smallSteps, 0, MostSmallSteps);
        state.Value(ref _idleSteps, 0, MostIdleSteps);
        state.Value(ref _reached, 0, double.PositiveInfinity);
        state.Value(ref _marked, 0, double.PositiveInfinity);
        state.Value(ref _halfDecrement, double.MinValue, double.MaxValue);
        _preconditioner.Serialize(state);
        _far?.Serialize(state);
        if (state.IsReading)
            _objective.ToRaw(_point, Weights);
    }

    public void Dispose()
    {
        _local.Dispose();
        _preconditioner.Dispose();
    }

    /// <summary>
    /// The loss of each row by a model that has not seen it, where the Hessian was factorised whole: by a step from where the last one
    /// began, which leaves the row out.
    /// </summary>
    /// <returns>The share of the weight that belongs to rows for which it is a guess (see <see cref="LeaveOneOut"/>).</returns>
    public double LeaveOneOut(Memory<(double Loss, double Weight)> losses)
    {
        if (!_hasLooked)
        {
            _local.Linearize();
            _preconditioner.Refresh(_local, areGood: false);
        }

        using var left = new LeaveOneOut(_objective, _preconditioner, _local);
        return left.Losses(losses);
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
            gap += _objective.Penalty.GapBound(raw, i % _objective.Features);
        }

        return norm == 0 || gap <= LargestGap * _local.MeanLoss;
    }

    /// <summary>
    /// Moves to the point; false where many steps have gained next to nothing, and where rounding has not kept what the line promised, and
    /// then back to the last one.
    /// </summary>
    private bool TryMove()
    {
        MoveToPoint();
        _hasLooked = false;
        _objectiveHere = _local.MeanLoss + _objective.Penalty.Value(Weights);
        if (_objectiveHere <= _reached * (1 + Rounding))
        {
            _reached = Math.Min(_reached, _objectiveHere);
            _point.CopyTo(_before, 0);
            if (_reached < _marked * (1 - Gainful))
                (_marked, _idleSteps) = (_reached, 0);
            else
                _idleSteps++;
            return _idleSteps < MostIdleSteps;
        }

        _before.CopyTo(_point, 0);
        MoveToPoint();
        return false;
    }

    /// <summary>Takes a step, if it can; false when the objective cannot be lowered any more, as far as floats can tell.</summary>
    private bool TryStep()
    {
        _hasLooked = true;
        _local.Linearize();
        var direction = _direction.Solution;
        var products = 1;
        var start = _objectiveHere;
        if (_preconditioner.IsExact)
        {
            Solve(direction);
        }
        else
        {
            _preconditioner.Refresh(_local, _isGood);
            products = _direction.Solve(_gradient, Tolerance, _preconditioner.Apply, _local.Multiply, _local.AdvanceLine);
        }

        var (constant, linear, square) = _objective.PenaltyAlong(_point, direction);
        var slope = SpanMath.Dot(_gradient, direction);
        _halfDecrement = -SpanMath.Dot(_slopes, direction) / 2;
        var ordinary = _preconditioner.OrdinaryGain(_gradient);
        var enough = start * _plan.Promise;
        var length = slope < 0 ? LineSearch.Minimize(Look, start, slope) : 0;
        var wasGood = _isGood;
        if (!wasGood)
            _freshProducts = products;
        _isGood = products <= Math.Max(MostProducts, 2 * _freshProducts) && length is > 0.3 and < 3;
        SpanMath.AddScaled(_point, length, direction);
        _objective.ToRaw(_point, Weights);
        _smallSteps = _halfDecrement <= enough ? _smallSteps + 1 : 0;
        return length > 0
            ? _smallSteps == 0 || (ordinary > Math.Max(Gainful, _plan.Promise) * start && _smallSteps < MostSmallSteps)
            : wasGood && !_preconditioner.IsExact;

        // The further from the optimum, the less a quadratic model is to be believed (Dembo and Steihaug 1983).
        double Tolerance(double norm) => Math.Clamp(
            Math.Sqrt(norm / (2 * start)),
            _preconditioner.IsWhole || _plan.Promise < MuchAsked ? TightestSolution : TightestOfMany,
            LoosestSolution);

        (double, double) Look(double length)
        {
            var (loss, change) = _local.Along(length);
            return (loss + constant + length * (linear + length * square), change + linear + 2 * length * square);
        }
    }

    /// <summary>The step of the quadratic model, by factors of its Hessian.</summary>
    private void Solve(double[] direction)
    {
        if (_far is not null)
        {
            _gradient.CopyTo(_slopes, 0);
            _far.LeaveOut(_slopes);
        }

        for (var tries = 0; ; tries++)
        {
            _preconditioner.Refresh(_local, areGood: false);
            Array.Clear(direction);
            SpanMath.AddScaled(direction, -1, _slopes);
            _preconditioner.Apply(direction);
            _local.Aim(direction);
            _far?.Aim(direction);
            if (_far is null || !_far.TakeBack(_slopes) || tries == MostTries)
                return;
        }
    }

    private void MoveToPoint()
    {
        _local.MoveTo(_point, _gradient);
        _rounding = _local.MeanLoss;
        _far?.MoveTo(_point, _gradient);
        _rounding -= _local.MeanLoss;
    }
}
