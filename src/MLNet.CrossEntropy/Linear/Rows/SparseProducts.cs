using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Products with sparse rows that are many beside their features. They are split into a few lanes, each with sums of its own that one
/// thread fills; how many lanes there are follows from the rows, and their sums are added in order.
/// </summary>
internal unsafe class SparseProducts : RowProducts
{
    private const int MostLanes = 8;

    // A lane must have many times as much to sum up as its sums cost to clear and add.
    private const long WorthALane = 64;

    private readonly int _lanes;
    private readonly NativeBuffer<float> _logits;
    private readonly NativeBuffer<float> _errors;
    private readonly double[] _biasLanes;
    private readonly Action<int> _mapUnits;
    private readonly Action<int> _sumLanes;
    private readonly Action<int> _addLanes;
    private NativeBuffer<float>? _laneSums;

    public SparseProducts(RowSummary summary, WorkerTeam team)
        : base(summary, team)
    {
        _lanes = LanesOf(summary);
        var scratch = Math.Max(_lanes, team.Capacity) * UnitRows * (long)Outputs;
        _logits = new NativeBuffer<float>(scratch);
        _errors = new NativeBuffer<float>(scratch);
        _biasLanes = new double[_lanes * Outputs];
        _mapUnits = MapUnits;
        _sumLanes = SumLanes;
        _addLanes = AddLanes;
    }

    /// <summary>How many lanes there are.</summary>
    public static int LanesOf(RowSummary summary) =>
        (int)Math.Clamp(summary.ValuesPerRow * summary.ChunkRows / (WorthALane * summary.Features), 1, MostLanes);

    public override void Dispose()
    {
        _logits.Dispose();
        _errors.Dispose();
        _laneSums?.Dispose();
    }

    protected override void AddProducts()
    {
        _laneSums ??= new NativeBuffer<float>((long)_lanes * Features * Outputs);
        Team.Run(_sumLanes);
        Team.Run(_addLanes);
        for (var i = 0; i < _biasLanes.Length; i++)
            BiasSums[i % Outputs] += _biasLanes[i];
    }

    protected override void MapLogits() => Team.Run(_mapUnits);

    private void MapUnits(int member)
    {
        var (from, to) = UnitShare(member, End - First);
        for (int unit = from, count; unit < to; unit += count)
        {
            count = Math.Min(UnitRows, to - unit);
            ComputeUnit(First + unit, count, member, Errors(member, count));
        }
    }

    /// <summary>The logits of a unit, in a scratch, and what the map makes of them.</summary>
    protected void ComputeUnit(int first, int count, int scratch, Span<float> errors)
    {
        var offset = (long)scratch * UnitRows * Outputs;
        for (var r = 0; r < count; r++)
            SparseKernels.Logits(Rows.Sparse(first + r), Weights, _logits.At(offset + r * Outputs, Outputs));
        Map(first, count, _logits.Span(offset, count * Outputs), errors);
    }

    private Span<float> Errors(int scratch, int count) => _errors.Span((long)scratch * UnitRows * Outputs, count * Outputs);

    private void SumLanes(int member)
    {
        var (firstLane, endLane) = Team.Share(member, _lanes);
        for (var lane = firstLane; lane < endLane; lane++)
            SumLane(lane);
    }

    private void SumLane(int lane)
    {
        var length = Features * Outputs;
        _laneSums!.Span((long)lane * length, length).Clear();
        var sums = _laneSums.At((long)lane * length, length);
        var biasSums = _biasLanes.AsSpan(lane * Outputs, Outputs);
        biasSums.Clear();
        var units = (End - First + UnitRows - 1L) / UnitRows;
        var end = Math.Min(First + (lane + 1) * units / _lanes * UnitRows, End);
        for (var first = (int)(First + lane * units / _lanes * UnitRows); first < end; first += UnitRows)
        {
            var count = (int)Math.Min(UnitRows, end - first);
            ComputeUnit(first, count, lane, Errors(lane, count));
            var errors = _errors.At((long)lane * UnitRows * Outputs, count * Outputs);
            for (var r = 0; r < count; r++, errors += Outputs)
            {
                for (var k = 0; k < Outputs; k++)
                    biasSums[k] += errors[k];
                var row = Rows.Sparse(first + r);
                for (var e = 0; e < row.Length; e++)
                    SparseKernels.Axpy(row.ValuePointer[e], errors, sums + (long)row.IndexPointer[e] * Outputs, Outputs);
            }
        }
    }

    private void AddLanes(int member)
    {
        var (from, to) = Team.Share(member, Features);
        for (var j = from; j < to; j++)
        {
            for (var k = 0; k < Outputs; k++)
            {
                var sum = 0.0;
                for (var lane = 0; lane < _lanes; lane++)
                    sum += _laneSums![((long)lane * Features + j) * Outputs + k];
                Sums[k * Features + j] += sum;
            }
        }
    }
}

/// <summary>
/// Products with sparse rows of many features, in runs: threads share a run's rows for its errors, then the features for its gradient. It
/// is summed in float, and added to the sums in double when it holds many times as many values as there are features.
/// </summary>
internal sealed unsafe class WideProducts : SparseProducts
{
    private const int RunErrors = 1 << 18;
    private const int FewestRunRows = 256;
    private const long WorthAdding = 8;

    private readonly int _runRows;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _products;
    private readonly Action<int> _forward;
    private readonly Action<int> _backward;
    private FeatureShares? _shares;
    private RowSet? _shared;
    private int _run;
    private int _count;
    private bool _isFirst;
    private bool _isLast;

    public WideProducts(RowSummary summary, WorkerTeam team)
        : base(summary, team)
    {
        _runRows = Math.Max(FewestRunRows, RunErrors / Outputs) / UnitRows * UnitRows;
        _errors = new NativeBuffer<float>(Math.Min(_runRows, summary.Rows) * Outputs);
        _products = new NativeBuffer<float>((long)Features * Outputs);
        _forward = Forward;
        _backward = Backward;
    }

    public override void Dispose()
    {
        base.Dispose();
        _errors.Dispose();
        _products.Dispose();
    }

    protected override void AddProducts()
    {
        if (_shared != Rows)
            (_shared, _shares) = (Rows, new FeatureShares(Rows, Team));
        var values = 0L;
        for (_run = First; _run < End; _run += _count)
        {
            _count = Math.Min(_runRows, End - _run);
            Team.Run(_forward);
            _isFirst = values == 0;
            for (var r = 0; r < _count; r++)
                values += Rows.Sparse(_run + r).Length;
            _isLast = values >= WorthAdding * Features || _run + _count == End;
            Team.Run(_backward);
            AddErrors(_errors.Span(0, _count * Outputs), BiasSums);
            if (_isLast)
                values = 0;
        }
    }

    private void Forward(int member)
    {
        var (from, to) = UnitShare(member, _count);
        for (int unit = from, count; unit < to; unit += count)
        {
            count = Math.Min(UnitRows, to - unit);
            ComputeUnit(_run + unit, count, member, _errors.Span((long)unit * Outputs, count * Outputs));
        }
    }

    private void Backward(int member)
    {
        var (from, to) = _shares!.Range(member);
        if (_isFirst)
            _products.Span((long)from * Outputs, (to - from) * Outputs).Clear();
        var products = _products.At(0, (long)Features * Outputs);
        var errors = _errors.At(0, (long)_count * Outputs);
        for (var r = 0; r < _count; r++, errors += Outputs)
        {
            var row = _shares.Of(member, Rows.Sparse(_run + r));
            for (var e = 0; e < row.Length; e++)
                SparseKernels.Axpy(row.ValuePointer[e], errors, products + (long)row.IndexPointer[e] * Outputs, Outputs);
        }

        for (var j = from; _isLast && j < to; j++)
        {
            var sums = _products.Span((long)j * Outputs, Outputs);
            for (var k = 0; k < sums.Length; k++)
                Sums[k * Features + j] += sums[k];
        }
    }
}
