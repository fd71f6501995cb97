using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Products with dense rows, in runs that stay in cache between their logits (threads share the rows) and their gradient
/// (threads share the features).
/// </summary>
internal unsafe class DenseProducts : RowProducts
{
    /// <summary>Rows of a run: their products are floats.</summary>
    protected const int RunRows = 256;

    private readonly NativeBuffer<float> _logits;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _products;
    private readonly NativeBuffer<nint> _pointers;
    private readonly Action<int> _forward;
    private readonly Action<int> _backward;
    private int _run;
    private int _count;

    public DenseProducts(RowSummary summary, WorkerTeam team)
        : this(summary, team, places: 1)
    {
    }

    /// <param name="summary">What is known of the rows.</param>
    /// <param name="team">The threads.</param>
    /// <param name="places">How many runs there is room for.</param>
    protected DenseProducts(RowSummary summary, WorkerTeam team, int places)
        : base(summary, team)
    {
        _logits = new NativeBuffer<float>((long)places * RunRows * Outputs);
        _errors = new NativeBuffer<float>((long)places * RunRows * Outputs);
        _pointers = new NativeBuffer<nint>((long)places * RunRows);
        Stride = (Features + LinearWeights.SliceFeatures - 1) / LinearWeights.SliceFeatures * LinearWeights.SliceFeatures;
        _products = new NativeBuffer<float>((long)places * Outputs * Stride);
        _forward = Forward;
        _backward = Backward;
    }

    /// <summary>Floats from one output's products to the next's.</summary>
    protected int Stride { get; }

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

    /// <summary>Computes logits of some rows of a run, and what the map makes of them.</summary>
    protected void ComputeRows(int place, int run, int from, int to)
    {
        if (from == to)
            return;
        var at = (long)place * RunRows + from;
        Rows.Dense(run + from, to - from, _pointers.Span(at, to - from));
        var length = (to - from) * Outputs;
        var logits = _logits.Span(at * Outputs, length);
        for (var r = 0; r < length; r += Outputs)
            Weights.Biases.CopyTo(logits[r..]);
        DenseForward.Accumulate((float**)_pointers.At(at, to - from), to - from, Features,
            Weights.At(0, (long)Outputs * Weights.Stride), Weights.Stride, Outputs, _logits.At(at * Outputs, length));
        Map(run + from, to - from, logits, _errors.Span(at * Outputs, length));
    }

    /// <summary>Adds the gradients of some features of a run, whose errors are computed, to sums <c>[outputs, features]</c>.</summary>
    protected void AddFeatures(int place, int count, int from, int to, Span<double> sums)
    {
        var at = (long)place * RunRows;
        var products = _products.At((long)place * Outputs * Stride, (long)Outputs * Stride);
        if (from < to)
        {
            DenseBackward.Compute((float**)_pointers.At(at, count), count, from, to, _errors.At(at * Outputs, (long)count * Outputs),
                Outputs, products, Stride);
        }

        for (var k = 0; k < Outputs; k++)
        {
            var line = sums.Slice(k * Features, Features);
            for (var j = from; j < to; j++)
                line[j] += products[(long)k * Stride + j];
        }
    }

    /// <summary>The errors of a run.</summary>
    protected ReadOnlySpan<float> Errors(int place, int count) => _errors.Span((long)place * RunRows * Outputs, count * Outputs);

    private void Forward(int member)
    {
        var (from, to) = UnitShare(member, _count);
        ComputeRows(place: 0, _run, from, to);
    }

    private void Backward(int member)
    {
        var (from, to) = Team.Share(member, Stride / LinearWeights.SliceFeatures);
        AddFeatures(place: 0, _count, from * LinearWeights.SliceFeatures, Math.Min(to * LinearWeights.SliceFeatures, Features), Sums);
        if (member == 0)
            AddErrors(Errors(place: 0, _count), BiasSums);
    }
}

/// <summary>
/// Products with dense rows of few features: threads share the runs, in lanes with sums of their own, which are added up in order.
/// </summary>
internal sealed class NarrowProducts : DenseProducts
{
    private const int Lanes = 16;
    private const long MostSums = 1L << 13;

    private readonly double[] _sums;
    private readonly double[] _biasSums;
    private readonly Action<int> _sumLanes;
    private readonly Action<int> _mapRuns;

    public NarrowProducts(RowSummary summary, WorkerTeam team)
        : base(summary, team, team.Capacity)
    {
        _sums = new double[Lanes * Outputs * Features];
        _biasSums = new double[Lanes * Outputs];
        (_sumLanes, _mapRuns) = (SumLanes, MapRuns);
    }

    /// <summary>Whether such rows are few features.</summary>
    public static bool AreFor(RowSummary summary) => (long)summary.Outputs * summary.Features <= MostSums;

    protected override void AddProducts()
    {
        Team.Run(_sumLanes);
        // A lane without a run has nothing to add.
        var lanes = Math.Min(Lanes, (End - First + RunRows - 1) / RunRows);
        for (var lane = 0; lane < lanes; lane++)
        {
            SpanMath.AddScaled(Sums, 1, _sums.AsSpan(lane * Sums.Length, Sums.Length));
            SpanMath.AddScaled(BiasSums, 1, _biasSums.AsSpan(lane * Outputs, Outputs));
        }
    }

    protected override void MapLogits() => Team.Run(_mapRuns);

    private void SumLanes(int member)
    {
        var (first, end) = Team.Share(member, Lanes);
        for (var lane = first; lane < end; lane++)
        {
            var sums = _sums.AsSpan(lane * Sums.Length, Sums.Length);
            var biasSums = _biasSums.AsSpan(lane * Outputs, Outputs);
            sums.Clear();
            biasSums.Clear();
            for (var run = First + (long)lane * RunRows; run < End; run += Lanes * RunRows)
            {
                var count = (int)Math.Min(RunRows, End - run);
                ComputeRows(member, (int)run, 0, count);
                AddFeatures(member, count, 0, Features, sums);
                AddErrors(Errors(member, count), biasSums);
            }
        }
    }

    private void MapRuns(int member)
    {
        var (from, to) = UnitShare(member, End - First);
        for (var run = First + from; run < First + to; run += RunRows)
            ComputeRows(member, run, 0, Math.Min(RunRows, First + to - run));
    }
}
