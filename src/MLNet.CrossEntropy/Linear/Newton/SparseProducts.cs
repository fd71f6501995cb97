using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Products with sparse rows. The rows are split into a few lanes, each with sums of its own that one thread fills; how many lanes
/// there are follows from the rows, and their sums are added in order.
/// </summary>
internal sealed unsafe class SparseProducts : RowProducts
{
    private const int MostLanes = 8;

    // A lane must have several times as much to sum up as its sums cost to clear and add.
    private const long WorthALane = 4;

    private readonly int _features;
    private readonly int _lanes;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<float> _sums;
    private readonly NativeBuffer<float> _errors;
    private readonly double[] _biasSums;
    private readonly Action<int> _sumLanes;
    private readonly Action<int> _addLanes;
    private RowSet _rows = null!;
    private RowMap _map = null!;
    private double[] _gradient = [];
    private bool _withLogits;

    public SparseProducts(RowSet rows, int outputs, WorkerTeam team)
        : base(outputs, team)
    {
        _features = rows.Features;
        var values = 0L;
        foreach (var block in rows.Blocks)
            values += block.RowStarts![block.Rows];
        _lanes = (int)Math.Clamp(values / (WorthALane * _features), 1, MostLanes);
        _weights = new NativeBuffer<float>((long)_features * outputs);
        _sums = new NativeBuffer<float>((long)_lanes * _features * outputs);
        _errors = new NativeBuffer<float>((long)_lanes * outputs);
        _biasSums = new double[_lanes * outputs];
        _sumLanes = SumLanes;
        _addLanes = AddLanes;
    }

    public override void ComputeLogits(RowSet rows, int from, int to, float* logits)
    {
        for (var r = from; r < to; r++, logits += Outputs)
            SparseKernels.Logits(rows.Sparse(r), _weights.Pointer, Biases, logits);
    }

    public override void Pass(RowSet rows, bool withLogits, RowMap map, double[] gradient)
    {
        (_rows, _withLogits, _map, _gradient) = (rows, withLogits, map, gradient);
        Team.Run(_sumLanes);
        Team.Run(_addLanes);
        Array.Clear(BiasGradient);
        for (var i = 0; i < _biasSums.Length; i++)
            BiasGradient[i % Outputs] += _biasSums[i];
    }

    public override void Dispose()
    {
        _weights.Dispose();
        _sums.Dispose();
        _errors.Dispose();
    }

    /// <summary>Weights lie feature by feature, <c>[features, outputs]</c>, so that one non-zero touches one run of memory.</summary>
    protected override void SetWeights(ReadOnlySpan<float> weights)
    {
        for (var j = 0; j < _features; j++)
        {
            for (var k = 0; k < Outputs; k++)
                _weights[(long)j * Outputs + k] = weights[k * _features + j];
        }
    }

    private void SumLanes(int member)
    {
        var (firstLane, endLane) = Team.Share(member, _lanes);
        for (var lane = firstLane; lane < endLane; lane++)
            SumLane(lane);
    }

    private void SumLane(int lane)
    {
        float* sums = _sums.Pointer + (long)lane * _features * Outputs, errors = _errors.Pointer + (long)lane * Outputs;
        new Span<float>(sums, _features * Outputs).Clear();
        var biasSums = _biasSums.AsSpan(lane * Outputs, Outputs);
        biasSums.Clear();
        var end = (int)((lane + 1L) * _rows.Rows / _lanes);
        for (var r = (int)((long)lane * _rows.Rows / _lanes); r < end; r++)
        {
            var row = _rows.Sparse(r);
            var values = new Span<float>(errors, Outputs);
            if (_withLogits)
                SparseKernels.Logits(row, _weights.Pointer, Biases, errors);
            else
                values.Clear();
            _map(r, values);
            for (var k = 0; k < Outputs; k++)
                biasSums[k] += values[k];
            for (var e = 0; e < row.Indices.Length; e++)
                SparseKernels.Axpy(row.Values[e], errors, sums + (long)row.Indices[e] * Outputs, Outputs);
        }
    }

    private void AddLanes(int member)
    {
        var (from, to) = Team.Share(member, _features);
        for (var j = from; j < to; j++)
        {
            for (var k = 0; k < Outputs; k++)
            {
                var sum = 0.0;
                for (var lane = 0; lane < _lanes; lane++)
                    sum += _sums[((long)lane * _features + j) * Outputs + k];
                _gradient[k * _features + j] = sum;
            }
        }
    }
}
