using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The SGD step over sparse rows: costs by the non-zeros of the batch, never by outputs times features. Weights lie feature by
/// feature, <c>[features, outputs]</c>, so that one non-zero touches one run of memory. Logits are computed row by row (threads share the
/// rows), what changes weights is done feature by feature in the order of the rows (threads share the features): their number changes no bit.
/// </summary>
/// <remarks>
/// Penalties are lazy: a feature that no row mentions only shrinks, and n steps of that are one shrinkage by the summed
/// learning rates (exactly so for L1, whose proximal steps add up; for L2 by <c>exp(-l2 sum of rates)</c>, the product of
/// <c>1 - l2 rate</c> to first order and stable at any rate). Momentum is not applied: it would move every weight in every step.
/// For the same reason gradients do not go through an <see cref="IGradientSum"/>, whose dense sums cost outputs times features.
/// </remarks>
internal sealed unsafe class SparseStep : MiniBatchStep
{
    private const int UnitOfRows = 16;

    // Features are shared between threads in runs of 2^4, so that their weights seldom lie on one cache line.
    private const int RunShift = 4;

    // Rows are visited in random order, which no hardware prefetcher foresees.
    private const int FetchedAhead = 8;

    private readonly int _features;
    private readonly bool _touchesMost;
    private readonly NativeBuffer<float> _squaredScales;
    private readonly double _l1;
    private readonly double _l2;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<float> _saved;
    private readonly NativeBuffer<float> _meanGradient;
    private readonly float[] _meanBiasGradient;
    private readonly float[] _biases;
    private readonly float[] _savedBiases;
    private readonly double[] _caughtUpTo;
    private readonly Action<int> _catchUpPhase;
    private readonly Action<int> _updatePhase;
    private double _rateSum;
    private float _rate;
    private float _estimate;
    private float _share;

    public SparseStep(SgdOptions options, RowSet rows, SgdPlan plan, FeatureScaling scaling, WorkerTeam team)
        : base(options.Loss, options.Outputs, plan.BatchSize, UnitOfRows, team)
    {
        _features = rows.Features;
        _touchesMost = _features <= plan.BatchSize * rows.NonZeros / rows.Rows;
        _squaredScales = new NativeBuffer<float>(_features);
        for (var j = 0; j < _features; j++)
            _squaredScales[j] = scaling.Scales[j] * scaling.Scales[j];
        _l1 = options.L1;
        _l2 = options.L2;
        var length = checked(_features * Outputs);
        _weights = new NativeBuffer<float>(length);
        _saved = new NativeBuffer<float>(length);
        _meanGradient = new NativeBuffer<float>(plan.Solver == Solver.Saga ? length : 0);
        _meanBiasGradient = new float[Outputs];
        _biases = new float[Outputs];
        _savedBiases = new float[Outputs];
        _caughtUpTo = new double[_features];
        _catchUpPhase = CatchUpShare;
        _updatePhase = UpdateShare;
    }

    /// <summary>Whether weights move in steps whose rows do not mention their feature.</summary>
    private bool IsLazy => _l1 > 0 || _l2 > 0 || Table is not null;

    public override void Start(float[]? weights, float[] biases)
    {
        for (var j = 0; weights is not null && j < _features; j++)
        {
            for (var k = 0; k < Outputs; k++)
                _weights[(long)j * Outputs + k] = weights[(long)k * _features + j];
        }

        biases.CopyTo(_biases, 0);
    }

    public override void CopyTo(float[] weights, float[] biases)
    {
        CatchUpAll();
        for (var j = 0; j < _features; j++)
        {
            for (var k = 0; k < Outputs; k++)
                weights[(long)k * _features + j] = _weights[(long)j * Outputs + k];
        }

        _biases.CopyTo(biases, 0);
    }

    public override double RememberedGradientNorm()
    {
        CatchUpAll();
        var sum = _meanBiasGradient.Sum(gradient => (double)gradient * gradient);
        for (var j = 0; j < _features; j++)
        {
            for (var k = 0; k < Outputs; k++)
            {
                var weight = _weights[(long)j * Outputs + k];
                var slope = _meanGradient[(long)j * Outputs + k] + _l2 * weight;
                var gradient = OptimalityCertificate.SmallestSubgradient(slope, weight, _l1);
                sum += _squaredScales[j] * gradient * gradient;
            }
        }

        return Math.Sqrt(sum);
    }

    public override void Save()
    {
        CatchUpAll();
        _weights.AsSpan().CopyTo(_saved.AsSpan());
        _biases.CopyTo(_savedBiases, 0);
    }

    public override void Restore()
    {
        _saved.AsSpan().CopyTo(_weights.AsSpan());
        _savedBiases.CopyTo(_biases, 0);
        Array.Fill(_caughtUpTo, _rateSum);
        Table?.Clear();
        _meanGradient.AsSpan().Clear();
        Array.Clear(_meanBiasGradient);
    }

    public override void Exchange(StateExchange state)
    {
        base.Exchange(state);
        // As they are: to catch up here would round otherwise than to catch up later.
        state.Values(_weights);
        state.Values(_saved);
        state.Values(_meanGradient);
        state.Values(_meanBiasGradient.AsSpan());
        state.Values(_biases.AsSpan());
        state.Values(_savedBiases.AsSpan());
        state.Values(_caughtUpTo.AsSpan());
        state.Value(ref _rateSum);
    }

    public override void Dispose()
    {
        base.Dispose();
        _squaredScales.Dispose();
        _weights.Dispose();
        _saved.Dispose();
        _meanGradient.Dispose();
    }

    protected override void BeforeLogits(RowSet rows, ReadOnlySpan<int> batch)
    {
        if (IsLazy)
            Team.Run(_catchUpPhase);
    }

    protected override void ComputeLogits(RowSet rows, ReadOnlySpan<int> batch, int from, int to)
    {
        for (var r = from; r < to; r++)
        {
            if (r + FetchedAhead < batch.Length)
                rows.Fetch(batch[r + FetchedAhead]);
            else if (r + FetchedAhead - batch.Length < Next.Length)
                rows.Fetch(Next[r + FetchedAhead - batch.Length]);
            SparseKernels.Logits(rows.Sparse(batch[r]), _weights.Pointer, _biases, Logits.Pointer + (long)r * Outputs);
        }
    }

    protected override void Update(RowSet rows, ReadOnlySpan<int> batch, double learningRate)
    {
        _estimate = Table?.EstimateFactor(batch.Length) ?? (float)(1 / BatchWeight);
        _share = Table?.MeanFactor ?? 0;
        _rate = (float)learningRate;
        Team.Run(_updatePhase);
        for (var k = 0; k < Outputs; k++)
        {
            _biases[k] -= _rate * (_estimate * ErrorSums[k] + _meanBiasGradient[k]);
            _meanBiasGradient[k] += _share * ErrorSums[k];
        }

        _rateSum += learningRate;
    }

    protected override ReadOnlySpan<float> RawWeights
    {
        get
        {
            CatchUpAll();
            return _weights.AsSpan();
        }
    }

    protected override void AddGradient(RowSet rows, ReadOnlySpan<int> batch, NativeBuffer<float> weightGradient)
    {
        for (var r = 0; r < batch.Length; r++)
        {
            var row = rows.Sparse(batch[r]);
            for (var e = 0; e < row.Length; e++)
            {
                var sums = weightGradient.Pointer + (long)row.IndexPointer[e] * Outputs;
                SparseKernels.Axpy(row.ValuePointer[e], Errors.Pointer + (long)r * Outputs, sums, Outputs);
            }
        }
    }

    private bool IsShareOf(int member, int feature) => Team.Size == 1 || (feature >> RunShift) % Team.Size == member;

    private void CatchUpShare(int member)
    {
        if (_touchesMost)
        {
            // To ask each non-zero of the batch for its feature would take longer than to go through all features.
            CatchUpAll(Team.Share(member, _features));
            return;
        }

        foreach (var r in Batch)
        {
            foreach (var j in BatchRows.Sparse(r).Indices)
            {
                if (_caughtUpTo[j] != _rateSum && IsShareOf(member, j))
                    CatchUp(j);
            }
        }
    }

    private void UpdateShare(int member)
    {
        var batch = Batch;
        for (var r = 0; r < batch.Length; r++)
        {
            var row = BatchRows.Sparse(batch[r]);
            if (Outputs == 1)
                UpdateOne(member, row, Errors[r]);
            else
                UpdateMany(member, row, Errors.Pointer + (long)r * Outputs);
        }
    }

    private void UpdateOne(int member, SparseRow row, float error)
    {
        float* weights = _weights.Pointer, scales = _squaredScales.Pointer, means = _meanGradient.Pointer;
        float step = -_rate * _estimate * error, share = _share * error;
        for (var e = 0; e < row.Length; e++)
        {
            var j = row.IndexPointer[e];
            if (!IsShareOf(member, j))
                continue;
            var value = row.ValuePointer[e];
            weights[j] += step * scales[j] * value;
            if (_share != 0)
                means[j] += share * value;
        }
    }

    private void UpdateMany(int member, SparseRow row, float* errors)
    {
        var step = -_rate * _estimate;
        for (var e = 0; e < row.Length; e++)
        {
            var j = row.IndexPointer[e];
            if (!IsShareOf(member, j))
                continue;
            var value = row.ValuePointer[e];
            SparseKernels.Axpy(step * _squaredScales[j] * value, errors, _weights.Pointer + (long)j * Outputs, Outputs);
            if (_share != 0)
                SparseKernels.Axpy(_share * value, errors, _meanGradient.Pointer + (long)j * Outputs, Outputs);
        }
    }

    private void CatchUpAll() => CatchUpAll((0, _features));

    private void CatchUpAll((int From, int To) features)
    {
        for (var j = features.From; j < features.To; j++)
            CatchUp(j);
    }

    /// <summary>
    /// Applies what the steps since feature j was last touched would have done to it: the penalties, and SAGA's mean gradient M_j.
    /// With R the sum of their rates times s_j^2, <c>W_j = exp(-l2 R) W_j - M_j (1 - exp(-l2 R)) / l2</c>, then the L1 shrinkage by l1 R.
    /// </summary>
    private void CatchUp(int j)
    {
        var rates = _rateSum - _caughtUpTo[j];
        if (rates == 0 || !IsLazy)
            return;
        var decay = DecayOf(j);
        _caughtUpTo[j] = _rateSum;
        rates *= _squaredScales[j];
        var weights = _weights.Pointer + (long)j * Outputs;
        if (Table is not null)
            SparseKernels.Drift(weights, (float)(1 - decay), (float)(_l2 > 0 ? decay / _l2 : rates), _meanGradient.Pointer + (long)j * Outputs, Outputs);
        else if (decay > 0)
            SparseKernels.Scale(weights, (float)(1 - decay), Outputs);
        if (_l1 > 0)
            SparseKernels.Shrink(weights, (float)(_l1 * rates), Outputs);
    }

    /// <summary>
    /// The share of feature j's weights that L2 has taken since it was last touched, <c>1 - exp(-x)</c> with <c>x = l2 R</c>, by
    /// exp's Pade approximant of order 2: exact to x^5 / 720, and several times faster.
    /// </summary>
    private double DecayOf(int j)
    {
        var x = _l2 * (_rateSum - _caughtUpTo[j]) * _squaredScales[j];
        return x < 1 ? 12 * x / (12 + x * (6 + x)) : 1 - Math.Exp(-x);
    }
}
