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

    // A quadratic model that promises to lower the objective by less than this share of it promises less than floats can tell.
    private const double SmallestPromise = 1e-8;

    // A solution that takes more products than this shows that the factors belong to another model by now.
    private const int MostProducts = 4;

    // So many steps that promise next to nothing may follow each other where ordinary rows still have something to gain.
    private const int MostSmallSteps = 8;

    // By so much of itself may an objective seem to rise.
    private const double Rounding = 1e-6;

    // What is enough after SGD: the step that is taken all the same leaves far less than that.
    private const double FinishingPromise = 1e-5;

    private readonly LinearObjective _objective;
    private readonly FitPlan _plan;
    private readonly LocalObjective _local;
    private readonly NewtonPreconditioner _preconditioner;
    private readonly ConjugateGradient _direction;
    private readonly double[] _point;
    private readonly double[] _saved;
    private readonly double[] _before;
    private readonly double[] _gradient;
    private bool _isGood;
    private int _smallSteps;
    private double _reached = double.PositiveInfinity;

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
        objective.ToScaled(start, _point);
        objective.ToRaw(_point, _local.Weights);
    }

    public LinearWeights Weights => _local.Weights;

    /// <summary>What the last step's quadratic model promised to lower the objective by: half the squared Newton decrement.</summary>
    public double HalfDecrement { get; private set; }

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
                isSettled |= !TryStep();
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
        state.Value(ref _smallSteps, 0, MostSmallSteps);
        state.Value(ref _reached, 0, double.PositiveInfinity);
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
    private bool TryStep()
    {
        var constant = _objective.Penalty.Value(Weights);
        var start = _local.MeanLoss + constant;
        // What the line promised, rounding has not kept.
        if (start > _reached * (1 + Rounding))
        {
            _before.CopyTo(_point, 0);
            _local.MoveTo(_point, _gradient);
            return false;
        }

        _reached = Math.Min(_reached, start);
        _point.CopyTo(_before, 0);
        _local.Linearize();
        _preconditioner.Refresh(_local, _isGood);
        var direction = _direction.Solution;
        var products = 1;
        Centre(_gradient);
        if (_preconditioner.IsExact)
        {
            Array.Clear(direction);
            SpanMath.AddScaled(direction, -1, _gradient);
            Precondition(direction);
            _local.Aim(direction);
        }
        else
        {
            products = _direction.Solve(_gradient, Tolerance, Precondition, _local.Multiply, _local.AdvanceLine);
        }

        var (_, linear, square) = _objective.PenaltyAlong(_point, direction);
        var slope = SpanMath.Dot(_gradient, direction);
        HalfDecrement = -slope / 2;
        var ordinary = _preconditioner.OrdinaryGain(_gradient);
        var enough = (_plan.NewtonSteps > 0 ? FinishingPromise : SmallestPromise) * start;
        var length = slope < 0 ? LineSearch.Minimize(Look, start, slope) : 0;
        var wasGood = _isGood;
        _isGood = products <= MostProducts && length is > 0.3 and < 3;
        SpanMath.AddScaled(_point, length, direction);
        _objective.ToRaw(_point, Weights);
        _smallSteps = HalfDecrement <= enough ? _smallSteps + 1 : 0;
        return length > 0
            ? _smallSteps == 0 || (ordinary > FinishingPromise * start && _smallSteps < MostSmallSteps)
            : wasGood && !_preconditioner.IsExact;

        // The further from the optimum, the less a quadratic model is to be believed (Dembo and Steihaug 1983).
        double Tolerance(double norm) => Math.Clamp(Math.Sqrt(norm / (2 * start)), TightestSolution, LoosestSolution);

        (double, double) Look(double length)
        {
            var (loss, change) = _local.Along(length);
            return (loss + constant + length * (linear + length * square), change + linear + 2 * length * square);
        }
    }

    private void Precondition(double[] residual)
    {
        _preconditioner.Apply(residual);
        Centre(residual);
    }

    /// <summary>All of a softmax's biases may move together without a change: whatever rounding makes of that is taken out.</summary>
    private void Centre(double[] direction)
    {
        if (_objective.Outputs == 1 || _objective.Loss.HasIndependentOutputs)
            return;
        var biases = direction.AsSpan(_objective.Outputs * _objective.Features);
        var mean = SpanMath.Sum(biases) / biases.Length;
        foreach (ref var bias in biases)
            bias -= mean;
    }
}
