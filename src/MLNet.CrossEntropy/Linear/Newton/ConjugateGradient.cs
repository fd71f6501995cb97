using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Preconditioned conjugate gradients (Hestenes and Stiefel 1952) for <c>H p = -g</c>, H known by its products alone: the inexact
/// direction of a truncated Newton step (Nocedal and Wright 2006, algorithms 5.3 and 7.1).
/// </summary>
internal sealed class ConjugateGradient(int length)
{
    /// <summary>The most products that a solution takes.</summary>
    public const int MostIterations = 250;

    // Parts that do not fall tell nothing of their sum.
    private const double SlowestFall = 0.95;

    private readonly double[] _residual = new double[length];
    private readonly double[] _search = new double[length];
    private readonly double[] _product = new double[length];
    private readonly double[] _solved = new double[length];
    private readonly List<double> _parts = [];

    /// <summary>The solution p of the last call.</summary>
    public double[] Solution { get; } = new double[length];

    /// <summary>
    /// About <c>g' H^-1 g</c>: each product of the last solution found a part of it, and what they did not find is taken to go on falling
    /// as the last half of them did.
    /// </summary>
    public double Decrement()
    {
        if (_parts.Count < 2)
            return _parts.Sum();
        var middle = _parts.Count / 2 - 1;
        var ratio = Math.Min(SlowestFall, Math.Pow(_parts[^1] / _parts[middle], 1.0 / (_parts.Count - 1 - middle)));
        return _parts.Sum() + _parts[^1] * ratio / (1 - ratio);
    }

    /// <summary>Solves to a share of the first residual, in the preconditioner's norm <c>r' M^-1 r</c>.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="tolerance">The share of the norm (not squared) that may remain, by the first squared norm: about twice what the
    /// quadratic model promises.</param>
    /// <param name="precondition">Turns a residual r into about <c>H^-1 r</c>, in place.</param>
    /// <param name="multiply">Writes H v for a direction v.</param>
    /// <param name="advance">Told of each <c>p = p + a v</c> by its a, right after the product with v.</param>
    /// <param name="most">How many products it may take.</param>
    /// <returns>How many products it took.</returns>
    public int Solve(
        ReadOnlySpan<double> gradient,
        Func<double, double> tolerance,
        Action<double[]> precondition,
        Action<double[], double[]> multiply,
        Action<double> advance,
        int most = MostIterations)
    {
        Array.Clear(Solution);
        Array.Clear(_residual);
        Array.Clear(_search);
        SpanMath.AddScaled(_residual, -1, gradient);
        double goal = 0, last = 1;
        _parts.Clear();
        for (var i = 0; i < most; i++)
        {
            _residual.CopyTo(_solved, 0);
            precondition(_solved);
            var next = SpanMath.Dot(_residual, _solved);
            if (i == 0)
                goal = next * Math.Pow(tolerance(next), 2);
            else if (!(next > goal))
                return i;
            var ratio = i == 0 ? 0 : next / last;
            for (var n = 0; n < _search.Length; n++)
                _search[n] = _solved[n] + ratio * _search[n];
            multiply(_search, _product);
            var curvature = SpanMath.Dot(_search, _product);
            // A direction without curvature: the objective is flat along it, and nothing more is to be learnt.
            if (!(curvature > 0))
                return i + 1;
            var step = next / curvature;
            _parts.Add(step * next);
            SpanMath.AddScaled(Solution, step, _search);
            SpanMath.AddScaled(_residual, -step, _product);
            advance(step);
            last = next;
        }

        return most;
    }
}
