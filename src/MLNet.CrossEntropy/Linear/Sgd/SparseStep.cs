using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The SGD step over sparse rows: costs by the non-zeros of the batch, never by outputs times features. Weights lie feature by
/// feature, <c>[features, outputs]</c>, so that one non-zero touches one run of memory. Logits are computed row by row (threads share the
/// rows), what changes weights is done feature by feature in the order of the rows (threads share the features): their number changes no
/// bit.
/// </summary>
/// <remarks>
/// Penalties are lazy: a feature that no row mentions only shrinks, and n steps of that are one shrinkage by the summed
/// learning rates (exactly so for L1, whose proximal steps add up; for L2 by <c>exp(-l2 sum of rates)</c>, the product of
/// <c>1 - l2 rate</c> to first order and stable at any rate). Momentum is not applied: it would move every weight in every step.
/// </remarks>
internal sealed unsafe class SparseStep : ISgdStep
{
    private const int UnitRows = 16;

    // Rows are visited in random order, which no hardware prefetcher foresees.
    private const int FetchedAhead = 8;

    private readonly int _outputs;
    private readonly int _features;
    private readonly bool _touchesMost;
    private readonly ElasticNet _penalty;
    private readonly WorkerTeam _team;
    private readonly SagaMemory? _memory;
    private readonly MiniBatch _batch;
    private readonly float[] _scales;
    private readonly NativeBuffer<float> _squaredScales;
    private readonly LinearWeights _weights;
    private readonly LinearWeights _saved;
    private readonly double[] _caughtUpTo;
    private readonly FeatureShares _members;
    private readonly Action<int> _catchUp;
    private readonly Action<int> _forward;
    private readonly Action<int> _update;
    private double _rateSum;
    private float _rate;
    private float _estimate;
    private float _share;

    /// <param name="objective">What is minimised.</param>
    /// <param name="rows">Some of the rows, whose density is that of all.</param>
    /// <param name="plan">How.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="memory">SAGA's memory; null for plain SGD.</param>
    public SparseStep(LinearObjective objective, RowSet rows, FitPlan plan, LinearWeights start, SagaMemory? memory)
    {
        (_outputs, _features, _penalty, _team, _memory) =
            (objective.Outputs, objective.Features, objective.Penalty, objective.Team, memory);
        _touchesMost = _features <= plan.PartSize * rows.NonZeros / rows.Rows;
        _batch = new MiniBatch(objective, plan.PartSize, UnitRows, memory);
        _scales = objective.Scaling.Scales;
        _squaredScales = new NativeBuffer<float>(_features);
        for (var j = 0; j < _features; j++)
            _squaredScales[j] = objective.Scaling.StepScales[j] * objective.Scaling.StepScales[j];
        _weights = objective.CreateWeights();
        _saved = objective.CreateWeights();
        _caughtUpTo = new double[_features];
        _members = new FeatureShares(rows, _team);
        _catchUp = CatchUp;
        _forward = Forward;
        _update = Update;
        _weights.CopyFrom(start);
    }

    public LinearWeights Weights
    {
        get
        {
            CatchUpAll((0, _features));
            return _weights;
        }
    }

    /// <summary>Of a cluster, the shares, whose gradients are summed up; null steps by the rows at hand alone.</summary>
    public RowShares? Shares { get; set; }

    /// <summary>Whether weights move in steps whose rows do not mention their feature.</summary>
    private bool IsLazy => _penalty.L1 > 0 || _penalty.L2 > 0 || _memory is not null;

    private int BiasOffset => _outputs * _features;

    public LossSums Take(RowSet rows, ReadOnlySpan<int> batch, double rate, ReadOnlySpan<int> next = default)
    {
        if (Shares is not null)
            return TakeShares(Shares, batch, rate);
        var sums = TakeErrors(rows, batch, next);
        if (!Begin(sums, batch.Length, rate))
            return sums;
        _team.Run(_update);
        MoveBiases(_batch.ErrorSums);
        _rateSum += rate;
        return sums;
    }

    public (double Norm, double GapBound) RememberedGradient()
    {
        CatchUpAll((0, _features));
        double sum = 0, bound = 0;
        foreach (double bias in _memory!.Mean.Span(BiasOffset, _outputs))
            (sum, bound) = (sum + bias * bias, bound + _penalty.GapBound(bias));

        for (var j = 0; j < _features; j++)
        {
            Span<float> means = _memory.Mean.Span((long)j * _outputs, _outputs), weights = _weights.Values.Slice(j * _outputs, _outputs);
            var squares = 0.0;
            for (var k = 0; k < _outputs; k++)
            {
                var gradient = _penalty.Subgradient(means[k], weights[k], k, j);
                squares += gradient * gradient;
            }

            sum += _scales[j] * _scales[j] * squares;
            bound += _penalty.GapBound(Math.Sqrt(squares), j);
        }

        return (Math.Sqrt(sum), bound);
    }

    public void Save() => _saved.CopyFrom(Weights);

    public void Restore()
    {
        _weights.CopyFrom(_saved);
        Array.Fill(_caughtUpTo, _rateSum);
        _memory?.Clear();
    }

    public void Serialize(StateStream state)
    {
        // As they are: to catch up here would round otherwise than to catch up later.
        _weights.Serialize(state);
        _saved.Serialize(state);
        state.Values(_caughtUpTo.AsSpan());
        state.Value(ref _rateSum, 0, double.MaxValue);
    }

    public void Dispose()
    {
        _batch.Dispose();
        _squaredScales.Dispose();
        _weights.Dispose();
        _saved.Dispose();
    }

    /// <summary>
    /// A step of a cluster: the gradient of each share's part of the batch, summed over the shares of all ranks. All features catch up and
    /// all move in each step, so that the ranks' weights stay the same bits.
    /// </summary>
    private LossSums TakeShares(RowShares shares, ReadOnlySpan<int> batch, double rate)
    {
        CatchUpAll((0, _features));
        var (sums, count, errors, gradient) = _batch.SumShares(
            shares, batch, BiasOffset, numbers => TakeErrors(shares.Own, numbers),
            values => _team.Run(member => AddGradient(member, values.Span)));
        if (!Begin(sums, count, rate))
            return sums;
        var weights = _weights.Values;
        for (var i = 0; i < BiasOffset; i++)
        {
            // The mean of a weight's own is what it catches up with.
            weights[i] -= _rate * _estimate * gradient[i] * _squaredScales[i / _outputs];
            if (_memory is not null)
                _memory.Mean[i] += _share * gradient[i];
        }

        MoveBiases(errors);
        _rateSum += rate;
        return sums;
    }

    /// <summary>The factors of a step; false where there is none to be taken.</summary>
    private bool Begin(LossSums sums, int rows, double rate)
    {
        _estimate = _memory?.EstimateFactor(rows) ?? _batch.MeanFactor(sums, rows);
        (_share, _rate) = (_memory?.MeanFactor ?? 0, (float)rate);
        return sums.Weight > 0 && double.IsFinite(sums.Loss);
    }

    private void MoveBiases(float[] errors)
    {
        for (var k = 0; k < _outputs; k++)
        {
            _weights.Biases[k] -= _rate * (_estimate * errors[k] + (_memory?.Mean[BiasOffset + k] ?? 0));
            if (_memory is not null)
                _memory.Mean[BiasOffset + k] += _share * errors[k];
        }
    }

    /// <summary>Adds a member's features of the batch's gradient <c>[features, outputs]</c>, row after row.</summary>
    private void AddGradient(int member, Span<double> gradient)
    {
        for (var r = 0; r < _batch.Count; r++)
        {
            var row = _members.Of(member, _batch.Rows.Sparse(_batch.Numbers[r]));
            for (var e = 0; e < row.Length; e++)
            {
                var j = row.IndexPointer[e];
                for (var k = 0; k < _outputs; k++)
                    gradient[j * _outputs + k] += (double)row.ValuePointer[e] * _batch.Errors[(long)r * _outputs + k];
            }
        }
    }

    /// <summary>Logits and errors of some rows by the weights of now; where it is no step SAGA's memory stays as it is.</summary>
    public LossSums TakeErrors(RowSet rows, ReadOnlySpan<int> batch, ReadOnlySpan<int> next = default, bool isStep = true)
    {
        _batch.Load(rows, batch, next, isStep);
        if (IsLazy)
            _team.Run(_catchUp);
        _team.Run(_forward);
        return _batch.Sum();
    }

    private void Forward(int member)
    {
        var (first, end) = _team.Share(member, _batch.Units);
        for (var unit = first; unit < end; unit++)
        {
            ComputeLogits(unit);
            _batch.ComputeErrors(unit);
        }
    }

    private void ComputeLogits(int unit)
    {
        var (from, to) = _batch.Unit(unit);
        ReadOnlySpan<int> numbers = _batch.Numbers, next = _batch.Next;
        var rows = _batch.Rows;
        for (var r = from; r < to; r++)
        {
            if (r + FetchedAhead < numbers.Length)
                rows.Fetch(numbers[r + FetchedAhead]);
            else if (r + FetchedAhead - numbers.Length < next.Length)
                rows.Fetch(next[r + FetchedAhead - numbers.Length]);
            SparseKernels.Logits(rows.Sparse(numbers[r]), _weights, _batch.Logits.At((long)r * _outputs, _outputs));
        }
    }

    private void CatchUp(int member)
    {
        if (_touchesMost)
        {
            // To ask each non-zero of the batch for its feature would take longer than to go through all features.
            CatchUpAll(_team.Share(member, _features));
            return;
        }

        foreach (var r in _batch.Numbers)
        {
            var row = _members.Of(member, _batch.Rows.Sparse(r));
            for (var e = 0; e < row.Length; e++)
            {
                if (e + FetchedAhead < row.Length)
                    Fetch(row.IndexPointer[e + FetchedAhead]);
                var j = row.IndexPointer[e];
                if (_caughtUpTo[j] != _rateSum)
                    CatchUpFeature(j);
            }
        }
    }

    private void Update(int member)
    {
        var batch = _batch.Numbers;
        for (var r = 0; r < batch.Length; r++)
        {
            var row = _members.Of(member, _batch.Rows.Sparse(batch[r]));
            if (_outputs == 1)
                UpdateOne(row, _batch.Errors[r]);
            else
                UpdateMany(row, _batch.Errors.At((long)r * _outputs, _outputs));
        }
    }

    private void UpdateOne(SparseRow row, float error)
    {
        float* weights = _weights.At(0, BiasOffset), scales = _squaredScales.At(0, _features), means = Means();
        float step = -_rate * _estimate * error, share = _share * error;
        for (var e = 0; e < row.Length; e++)
        {
            var j = row.IndexPointer[e];
            var value = row.ValuePointer[e];
            weights[j] += step * value * scales[j];
            if (_share != 0)
                means[j] += share * value;
        }
    }

    private void UpdateMany(SparseRow row, float* errors)
    {
        var step = -_rate * _estimate;
        float* weights = _weights.At(0, BiasOffset), means = Means();
        for (var e = 0; e < row.Length; e++)
        {
            var j = row.IndexPointer[e];
            var value = row.ValuePointer[e];
            // A large squared scale and a small value: the product of both is a float.
            SparseKernels.Axpy(step * value * _squaredScales[j], errors, weights + (long)j * _outputs, _outputs);
            if (_share != 0)
                SparseKernels.Axpy(_share * value, errors, means + (long)j * _outputs, _outputs);
        }
    }

    private float* Means() => _memory is null ? null : _memory.Mean.At(0, BiasOffset);

    /// <summary>Begins to fetch what a feature has.</summary>
    private void Fetch(int j)
    {
        SparseKernels.Fetch(_weights.At((long)j * _outputs, _outputs), _outputs);
        if (_memory is not null)
            SparseKernels.Fetch(_memory.Mean.At((long)j * _outputs, _outputs), _outputs);
    }

    private void CatchUpAll((int From, int To) features)
    {
        for (var j = features.From; j < features.To; j++)
            CatchUpFeature(j);
    }

    /// <summary>
    /// Applies what the steps since feature j was last touched would have done to it: the penalties, and SAGA's mean gradient M_j.
    /// With R the sum of their rates times s_j^2, <c>W_j = exp(-l2 R) W_j + (1 - exp(-l2 R)) (C_j - M_j / l2)</c>, C_j being the penalty's
    /// centre, then the L1 shrinkage by l1 R.
    /// </summary>
    private void CatchUpFeature(int j)
    {
        var rates = _rateSum - _caughtUpTo[j];
        if (rates == 0 || !IsLazy)
            return;
        _caughtUpTo[j] = _rateSum;
        rates *= _squaredScales[j];
        var decay = ElasticNet.Decay(_penalty.L2Of(j) * rates);
        var weights = _weights.At((long)j * _outputs, _outputs);
        if (_memory is not null)
        {
            var drift = _penalty.L2 > 0 ? decay / _penalty.L2Of(j) : rates;
            SparseKernels.Drift(weights, (float)(1 - decay), (float)drift, _memory.Mean.At((long)j * _outputs, _outputs), _outputs);
        }
        else if (decay > 0)
        {
            SparseKernels.Scale(weights, (float)(1 - decay), _outputs);
        }

        if (_penalty.Centre is { } centre)
            SparseKernels.Axpy((float)decay, centre.At((long)j * _outputs, _outputs), weights, _outputs);
        if (_penalty.L1 > 0)
            SparseKernels.Shrink(weights, (float)(_penalty.L1 * rates), _outputs);
    }
}
