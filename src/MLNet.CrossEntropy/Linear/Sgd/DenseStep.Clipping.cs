using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The part of the step that limits the gradient. The norm is that of all weights and biases together, so the whole gradient must be
/// there before the first weight moves: two phases where a step without limits is one.
/// </summary>
internal sealed unsafe partial class DenseStep
{
    private readonly double? _clipNorm;
    private readonly double? _clipValue;
    private readonly Action<int> _clipPhase;
    private readonly Action<int> _moveShorterPhase;

    // One sum of squares a slice, added up in a fixed order whatever the number of threads.
    private readonly NativeBuffer<double> _squares;
    private float _clipFactor;

    private bool Clips => _clipNorm is not null || _clipValue is not null;

    private void MoveClipped()
    {
        Team.Run(_clipPhase);
        if (_clipValue is { } limit)
            GradientClipping.ClipValue(_biasGradient.AsSpan(), limit);
        var squares = GradientClipping.SumOfSquares<float>(_biasGradient);
        foreach (var square in _squares.AsSpan())
            squares += square;
        _clipFactor = _clipNorm is { } norm ? (float)GradientClipping.NormFactor(Math.Sqrt(squares), norm) : 1;
        foreach (ref var gradient in _biasGradient.AsSpan())
            gradient *= _clipFactor;
        Team.Run(_moveShorterPhase);
    }

    private void ClipShare(int member)
    {
        var (from, to) = FeatureShare(member);
        if (from >= to)
            return;
        if (_gradientSum is null)
            CompleteGradient(from, to);
        for (; from < to; from += SliceFeatures)
        {
            ToScaledGradient(from);
            var slopes = SlopesOf(from);
            if (_clipValue is { } limit)
                GradientClipping.ClipValue(slopes, limit);
            _squares[from / SliceFeatures] = GradientClipping.SumOfSquares<float>(slopes);
        }
    }

    private void MoveShorterShare(int member)
    {
        var (from, to) = FeatureShare(member);
        for (var start = from; start < to; start += SliceFeatures)
            SpanMath.Scale(SlopesOf(start), _clipFactor);
        if (from < to)
            Move(from, to);
    }

    private Span<float> SlopesOf(int from) => _slopes.Span(Place(0, from), SliceFeatures * Outputs);
}
