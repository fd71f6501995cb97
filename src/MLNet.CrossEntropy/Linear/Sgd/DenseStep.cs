using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The SGD step over dense rows. Threads share the rows of a batch for logits and gradients (see <see cref="DenseGradient"/>), then
/// the features for the optimizer's step: all sums have one order, so the number of threads changes no bit.
/// </summary>
/// <remarks>
/// The optimizer works on <c>W'[k, j]</c> and <c>b'[k]</c>, the weights of the scaled and centred features (see
/// <see cref="FeatureScaling"/>); the kernels use the raw ones, <c>W[k, j] = s_j W'[k, j]</c> and <c>b[k] = b'[k] - sum_j m_j W[k, j]</c>.
/// By the chain rule the gradient in W' is <c>s_j (G[k, j] - m_j g[k] + l2 W[k, j])</c> with G and g those in W and b. W' and all that
/// is kept beside it lie slice after slice, <c>[slices, outputs, slice features]</c>: a thread's share is one piece of memory, so that what
/// its core fetches ahead is not what the next one writes.
/// </remarks>
internal sealed unsafe class DenseStep : ISgdStep
{
    // Features are shared between threads in whole slices, and the centring sums are kept one a slice and output, in a fixed order.
    private const int SliceFeatures = LinearWeights.SliceFeatures;

    // The optimizer is given so many weights at a time, as far as slices of fewer allow: they stay in the first-level cache.
    private const int RunFloats = 512;

    private readonly int _outputs;
    private readonly int _features;
    private readonly int _slices;
    private readonly int _runFeatures;
    private readonly int _biasOffset;
    private readonly ElasticNet _penalty;
    private readonly float _repeats;
    private readonly FeatureScaling _scaling;
    private readonly WorkerTeam _team;
    private readonly SagaMemory? _memory;
    private readonly MiniBatch _batch;
    private readonly DenseGradient _gradient;
    private readonly SliceStep<float> _rule;
    private readonly OptimizerState<float> _state;
    private readonly OptimizerState<float> _savedState;
    private readonly NativeBuffer<float> _scaled;
    private readonly NativeBuffer<float> _saved;
    private readonly NativeBuffer<float> _slopes;
    private readonly NativeBuffer<float> _means;
    private readonly NativeBuffer<float> _scales;
    private readonly NativeBuffer<float> _l2;
    private readonly NativeBuffer<double> _centring;
    private readonly float[] _biasGradient;
    private readonly Action<int> _forward;
    private readonly Action<int> _update;
    private readonly Action<int> _complete;
    private readonly RowShares? _shares;
    private int _count;
    private float _factor;
    private double _rate;

    public DenseStep(LinearObjective objective, FitPlan plan, LinearWeights start, SagaMemory? memory)
    {
        (_outputs, _features, _penalty, _scaling, _team, _memory, _shares) =
            (objective.Outputs, objective.Features, objective.Penalty, objective.Scaling, objective.Team, memory, objective.Shares);
        Weights = objective.CreateWeights();
        var stride = Weights.Stride;
        var unitRows = DenseGradient.UnitRowsFor(plan.PartSize, _outputs, stride);
        _batch = new MiniBatch(objective, plan.PartSize, unitRows, memory);
        _gradient = new DenseGradient(_outputs, _features, stride, plan.PartSize, _team);
        _slices = stride / SliceFeatures;
        _runFeatures = Math.Max(1, RunFloats / (_outputs * SliceFeatures)) * SliceFeatures;
        _biasOffset = _outputs * stride;
        var parameters = checked(_biasOffset + _outputs);
        _repeats = (float)((plan.Rule as Sgd)?.LongRunRate(1) ?? 1);
        _rule = plan.Rule.BindStep<float>();
        _state = plan.Rule.CreateState<float>(parameters);
        _savedState = _state.Clone();
        _scaled = new NativeBuffer<float>(parameters);
        _saved = new NativeBuffer<float>(parameters);
        _slopes = new NativeBuffer<float>((long)_outputs * stride);
        _means = new NativeBuffer<float>(_features);
        _scales = new NativeBuffer<float>(_features);
        _l2 = new NativeBuffer<float>(_features);
        for (var j = 0; j < _features; j++)
            _l2[j] = (float)_penalty.L2Of(j);
        _scaling.Means.CopyTo(_means.AsSpan());
        _scaling.StepScales.CopyTo(_scales.AsSpan());
        _centring = new NativeBuffer<double>((long)_slices * _outputs);
        _biasGradient = new float[_outputs];
        _forward = Forward;
        _update = Update;
        _complete = Complete;
        Start(start);
    }

    public LinearWeights Weights { get; }

    public LossSums Take(RowSet rows, ReadOnlySpan<int> batch, double rate, ReadOnlySpan<int> next = default)
    {
        var sums = _shares is null ? TakeErrors(rows, batch, next) : SumShares(_shares, batch);
        if (!(sums.Weight > 0) || !double.IsFinite(sums.Loss))
            return sums;
        (_rate, _factor) = (rate, _memory is null ? _batch.MeanFactor(sums, _count) : 1);
        SpanMath.Scale(_biasGradient.AsSpan(), _factor);
        fixed (float* gradient = _biasGradient)
            AddMemory(gradient, _biasOffset, _biasGradient.Length);
        _team.Run(_update);
        _rule(_scaled.Span(_biasOffset, _outputs), _biasGradient, _state, _biasOffset, rate);
        _state.Steps++;
        RefreshBiases();
        return sums;
    }

    public (double Norm, double GapBound) RememberedGradient()
    {
        double sum = 0, bound = 0;
        for (var k = 0; k < _outputs; k++)
        {
            double bias = _memory!.Mean[_biasOffset + k];
            sum += bias * bias;
            bound += _penalty.GapBound(bias);
            for (var j = 0; j < _features; j++)
            {
                var slope = _memory.Mean[Place(k, j)] - _scaling.Means[j] * bias;
                var gradient = _penalty.Subgradient(slope, Weights[k, j], k, j);
                bound += _penalty.GapBound(gradient, j);
                gradient *= _scaling.Scales[j];
                sum += gradient * gradient;
            }
        }

        return (Math.Sqrt(sum), bound);
    }

    public void Save()
    {
        _scaled.AsSpan().CopyTo(_saved.AsSpan());
        _savedState.CopyFrom(_state);
    }

    public void Restore()
    {
        _saved.AsSpan().CopyTo(_scaled.AsSpan());
        _state.CopyFrom(_savedState);
        RefreshRaw();
        _memory?.Clear();
    }

    public void RestartRule() => _state.CopyFrom(_savedState);

    public void Serialize(StateStream state)
    {
        state.Values(_scaled);
        state.Values(_saved);
        _state.Serialize(state);
        _savedState.Serialize(state);
        if (state.IsReading)
            RefreshRaw();
    }

    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[Weights, _batch, _gradient, _scaled, _saved, _slopes, _means, _scales, _l2, _centring])
            part.Dispose();
    }

    private void Start(LinearWeights start)
    {
        for (var k = 0; k < _outputs; k++)
        {
            double bias = start.Biases[k];
            for (var j = 0; j < _features; j++)
            {
                var weight = start[k, j];
                _scaled[Place(k, j)] = weight / _scales[j];
                bias += (double)_means[j] * weight;
            }

            _scaled[_biasOffset + k] = (float)bias;
        }

        RefreshRaw();
    }

    /// <summary>Logits, errors and what can be summed of their gradients; the gradient in the biases.</summary>
    private LossSums TakeErrors(RowSet rows, ReadOnlySpan<int> batch, ReadOnlySpan<int> next)
    {
        _batch.Load(rows, batch, next);
        _team.Run(_forward);
        var sums = _batch.Sum();
        _batch.ErrorSums.CopyTo(_biasGradient, 0);
        _count = batch.Length;
        return sums;
    }

    /// <summary>The gradients of each share's part of the batch, summed over the shares of all ranks.</summary>
    private LossSums SumShares(RowShares shares, ReadOnlySpan<int> batch)
    {
        var (sums, count, errors, gradient) = _batch.SumShares(
            shares, batch, _outputs * _features, numbers => TakeErrors(shares.Own, numbers, default), AddGradient);
        errors.CopyTo(_biasGradient, 0);
        for (var i = 0; i < gradient.Length; i++)
            _gradient[i / _features, i % _features] = gradient[i];
        _count = count;
        return sums;

        void AddGradient(Memory<double> values)
        {
            _team.Run(_complete);
            for (var i = 0; i < values.Length; i++)
                values.Span[i] = _gradient[i / _features, i % _features];
        }
    }

    /// <summary>A member's units: logits, errors, gradients, and the sums of these that need nobody else's.</summary>
    private void Forward(int member)
    {
        var (first, end) = _team.Share(member, _batch.Units);
        for (var unit = first; unit < end; unit++)
        {
            ComputeLogits(unit);
            _batch.ComputeErrors(unit);
            _gradient.ComputeUnit(_batch, unit, _batch.Ahead(member, unit, end));
        }

        _gradient.EndUnits(first, end);
    }

    private void ComputeLogits(int unit)
    {
        var (from, to) = _batch.Unit(unit);
        var rows = _gradient.Rows(from, to - from);
        var numbers = _batch.Numbers;
        for (var r = from; r < to; r++)
        {
            rows[r - from] = _batch.Rows.Dense(numbers[r]);
            Weights.Biases.CopyTo(_batch.Logits.Span((long)r * _outputs, _outputs));
        }

        DenseForward.Accumulate(rows, to - from, _features, Weights.At(0, _biasOffset), Weights.Stride, _outputs,
            _batch.Logits.At((long)from * _outputs, (long)(to - from) * _outputs));
    }

    /// <summary>A member's features, whole slices but for the last: gradient, optimizer's step, raw weights.</summary>
    private void Update(int member)
    {
        var (from, to) = FeaturesOf(member);
        if (from >= to)
            return;
        if (_shares is null)
            _gradient.Complete(_batch, from, to);
        for (int end; from < to; from = end)
        {
            end = Math.Min(from + _runFeatures, to);
            for (var start = from; start < end; start += SliceFeatures)
                ToScaledGradient(start);
            int place = Place(0, from), length = (end - from + SliceFeatures - 1) / SliceFeatures * SliceFeatures * _outputs;
            _rule(_scaled.Span(place, length), _slopes.Span(place, length), _state, place, _rate);
            for (var start = from; start < end; start += SliceFeatures)
                ToRaw(start);
        }
    }

    private void Complete(int member)
    {
        var (from, to) = FeaturesOf(member);
        if (from < to)
            _gradient.Complete(_batch, from, to);
    }

    private (int From, int To) FeaturesOf(int member)
    {
        var (from, to) = _team.Share(member, _slices);
        return (from * SliceFeatures, Math.Min(to * SliceFeatures, _features));
    }

    /// <summary>
    /// SAGA: change of the batch's gradient in, estimate of the mean gradient out; the memory's own mean follows the change.
    /// </summary>
    private void AddMemory(float* gradient, int offset, int length)
    {
        if (_memory is { } memory)
            ElementKernels.Remember(gradient, memory.Mean.At(offset, length), memory.EstimateFactor(_count), memory.MeanFactor, length);
    }

    /// <summary>
    /// Of the slice that begins with a feature: raw gradient of the mean loss in, gradient of the objective in the scaled weights out.
    /// </summary>
    private void ToScaledGradient(int from)
    {
        int length = Math.Min(SliceFeatures, _features - from), stride = Weights.Stride;
        float* gradient = _gradient.At(from, length), raw = Weights.At(from, (_outputs - 1L) * stride + length);
        var slopes = _slopes.At(Place(0, from), _outputs * SliceFeatures);
        float* means = _means.At(from, length), scales = _scales.At(from, length);
        float* l2 = _l2.At(from, length), off = stackalloc float[SliceFeatures];
        for (var k = 0; k < _outputs; k++, gradient += stride, raw += stride, slopes += SliceFeatures)
        {
            AddMemory(gradient, Place(k, from), length);
            var penalised = raw;
            if (_penalty.Centre is { } centre)
            {
                penalised = off;
                for (var j = 0; j < length; j++)
                    off[j] = raw[j] - centre[k, from + j];
            }

            ElementKernels.ToScaledGradient(gradient, _factor, means, scales, penalised, _biasGradient[k], l2, slopes, length);
        }
    }

    /// <summary>Raw weights of a slice, and its part of the centring sums.</summary>
    private void ToRaw(int from)
    {
        var length = Math.Min(SliceFeatures, _features - from);
        var scaled = _scaled.At(Place(0, from), _outputs * SliceFeatures);
        var raw = Weights.At(from, (_outputs - 1L) * Weights.Stride + length);
        float* scales = _scales.At(from, length), means = _means.At(from, length);
        var sums = _centring.Span(from / SliceFeatures * _outputs, _outputs);
        for (var k = 0; k < _outputs; k++, scaled += SliceFeatures, raw += Weights.Stride)
        {
            if (_penalty.L1 > 0)
                Shrink(new Span<float>(scaled, length), _scales.Span(from, length));
            sums[k] = ElementKernels.ToRaw(scaled, scales, means, raw, length);
        }
    }

    /// <summary>
    /// The proximal step of <c>l1 ||W||_1</c> (Duchi and Singer 2009): in scaled coordinates the penalty is <c>l1 s_j |W'_j|</c>, so W'_j
    /// moves towards 0 by at most <c>rate l1 s_j / (1 - m)</c>: momentum m repeats every gradient that often, and the penalty must keep its
    /// balance with them (<see cref="Sgd.LongRunRate"/>).
    /// </summary>
    private void Shrink(Span<float> scaled, ReadOnlySpan<float> scales)
    {
        for (var j = 0; j < scaled.Length; j++)
        {
            var threshold = (float)_rate * (float)_penalty.L1 * scales[j] * _repeats;
            scaled[j] = MathF.CopySign(Math.Max(0, Math.Abs(scaled[j]) - threshold), scaled[j]);
        }
    }

    private void RefreshRaw()
    {
        _rate = 0;
        for (var from = 0; from < _features; from += SliceFeatures)
            ToRaw(from);
        RefreshBiases();
    }

    private void RefreshBiases()
    {
        for (var k = 0; k < _outputs; k++)
        {
            double bias = _scaled[_biasOffset + k];
            for (var slice = 0; slice < _slices; slice++)
                bias -= _centring[(long)slice * _outputs + k];
            Weights.Biases[k] = (float)bias;
        }
    }

    /// <summary>Where W'[k, j] is.</summary>
    private int Place(int k, int j) => j / SliceFeatures * SliceFeatures * _outputs + k * SliceFeatures + j % SliceFeatures;
}
