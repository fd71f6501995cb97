namespace Microsoft.ML.Trainers;

/// <summary>
/// Minimises f(x) + L1 sum_{i >= n} |x_i| by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4, 3.5 and 3.6)
/// or, with L1 > 0, by OWL-QN (Andrew and Gao 2007, Scalable training of L1-regularized log-linear models).
/// The first n variables (the biases) carry no penalty. Like ML.NET's form of OWL-QN, a variable at zero may leave it on either
/// side, which takes fewer steps than the paper's; the stopping rule is ML.NET's too.
/// </summary>
internal sealed class LbfgsMinimizer
{
    private const double SufficientDecrease = 1e-4;
    private const double Curvature = 0.9;
    private const double ImprovementDecay = 0.25;
    // Two values closer than this share of them may differ by the rounding of Single alone.
    private const double Resolution = 1e-8;
    private const int MaximumRestarts = 8;
    private const int MaximumZoomSteps = 10;
    private const int MaximumForcedSteps = 60;
    private const int MaximumBacktracks = 8;

    private readonly Func<double[], double[], double> _function;
    private readonly CurvatureHistory _history;
    private readonly int _unpenalised;
    private readonly double _l1;
    private readonly bool _nonNegative;
    private readonly double[] _direction, _steepest;
    private double[] _x, _gradient, _newX, _newGradient;
    private double _value, _newValue;
    private int _iteration = 1;

    /// <param name="function">Answers f(x) and writes its gradient to the second argument.</param>
    /// <param name="start">The point to start from.</param>
    /// <param name="unpenalised">How many leading variables carry no L1 penalty.</param>
    /// <param name="l1">The weight of the L1 penalty.</param>
    /// <param name="historySize">How many steps the approximation of the Hessian remembers.</param>
    /// <param name="nonNegative">Whether x >= 0 is enforced (ML.NET exempts the biases only when there is an L1 penalty).</param>
    public LbfgsMinimizer(Func<double[], double[], double> function, double[] start, int unpenalised, double l1, int historySize, bool nonNegative)
    {
        _function = function;
        _unpenalised = unpenalised;
        _l1 = l1;
        _nonNegative = nonNegative;
        _history = new CurvatureHistory(historySize);
        _x = (double[])start.Clone();
        for (int i = unpenalised; nonNegative && i < _x.Length; i++)
            _x[i] = Math.Max(_x[i], 0);
        _gradient = new double[start.Length];
        _newX = new double[start.Length];
        _newGradient = new double[start.Length];
        _direction = new double[start.Length];
        _steepest = new double[start.Length];
    }

    /// <summary>The best point so far, and the value there, penalty included.</summary>
    public double[] Point => _newX;

    public double Value => _newValue;

    /// <summary>Why the search ended before the improvement fell below the tolerance; null when it did fall.</summary>
    public string PrematureEnd { get; private set; }

    /// <summary>Runs until the decayed mean improvement of an iteration is below <paramref name="tolerance"/>.</summary>
    public void Run(double tolerance, int maximumIterations)
    {
        _newX = (double[])_x.Clone();
        _value = _newValue = Evaluate(_x, _gradient);
        if (!double.IsFinite(_value))
            throw new InvalidOperationException($"Optimizer unable to proceed with loss function yielding {_value}");
        double improvements = 0, startValue = _value;
        int restarts = 0;
        while (true)
        {
            FindDirection();
            if (!Search(force: false))
            {
                // Old curvature may mislead: forget it and go downhill.
                _history.Clear();
                FindDirection();
                if (!Search(force: true))
                    return;
            }

            improvements = (_value - _newValue) + ImprovementDecay * improvements;
            double mean = improvements * (1 - ImprovementDecay) / (1 - Math.Pow(ImprovementDecay, _iteration));
            if (_iteration >= maximumIterations)
                return;
            if (mean < tolerance)
            {
                // OWL-QN's curvature stems from both sides of kinks and can stall it, so it starts afresh as long as that pays.
                if (_l1 == 0 || restarts++ == MaximumRestarts || startValue - _newValue < 10 * tolerance)
                    return;
                startValue = _newValue;
                improvements = 1;
                _history.Clear();
            }
            else if (!_history.Add(_x, _newX, _gradient, _newGradient))
            {
                return;
            }

            (_x, _newX) = (_newX, _x);
            (_gradient, _newGradient) = (_newGradient, _gradient);
            _value = _newValue;
            _iteration++;
        }
    }

    private bool IsPenalised(int i) => _l1 > 0 && i >= _unpenalised;

    private bool IsBounded(int i) => _nonNegative && (_l1 == 0 || i >= _unpenalised);

    private double Evaluate(double[] x, double[] gradient)
    {
        double penalty = 0;
        if (_l1 > 0)
        {
            for (int i = _unpenalised; i < x.Length; i++)
                penalty += Math.Abs(x[i]);
        }

        return _function(x, gradient) + _l1 * penalty;
    }

    /// <summary>The steepest descent direction of the penalised function, mapped by the inverse Hessian's approximation.</summary>
    private void FindDirection()
    {
        for (int i = 0; i < _x.Length; i++)
            _steepest[i] = SteepestDescent(i);
        Array.Copy(_steepest, _direction, _steepest.Length);
        _history.MapByInverseHessian(_direction);
        if (_l1 == 0 && !_nonNegative)
            return;
        // A variable that rests at its kink or bound stays there.
        for (int i = 0; i < _direction.Length; i++)
        {
            if ((IsPenalised(i) || IsBounded(i)) && _steepest[i] == 0)
                _direction[i] = 0;
        }
    }

    private double SteepestDescent(int i)
    {
        double descent = -_gradient[i];
        if (IsBounded(i))
        {
            descent -= IsPenalised(i) ? _l1 : 0;
            return _x[i] > 0 ? descent : Math.Max(descent, 0);
        }

        if (!IsPenalised(i))
            return descent;
        if (_x[i] != 0)
            return descent - Math.Sign(_x[i]) * _l1;
        return Math.Sign(descent) * Math.Max(Math.Abs(descent) - _l1, 0);
    }

    private bool Search(bool force)
    {
        double slope = -CurvatureHistory.Dot(_direction, _steepest);
        if (slope == 0)
        {
            PrematureEnd = "Directional derivative is zero. You may be sitting on the optimum.";
            Array.Copy(_x, _newX, _x.Length);
            _newValue = _value;
            return !force;
        }

        if (slope > 0)
            return false;
        double step = _history.IsEmpty ? 1 / Math.Sqrt(CurvatureHistory.Dot(_direction, _direction)) : 1;
        return _l1 > 0 || _nonNegative ? Backtrack(step, force) : StrongWolfe(step, slope, force);
    }

    /// <summary>Shorter and shorter steps on the path of points that stop where they would cross zero.</summary>
    private bool Backtrack(double step, bool force)
    {
        MoveTo(step);
        if (PredictedDecrease() < 0)
        {
            // Stopping at zero has turned the step uphill: leave out what opposes the steepest descent.
            for (int i = _unpenalised; i < _x.Length; i++)
            {
                if (_steepest[i] * _direction[i] < 0)
                    _direction[i] = 0;
            }
        }

        for (int trial = 0; trial < (force ? MaximumForcedSteps : MaximumBacktracks); trial++, step *= 0.25)
        {
            MoveTo(step);
            _newValue = Evaluate(_newX, _newGradient);
            if (_newValue <= _value - SufficientDecrease * PredictedDecrease())
                return true;
        }

        if (force)
            Fail();
        return false;
    }

    private double PredictedDecrease()
    {
        double sum = 0;
        for (int i = 0; i < _x.Length; i++)
            sum += _steepest[i] * (_newX[i] - _x[i]);
        return sum;
    }

    private bool StrongWolfe(double step, double slope, bool force)
    {
        var origin = new Trial(0, _value, slope);
        Trial last = origin;
        while (true)
        {
            Trial trial = TryStep(step);
            if (double.IsPositiveInfinity(trial.Value))
            {
                step /= 2;
                continue;
            }

            if (IsAcceptable(trial, slope))
                return true;
            if (IsTooHigh(trial, slope) || (last.Step > 0 && trial.Value >= last.Value))
                return Zoom(last, trial, slope, force);
            if (trial.Slope >= 0)
                return Zoom(trial, last, slope, force);
            last = trial;
            step *= 2;
        }
    }

    private bool Zoom(Trial low, Trial high, double slope, bool force)
    {
        for (int i = 0; i < (force ? MaximumForcedSteps : MaximumZoomSteps); i++)
        {
            double left = Math.Min(low.Step, high.Step), right = Math.Max(low.Step, high.Step);
            double step = Math.Clamp(CubicMinimum(low, high), left + 0.01 * (right - left), right - 0.01 * (right - left));
            Trial trial = TryStep(step);
            if (IsAcceptable(trial, slope))
                return true;
            if (IsTooHigh(trial, slope) || trial.Value >= low.Value)
            {
                if (high.Step == step)
                    break;
                high = trial;
                continue;
            }

            if (trial.Slope * (high.Step - low.Step) >= 0)
                high = low;
            if (low.Step == step)
                break;
            low = trial;
        }

        if (force)
            Fail();
        return false;
    }

    private bool IsTooHigh(Trial trial, double slope) => trial.Value > _value + SufficientDecrease * trial.Step * slope;

    /// <summary>The strong Wolfe conditions; where values no longer tell, the slope decides (Hager and Zhang 2005).</summary>
    private bool IsAcceptable(Trial trial, double slope) =>
        Math.Abs(trial.Slope) <= -Curvature * slope && (!IsTooHigh(trial, slope) || Math.Abs(trial.Value - _value) <= Resolution * Math.Abs(_value));

    private void Fail()
    {
        PrematureEnd = "Step size interval numerically zero.";
        Array.Copy(_x, _newX, _x.Length);
        _newValue = _value;
    }

    private Trial TryStep(double step)
    {
        MoveTo(step);
        _newValue = Evaluate(_newX, _newGradient);
        if (double.IsNaN(_newValue))
            throw new InvalidOperationException($"Optimizer unable to proceed with loss function yielding {_newValue}");
        return new Trial(step, _newValue, CurvatureHistory.Dot(_direction, _newGradient));
    }

    private void MoveTo(double step)
    {
        for (int i = 0; i < _x.Length; i++)
        {
            double moved = _x[i] + step * _direction[i];
            bool crosses = (IsPenalised(i) && moved * _x[i] < 0) || (IsBounded(i) && moved < 0);
            _newX[i] = crosses ? 0 : moved;
        }
    }

    /// <summary>Where the cubic through two values and slopes has its minimum (Nocedal and Wright, 3.59).</summary>
    private static double CubicMinimum(Trial a, Trial b)
    {
        double d1 = a.Slope + b.Slope - 3 * (a.Value - b.Value) / (a.Step - b.Step);
        double d2 = Math.Sign(b.Step - a.Step) * Math.Sqrt(d1 * d1 - a.Slope * b.Slope);
        double minimum = b.Step - (b.Step - a.Step) * (b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2);
        return double.IsFinite(minimum) ? minimum : (a.Step + b.Step) / 2;
    }

    private readonly record struct Trial(double Step, double Value, double Slope);
}
