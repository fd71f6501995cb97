using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The SGD step over dense rows. Threads share the rows of a batch for logits and gradients (see the part of this class that is about it), then
/// the features for the optimizer's step: all sums have one order, so the number of threads changes no bit.
/// </summary>
/// <remarks>
/// The optimizer works on <c>W'[k, j]</c> and <c>b'[k]</c>, the weights of the scaled and centred features (see
/// <see cref="FeatureScaling"/>); the kernels use the raw ones, <c>W[k, j] = s_j W'[k, j]</c> and <c>b[k] = b'[k] - sum_j m_j W[k, j]</c>.
/// By the chain rule the gradient in W' is <c>s_j (G[k, j] - m_j g[k] + l2 W[k, j])</c> with G and g those in W and b. W' and all that
/// is kept beside it lie slice after slice, <c>[slices, outputs, slice features]</c>: a thread's share is one piece of memory, so that what
/// its core fetches ahead is not what the next one writes.
/// </remarks>
internal sealed unsafe partial class DenseStep : MiniBatchStep
{
    // Features are shared between threads in whole slices, and the centring sums are kept one a slice and output, in a fixed order.
    private const int SliceFeatures = 32;

    // The optimizer is given so many weights at a time, as far as slices of fewer allow: they stay in the first-level cache.
    private const int RunFloats = 512;

    private readonly int _features;
    private readonly int _stride;
    private readonly int _slices;
    private readonly int _runFeatures;
    private readonly Optimizer _optimizer;
    private readonly SliceStep<float> _stepOptimizer;
    private readonly OptimizerState<float> _state;
    private readonly OptimizerState<float> _savedState;
    private readonly FeatureScaling _scaling;
    private readonly float _l1;
    private readonly float _l2;
    private readonly float _repeats;
    private readonly NativeBuffer<float> _scaled;
    private readonly NativeBuffer<float> _saved;
    private readonly NativeBuffer<float> _raw;
    private readonly NativeBuffer<float> _means;
    private readonly NativeBuffer<float> _scales;
    private readonly NativeBuffer<float> _gradient;
    private readonly NativeBuffer<float> _slopes;
    private readonly NativeBuffer<float> _meanGradient;
    private readonly NativeBuffer<double> _centring;
    private readonly NativeBuffer<nint> _rowPointers;
    private readonly NativeBuffer<nint> _aheadPointers;
    private readonly float[] _rawBiases;
    private readonly float[] _biasGradient;
    private readonly Action<int> _updatePhase;
    private readonly Action<int> _gradientPhase;
    private readonly Action<int> _sumPhase;
    private readonly IGradientSum? _gradientSum;
    private readonly bool _isByUnits;
    private readonly long _unitStride;
    private NativeBuffer<float>? _sum;
    private float _factor;
    private double _learningRate;

    public DenseStep(SgdOptions options, int features, SgdPlan plan, FeatureScaling scaling, WorkerTeam team)
        : base(options.Loss, options.Outputs, plan.BatchSize, UnitRowsFor(plan.BatchSize, options.Outputs, features), team)
    {
        _features = features;
        _stride = StrideOf(features);
        _slices = _stride / SliceFeatures;
        _runFeatures = Math.Max(1, RunFloats / (Outputs * SliceFeatures)) * SliceFeatures;
        _scaling = scaling;
        _l1 = (float)options.L1;
        _l2 = (float)options.L2;
        var parameters = checked(Outputs * (_stride + 1));
        _optimizer = options.Optimizer ?? new Sgd { Momentum = options.Momentum };
        _repeats = (float)((_optimizer as Sgd)?.LongRunRate(1) ?? 1);
        _stepOptimizer = _optimizer.BindStep<float>();
        _state = _optimizer.CreateState<float>(parameters);
        _savedState = _state.Clone();
        _scaled = new NativeBuffer<float>(parameters);
        _saved = new NativeBuffer<float>(parameters);
        _unitStride = UnitStride(Outputs, features);
        _isByUnits = Units(plan.BatchSize) * _unitStride <= MostGradients;
        _gradient = new NativeBuffer<float>(_isByUnits ? Units(plan.BatchSize) * _unitStride : _unitStride);
        _slopes = new NativeBuffer<float>((long)Outputs * _stride);
        _meanGradient = new NativeBuffer<float>(plan.Solver == Solver.Saga ? parameters : 0);
        _raw = new NativeBuffer<float>((long)Outputs * _stride);
        _means = new NativeBuffer<float>(features);
        _scales = new NativeBuffer<float>(features);
        scaling.Means.CopyTo(_means.AsSpan());
        scaling.Scales.CopyTo(_scales.AsSpan());
        _centring = new NativeBuffer<double>((long)_slices * Outputs);
        _rowPointers = new NativeBuffer<nint>(plan.BatchSize);
        _aheadPointers = new NativeBuffer<nint>(plan.BatchSize);
        _rawBiases = new float[Outputs];
        _biasGradient = new float[Outputs];
        _updatePhase = UpdateShare;
        _gradientPhase = GradientShare;
        _sumPhase = AddShare;
        _gradientSum = options.GradientSum;
    }

    private int BiasOffset => Outputs * _stride;

    private float** Rows => (float**)_rowPointers.Pointer;

    public override void Start(float[]? weights, float[] biases)
    {
        for (var k = 0; k < Outputs; k++)
        {
            double bias = biases[k];
            for (var j = 0; weights is not null && j < _features; j++)
            {
                var weight = weights[k * _features + j];
                _scaled[Place(k, j)] = weight / _scaling.Scales[j];
                bias += (double)_scaling.Means[j] * weight;
            }

            _scaled[BiasOffset + k] = (float)bias;
        }

        RefreshRaw();
    }

    public override void CopyTo(float[] weights, float[] biases)
    {
        for (var k = 0; k < Outputs; k++)
            _raw.Span((long)k * _stride, _features).CopyTo(weights.AsSpan(k * _features));
        _rawBiases.CopyTo(biases, 0);
    }

    public override double RememberedGradientNorm()
    {
        var sum = 0.0;
        for (var k = 0; k < Outputs; k++)
        {
            double bias = _meanGradient[BiasOffset + k];
            sum += bias * bias;
            for (var j = 0; j < _features; j++)
            {
                var raw = _raw[(long)k * _stride + j];
                var slope = _meanGradient[Place(k, j)] - _scaling.Means[j] * bias + _l2 * raw;
                var gradient = _scaling.Scales[j] * OptimalityCertificate.SmallestSubgradient(slope, raw, _l1);
                sum += gradient * gradient;
            }
        }

        return Math.Sqrt(sum);
    }

    public override void Save()
    {
        _scaled.AsSpan().CopyTo(_saved.AsSpan());
        _savedState.CopyFrom(_state);
    }

    public override void Restore()
    {
        _saved.AsSpan().CopyTo(_scaled.AsSpan());
        _state.CopyFrom(_savedState);
        RefreshRaw();
        Table?.Clear();
        _meanGradient.AsSpan().Clear();
    }

    public override void RestartOptimizer() => _state.CopyFrom(_savedState);

    public override void Exchange(StateExchange state)
    {
        base.Exchange(state);
        state.Values(_scaled);
        state.Values(_saved);
        state.Values(_meanGradient);
        _state.Exchange(state);
        _savedState.Exchange(state);
        if (state.IsReading)
            RefreshRaw();
    }

    public override void Dispose()
    {
        base.Dispose();
        _scaled.Dispose();
        _saved.Dispose();
        _raw.Dispose();
        _means.Dispose();
        _scales.Dispose();
        _gradient.Dispose();
        _slopes.Dispose();
        _meanGradient.Dispose();
        _centring.Dispose();
        _rowPointers.Dispose();
        _aheadPointers.Dispose();
    }

    protected override void ComputeLogits(RowSet rows, ReadOnlySpan<int> batch, int from, int to)
    {
        for (var r = from; r < to; r++)
        {
            Rows[r] = rows.Dense(batch[r]);
            _rawBiases.CopyTo(Logits.Span((long)r * Outputs, Outputs));
        }

        DenseForward.Accumulate(
            Rows + from, to - from, _features, _raw.Pointer, _stride, Outputs, Logits.Pointer + (long)from * Outputs);
    }

    protected override ReadOnlySpan<float> RawWeights => _raw.AsSpan();

    protected override void AddGradient(RowSet rows, ReadOnlySpan<int> batch, NativeBuffer<float> weightGradient)
    {
        _sum = weightGradient;
        Team.Run(_sumPhase);
    }

    private void AddShare(int member)
    {
        var (from, to) = FeatureShare(member);
        if (from >= to)
            return;
        CompleteGradient(from, to);
        for (var k = 0; k < Outputs; k++)
            SparseKernels.Axpy(1, _gradient.Pointer + (long)k * _stride + from, _sum!.Pointer + (long)k * _stride + from, to - from);
    }

    /// <summary>The features <c>[from, to)</c> that are <paramref name="member"/>'s: whole slices, but for the last.</summary>
    private (int From, int To) FeatureShare(int member)
    {
        var (firstSlice, endSlice) = Team.Share(member, _slices);
        return (firstSlice * SliceFeatures, Math.Min(endSlice * SliceFeatures, _features));
    }

    /// <summary>Where W'[k, j] is.</summary>
    private int Place(int k, int j) => j / SliceFeatures * SliceFeatures * Outputs + k * SliceFeatures + j % SliceFeatures;
}
