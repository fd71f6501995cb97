using MLNet.CrossEntropy.Optimization.Kernels;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// The SGD step over sparse rows: costs by the non-zeros of the batch, never by outputs times features. Weights lie feature by
/// feature, <c>[features, outputs]</c>, so that one non-zero touches one run of memory. Each feature belongs to one thread, so
/// the number of threads changes no bit.
/// </summary>
/// <remarks>
/// Penalties are lazy: a feature that no row mentions only shrinks, and n steps of that are one shrinkage by the summed
/// learning rates (exactly so for L1, whose proximal steps add up; for L2 by <c>exp(-l2 sum of rates)</c>, the product of
/// <c>1 - l2 rate</c> to first order and stable at any rate). Momentum is not applied: it would move every weight in every step.
/// </remarks>
internal sealed unsafe class SparseStep : MiniBatchStep
{
    private readonly int _features;
    private readonly float[] _squaredScales;
    private readonly double _l1;
    private readonly double _l2;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<float> _saved;
    private readonly NativeBuffer<float> _meanGradient;
    private readonly float[] _meanBiasGradient;
    private readonly float[] _biases;
    private readonly float[] _savedBiases;
    private readonly double[] _caughtUpTo;
    private readonly int[] _owned;
    private readonly int[] _batch;
    private readonly Action<int> _catchUpPhase;
    private readonly Action<int> _updatePhase;
    private RowSet _rows = null!;
    private int _count;
    private double _rateSum;
    private float _learningRate;

    public SparseStep(SgdOptions options, RowSet rows, SgdPlan plan, FeatureScaling scaling, WorkerTeam team)
        : base(options.Loss, options.Outputs, plan.BatchSize, team)
    {
        _features = rows.Features;
        _squaredScales = [.. scaling.Scales.Select(scale => scale * scale)];
        _l1 = options.L1;
        _l2 = options.L2;
        var length = checked(_features * Outputs);
        _weights = new NativeBuffer<float>(length);
        _saved = new NativeBuffer<float>(length);
        _meanGradient = new NativeBuffer<float>(plan.Method == SgdMethod.Saga ? length : 0);
        _meanBiasGradient = new float[Outputs];
        _biases = new float[Outputs];
        _savedBiases = new float[Outputs];
        _caughtUpTo = new double[_features];
        _owned = EqualParts(rows, team.Size);
        _batch = new int[plan.BatchSize];
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

    public override double Penalty()
    {
        if (_l1 == 0 && _l2 == 0)
            return 0;
        CatchUpAll();
        return Penalty(_weights.AsSpan(), _l1, _l2);
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
    }

    public override void Dispose()
    {
        base.Dispose();
        _weights.Dispose();
        _saved.Dispose();
        _meanGradient.Dispose();
    }

    protected override void BeforeLogits(RowSet rows, ReadOnlySpan<int> batch)
    {
        _rows = rows;
        _count = batch.Length;
        batch.CopyTo(_batch);
        if (IsLazy)
            Team.Run(_catchUpPhase);
    }

    protected override void ComputeLogits(RowSet rows, ReadOnlySpan<int> batch, int from, int to)
    {
        for (var r = from; r < to; r++)
        {
            float* logits = Logits.Pointer + (long)r * Outputs;
            _biases.CopyTo(new Span<float>(logits, Outputs));
            var row = rows.Sparse(batch[r]);
            for (var e = 0; e < row.Indices.Length; e++)
                SparseKernels.Axpy(row.Values[e], _weights.Pointer + (long)row.Indices[e] * Outputs, logits, Outputs);
        }
    }

    protected override void Update(RowSet rows, ReadOnlySpan<int> batch, double learningRate)
    {
        _learningRate = (float)learningRate;
        Team.Run(_updatePhase);
        float estimate = Table?.EstimateFactor(_count) ?? 1, share = Table?.MeanFactor ?? 0;
        for (var k = 0; k < Outputs; k++)
        {
            var change = 0f;
            for (var r = 0; r < batch.Length; r++)
                change += Errors[(long)r * Outputs + k];
            _biases[k] -= _learningRate * (estimate * change + _meanBiasGradient[k]);
            _meanBiasGradient[k] += share * change;
        }

        _rateSum += learningRate;
    }

    protected override void AddGradient(RowSet rows, ReadOnlySpan<int> batch, double factor, double[] weightGradient)
    {
        for (var r = 0; r < batch.Length; r++)
        {
            var row = rows.Sparse(batch[r]);
            for (var e = 0; e < row.Indices.Length; e++)
            {
                for (var k = 0; k < Outputs; k++)
                    weightGradient[(long)k * _features + row.Indices[e]] += factor * Errors[(long)r * Outputs + k] * row.Values[e];
            }
        }
    }

    /// <summary>Feature boundaries between the threads, so that each owns about as many non-zeros.</summary>
    private static int[] EqualParts(RowSet rows, int parts)
    {
        var counts = new long[rows.Features];
        foreach (var block in rows.Blocks)
        {
            foreach (var j in block.Indices.AsSpan(block.RowStarts![0], block.RowStarts[block.Rows] - block.RowStarts[0]))
                counts[j]++;
        }

        var total = counts.Sum();
        var starts = new int[parts + 1];
        var seen = 0L;
        var part = 1;
        for (var j = 0; j < counts.Length; j++)
        {
            seen += counts[j];
            while (part < parts && seen * parts >= total * part)
                starts[part++] = j + 1;
        }

        starts[parts] = rows.Features;
        return starts;
    }

    private void CatchUpAll()
    {
        for (var j = 0; j < _features; j++)
            CatchUp(j);
    }

    private void CatchUpShare(int member)
    {
        for (var r = 0; r < _count; r++)
        {
            foreach (var j in Owned(_rows.Sparse(_batch[r]), member).Indices)
                CatchUp(j);
        }
    }

    private void UpdateShare(int member)
    {
        float estimate = Table?.EstimateFactor(_count) ?? 1, share = Table?.MeanFactor ?? 0;
        for (var r = 0; r < _count; r++)
        {
            var row = Owned(_rows.Sparse(_batch[r]), member);
            float* errors = Errors.Pointer + (long)r * Outputs;
            for (var e = 0; e < row.Indices.Length; e++)
            {
                var j = row.Indices[e];
                var step = -_learningRate * estimate * _squaredScales[j] * row.Values[e];
                SparseKernels.Axpy(step, errors, _weights.Pointer + (long)j * Outputs, Outputs);
                if (share != 0)
                    SparseKernels.Axpy(share * row.Values[e], errors, _meanGradient.Pointer + (long)j * Outputs, Outputs);
            }
        }
    }

    /// <summary>The part of a row whose features <paramref name="member"/> owns.</summary>
    private SparseRow Owned(SparseRow row, int member)
    {
        if (Team.Size == 1)
            return row;
        var from = LowerBound(row.Indices, _owned[member]);
        var to = LowerBound(row.Indices, _owned[member + 1]);
        return new SparseRow(row.Indices[from..to], row.Values[from..to]);
    }

    private static int LowerBound(ReadOnlySpan<int> sorted, int value)
    {
        var index = sorted.BinarySearch(value);
        return index < 0 ? ~index : index;
    }

    /// <summary>
    /// Applies what the steps since feature j was last touched would have done to it: the penalties, and SAGA's mean gradient M_j.
    /// With R the sum of their rates times s_j^2, <c>W_j = exp(-l2 R) W_j - M_j (1 - exp(-l2 R)) / l2</c>, then the L1 shrinkage by l1 R.
    /// </summary>
    private void CatchUp(int j)
    {
        var rates = (_rateSum - _caughtUpTo[j]) * _squaredScales[j];
        if (rates == 0 || !IsLazy)
            return;
        _caughtUpTo[j] = _rateSum;
        float* weights = _weights.Pointer + (long)j * Outputs;
        var decay = OneMinusExpOfMinus(_l2 * rates);
        if (decay > 0)
            SparseKernels.Scale(weights, (float)(1 - decay), Outputs);
        if (Table is not null)
            SparseKernels.Axpy(-(float)(_l2 > 0 ? decay / _l2 : rates), _meanGradient.Pointer + (long)j * Outputs, weights, Outputs);
        if (_l1 > 0)
            SparseKernels.Shrink(weights, (float)(_l1 * rates), Outputs);
    }

    /// <summary><c>1 - exp(-x)</c> for x of at least 0; most are so small that two terms of the series are exact in a float.</summary>
    private static double OneMinusExpOfMinus(double x) => x < 1e-3 ? x * (1 - 0.5 * x) : 1 - Math.Exp(-x);
}
