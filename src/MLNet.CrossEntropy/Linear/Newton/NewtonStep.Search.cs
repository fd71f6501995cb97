using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>The line search along a direction.</summary>
internal sealed unsafe partial class NewtonStep
{
    private const double SufficientDecrease = 1e-4;
    private const int MostHalvings = 30;

    // A quadratic model that promises to lower the objective by less than this share of it promises less than floats can tell.
    private const double SmallestPromise = 1e-8;

    private readonly Action<int> _advance;
    private readonly NativeBuffer<float> _searchLogits;
    private readonly NativeBuffer<float> _startLogits;
    private bool _isSearching;
    private double _along;

    /// <summary>
    /// The length a of the step along p: the first of 1, 1/2, 1/4, ... whose objective is low enough (Armijo), 0 when none is. Logits are
    /// linear in the parameters, so the losses along the line cost no pass over the features.
    /// </summary>
    private double Search(double[] direction)
    {
        double constant = 0, linear = 0, square = 0;
        for (var i = 0; i < Outputs * _features; i++)
        {
            double scale = _scaling.Scales[i % _features], weight = scale * _parameters[i], change = scale * direction[i];
            constant += weight * weight;
            linear += weight * change;
            square += change * change;
        }

        double Objective(double length) => MeanLossAlong(length) + _l2 / 2 * (constant + length * (2 * linear + length * square));
        double slope = SpanMath.Dot(_gradient, direction), start = BatchLoss / BatchWeight + _l2 / 2 * constant;
        var isLast = -slope / 2 <= SmallestPromise * start;
        if (isLast)
            _norm = 0;
        var length = 1.0;
        for (var i = 0; i < (isLast ? 1 : MostHalvings); i++, length /= 2)
        {
            if (Objective(length) <= start + SufficientDecrease * length * slope)
                return length;
        }

        _norm = 0;
        return 0;
    }

    private double MeanLossAlong(double length)
    {
        (_along, _isSearching) = (length, true);
        var loss = JudgeAgain();
        _isSearching = false;
        return loss / BatchWeight;
    }

    private void AdvanceLogits(double step)
    {
        _along = step;
        Team.Run(_advance);
    }

    private void Advance(int member)
    {
        var (from, to) = Team.Share(member, _rows.Rows);
        var start = (long)from * Outputs;
        SparseKernels.Axpy((float)_along, _directionLogits.Pointer + start, _searchLogits.Pointer + start, (to - from) * Outputs);
    }
}
