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
        !summary.IsSparse ? new DenseProducts(summary, team)
        : SparseProducts.LanesOf(summary) > 1 ? new SparseProducts(summary, team)
        : new WideProducts(summary, team);

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

    /// <summary>Adds the errors of some rows to the biases' sums.</summary>
    protected void AddErrors(ReadOnlySpan<float> errors)
    {
        if (Outputs == 1)
        {
            BiasSums[0] += SpanMath.Sum(errors);
            return;
        }

        for (; !errors.IsEmpty; errors = errors[Outputs..])
        {
            for (var k = 0; k < BiasSums.Length; k++)
                BiasSums[k] += errors[k];
        }
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
            AddErrors(_errors.Span(0, _count * Outputs));
    }
}
