using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>Turns what the logits of some rows are into the errors that their features are multiplied with.</summary>
/// <param name="first">The first of the rows, which follow each other; a multiple of <see cref="RowProducts.UnitRows"/> in its
/// pass.</param>
/// <param name="count">How many rows.</param>
/// <param name="logits">Their logits <c>[rows, outputs]</c>.</param>
/// <param name="errors">Receives their errors <c>[rows, outputs]</c>.</param>
internal delegate void RowMap(int first, int count, Span<float> logits, Span<float> errors);

/// <summary>
/// The two products with rows X that an objective is made of, logits <c>Z = X W' + b</c> and gradients <c>G = D' X</c>, both in one pass
/// over the rows. The order of every sum is fixed by the rows alone, never by the threads.
/// </summary>
internal abstract class RowProducts(RowSummary summary, WorkerTeam team) : IDisposable
{
    /// <summary>Rows whose sums a thread has to itself.</summary>
    public const int UnitRows = 16;

    /// <summary>The gradients summed since <see cref="Clear"/>, <c>[outputs, features]</c>.</summary>
    public double[] Sums { get; private set; } = [];

    /// <summary>The errors summed since <see cref="Clear"/>, <c>[outputs]</c>.</summary>
    public double[] BiasSums { get; } = new double[summary.Outputs];

    protected int Outputs { get; } = summary.Outputs;

    protected int Features { get; } = summary.Features;

    protected WorkerTeam Team { get; } = team;

    protected LinearWeights Weights { get; private set; } = null!;

    protected RowSet Rows { get; private set; } = null!;

    protected RowMap Map { get; private set; } = null!;

    protected int First { get; private set; }

    protected int End { get; private set; }

    /// <summary>The products with rows of the summary's form.</summary>
    public static RowProducts For(RowSummary summary, WorkerTeam team) =>
        summary.IsSparse ? new SparseProducts(summary, team) : new DenseProducts(summary, team);

    /// <summary>Begins new sums.</summary>
    public void Clear()
    {
        if (Sums.Length == 0)
            Sums = new double[checked(Outputs * Features)];
        Array.Clear(Sums);
        Array.Clear(BiasSums);
    }

    /// <summary>
    /// One pass over the rows <c>[first, end)</c>, whose errors are multiplied with their features and added to the sums.
    /// </summary>
    public void Pass(LinearWeights weights, RowSet rows, int first, int end, RowMap map)
    {
        Begin(weights, rows, first, end, map);
        AddProducts();
    }

    /// <summary>The same for logits alone: there are no errors, and the sums stay as they are.</summary>
    public void PassLogits(LinearWeights weights, RowSet rows, int first, int end, RowMap map)
    {
        Begin(weights, rows, first, end, map);
        MapLogits();
    }

    public abstract void Dispose();

    protected abstract void AddProducts();

    protected abstract void MapLogits();

    /// <summary>The rows <c>[from, to)</c> of <paramref name="count"/> that are a member's, in whole units.</summary>
    protected (int From, int To) UnitShare(int member, int count)
    {
        var (from, to) = Team.Share(member, (count + UnitRows - 1) / UnitRows);
        return (Math.Min(from * UnitRows, count), Math.Min(to * UnitRows, count));
    }

    private void Begin(LinearWeights weights, RowSet rows, int first, int end, RowMap map)
    {
        // The one check of what the pointers below rely on.
        rows.Require(Features, summary.IsSparse);
        if (first < 0 || end < first || end > rows.Rows || weights.Features != Features || weights.Outputs != Outputs
            || weights.IsSparse != summary.IsSparse)
        {
            throw new ArgumentException($"Rows {first} to {end} of {rows.Rows} x {rows.Features} do not go with {weights.Outputs} x "
                + $"{weights.Features} weights, of {Outputs} x {Features}.", nameof(rows));
        }

        (Weights, Rows, First, End, Map) = (weights, rows, first, end, map);
        Team.Adapt();
    }
}

/// <summary>
/// Products with dense rows, in runs that stay in cache between their logits (threads share the rows) and their gradient
/// (threads share the features).
/// </summary>
internal sealed unsafe class DenseProducts : RowProducts
{
    private const int RunRows = 256;

    private readonly NativeBuffer<float> _logits;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _products;
    private readonly NativeBuffer<nint> _pointers = new(RunRows);
    private readonly Action<int> _forward;
    private readonly Action<int> _backward;
    private readonly int _stride;
    private int _run;
    private int _count;

    public DenseProducts(RowSummary summary, WorkerTeam team)
        : base(summary, team)
    {
        _logits = new NativeBuffer<float>((long)RunRows * Outputs);
        _errors = new NativeBuffer<float>((long)RunRows * Outputs);
        _stride = (Features + LinearWeights.SliceFeatures - 1) / LinearWeights.SliceFeatures * LinearWeights.SliceFeatures;
        _products = new NativeBuffer<float>((long)Outputs * _stride);
        _forward = Forward;
        _backward = Backward;
    }

    public override void Dispose()
    {
        _logits.Dispose();
        _errors.Dispose();
        _products.Dispose();
        _pointers.Dispose();
    }

    protected override void AddProducts()
    {
        for (_run = First; _run < End; _run += RunRows)
        {
            _count = Math.Min(RunRows, End - _run);
            Team.Run(_forward);
            Team.Run(_backward);
        }
    }

    protected override void MapLogits()
    {
        for (_run = First; _run < End; _run += RunRows)
        {
            _count = Math.Min(RunRows, End - _run);
            Team.Run(_forward);
        }
    }

    private void Forward(int member)
    {
        var (from, to) = UnitShare(member, _count);
        if (from == to)
            return;
        Rows.Dense(_run + from, to - from, _pointers.Span(from, to - from));
        int start = from * Outputs, length = (to - from) * Outputs;
        var logits = _logits.Span(start, length);
        for (var r = 0; r < length; r += Outputs)
            Weights.Biases.CopyTo(logits[r..]);
        DenseForward.Accumulate((float**)_pointers.At(from, to - from), to - from, Features,
            Weights.At(0, (long)Outputs * Weights.Stride), Weights.Stride, Outputs, _logits.At(start, length));
        Map(_run + from, to - from, logits, _errors.Span(start, length));
    }

    private void Backward(int member)
    {
        var (fromSlice, toSlice) = Team.Share(member, _stride / LinearWeights.SliceFeatures);
        int from = fromSlice * LinearWeights.SliceFeatures, to = Math.Min(toSlice * LinearWeights.SliceFeatures, Features);
        if (from < to)
        {
            DenseBackward.Compute((float**)_pointers.At(0, _count), _count, from, to, _errors.At(0, (long)_count * Outputs), Outputs,
                _products.At(0, (long)Outputs * _stride), _stride);
        }

        for (var k = 0; k < Outputs; k++)
        {
            var products = _products.Span((long)k * _stride, Features);
            var sums = Sums.AsSpan(k * Features, Features);
            for (var j = from; j < to; j++)
                sums[j] += products[j];
        }

        if (member == 0)
            AddErrors();
    }

    private void AddErrors()
    {
        if (Outputs == 1)
        {
            BiasSums[0] += SpanMath.Sum(_errors.Span(0, _count));
            return;
        }

        var errors = _errors.Span(0, _count * Outputs);
        for (; !errors.IsEmpty; errors = errors[Outputs..])
        {
            for (var k = 0; k < BiasSums.Length; k++)
                BiasSums[k] += errors[k];
        }
    }
}

/// <summary>
/// Products with sparse rows. The rows are split into a few lanes, each with sums of its own that one thread fills; how many lanes
/// there are follows from the rows, and their sums are added in order.
/// </summary>
internal sealed unsafe class SparseProducts : RowProducts
{
    private const int MostLanes = 8;

    // A lane must have several times as much to sum up as its sums cost to clear and add.
    private const long WorthALane = 4;

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
        for (var unit = from; unit < to; unit += UnitRows)
            ComputeUnit(First + unit, Math.Min(UnitRows, to - unit), member);
    }

    /// <summary>The logits of a unit, and what the map makes of them, in a scratch; returns the errors.</summary>
    private float* ComputeUnit(int first, int count, int scratch)
    {
        var offset = (long)scratch * UnitRows * Outputs;
        Span<float> logits = _logits.Span(offset, count * Outputs), errors = _errors.Span(offset, count * Outputs);
        for (var r = 0; r < count; r++)
            SparseKernels.Logits(Rows.Sparse(first + r), Weights, _logits.At(offset + r * Outputs, Outputs));
        Map(first, count, logits, errors);
        return _errors.At(offset, errors.Length);
    }

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
            var errors = ComputeUnit(first, count, lane);
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
