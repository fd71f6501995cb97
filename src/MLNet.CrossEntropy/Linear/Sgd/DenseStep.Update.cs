using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>The way from the batch's gradient to the next weights, slice by slice of the features.</summary>
internal sealed unsafe partial class DenseStep
{
    protected override void Update(RowSet rows, ReadOnlySpan<int> batch, double learningRate)
    {
        _learningRate = learningRate;
        _factor = Table is null ? (float)(1 / BatchWeight) : 1;
        if (_gradientSum is null)
            ErrorSums.CopyTo(_biasGradient);
        SpanMath.Scale(_biasGradient.AsSpan(), _factor);
        if (Table is not null)
        {
            fixed (float* gradient = _biasGradient)
                AddMemory(gradient, BiasOffset, Outputs);
        }

        Team.Run(_updatePhase);
        _stepOptimizer(_scaled.Span(BiasOffset, Outputs), _biasGradient, _state, BiasOffset, learningRate);
        _state.Steps++;
        RefreshBiases();
    }

    private void UpdateShare(int member)
    {
        var (from, to) = FeatureShare(member);
        if (from >= to)
            return;
        if (_gradientSum is null)
            CompleteGradient(from, to);
        for (int end; from < to; from = end)
        {
            end = Math.Min(from + _runFeatures, to);
            for (var start = from; start < end; start += SliceFeatures)
                ToScaledGradient(start);
            Move(from, end);
        }
    }

    /// <summary>The optimizer's step on the slices of the features <c>[from, to)</c>.</summary>
    private void Move(int from, int to)
    {
        int place = Place(0, from), length = (to - from + SliceFeatures - 1) / SliceFeatures * SliceFeatures * Outputs;
        _stepOptimizer(_scaled.Span(place, length), _slopes.Span(place, length), _state, place, _learningRate);
        for (; from < to; from += SliceFeatures)
            ToRaw(from);
    }

    /// <summary>SAGA: change of the batch's gradient in, estimate of the mean gradient out; the memory's own mean follows the change.</summary>
    private void AddMemory(float* gradient, int offset, int length) =>
        ElementKernels.Remember(gradient, _meanGradient.Pointer + offset, Table!.EstimateFactor(Count), Table.MeanFactor, length);

    /// <summary>Of the slice that begins with a feature: raw gradient of the mean loss in, gradient of the objective in the scaled weights out.</summary>
    private void ToScaledGradient(int from)
    {
        var length = Math.Min(SliceFeatures, _features - from);
        float* gradient = _gradient.Pointer + from, raw = _raw.Pointer + from, slopes = _slopes.Pointer + Place(0, from);
        for (var k = 0; Table is not null && k < Outputs; k++)
            AddMemory(gradient + k * _stride, Place(k, from), length);
        for (var k = 0; k < Outputs; k++, gradient += _stride, raw += _stride, slopes += SliceFeatures)
            ElementKernels.ToScaledGradient(gradient, _factor, _means.Pointer + from, _scales.Pointer + from, raw, _biasGradient[k], _l2, slopes, length);
    }

    /// <summary>Raw weights of a slice, and its part of the centring sums.</summary>
    private void ToRaw(int from)
    {
        var length = Math.Min(SliceFeatures, _features - from);
        float* scaled = _scaled.Pointer + Place(0, from), raw = _raw.Pointer + from;
        var sums = _centring.Pointer + from / SliceFeatures * Outputs;
        for (var k = 0; k < Outputs; k++, scaled += SliceFeatures, raw += _stride)
        {
            if (_l1 > 0)
                Shrink(new Span<float>(scaled, length), _scales.Span(from, length));
            sums[k] = ElementKernels.ToRaw(scaled, _scales.Pointer + from, _means.Pointer + from, raw, length);
        }
    }

    /// <summary>
    /// The proximal step of <c>l1 ||W||_1</c>: in scaled coordinates the penalty is <c>l1 s_j |W'_j|</c>, so W'_j moves towards 0 by
    /// at most <c>rate l1 s_j / (1 - m)</c>: momentum m repeats every gradient that often, and the penalty must keep its balance with
    /// them (<see cref="Sgd.LongRunRate"/>).
    /// </summary>
    private void Shrink(Span<float> scaled, ReadOnlySpan<float> scales)
    {
        for (var j = 0; j < scaled.Length; j++)
        {
            var threshold = (float)_learningRate * _l1 * scales[j] * _repeats;
            scaled[j] = MathF.CopySign(Math.Max(0, Math.Abs(scaled[j]) - threshold), scaled[j]);
        }
    }

    private void RefreshRaw()
    {
        _learningRate = 0;
        for (var from = 0; from < _features; from += SliceFeatures)
            ToRaw(from);
        RefreshBiases();
    }

    private void RefreshBiases()
    {
        for (var k = 0; k < Outputs; k++)
        {
            double bias = _scaled[BiasOffset + k];
            for (var slice = 0; slice < _slices; slice++)
                bias -= _centring[(long)slice * Outputs + k];
            _rawBiases[k] = (float)bias;
        }
    }
}
