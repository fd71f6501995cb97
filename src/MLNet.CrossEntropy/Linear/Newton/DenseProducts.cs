using MLNet.CrossEntropy.Numerics;


namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// Products with dense rows, in chunks that stay in cache between their logits (threads share the rows) and their gradient
/// (threads share the features).
/// </summary>
internal sealed unsafe class DenseProducts : RowProducts
{
    private const int ChunkRows = 256;
    private const int SliceFeatures = 32;

    private readonly int _features;
    private readonly int _stride;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _sums;
    private readonly NativeBuffer<nint> _pointers;
    private readonly Action<int> _forward;
    private readonly Action<int> _backward;
    private RowSet _rows = null!;
    private RowMap _map = null!;
    private double[] _gradient = [];
    private bool _withLogits;
    private int _first;
    private int _count;

    public DenseProducts(int features, int outputs, WorkerTeam team)
        : base(outputs, team)
    {
        _features = features;
        _stride = (features + SliceFeatures - 1) / SliceFeatures * SliceFeatures;
        _weights = new NativeBuffer<float>((long)outputs * _stride);
        _sums = new NativeBuffer<float>((long)outputs * _stride);
        _errors = new NativeBuffer<float>((long)ChunkRows * outputs);
        _pointers = new NativeBuffer<nint>(ChunkRows);
        _forward = Forward;
        _backward = Backward;
    }

    private float** Pointers => (float**)_pointers.Pointer;

    public override void ComputeLogits(RowSet rows, int from, int to, float* logits)
    {
        var pointers = stackalloc float*[ChunkRows];
        for (; from < to; from += ChunkRows, logits += (long)ChunkRows * Outputs)
            ComputeLogits(rows, from, Math.Min(ChunkRows, to - from), pointers, logits);
    }

    public override void Pass(RowSet rows, bool withLogits, RowMap map, double[] gradient)
    {
        (_rows, _withLogits, _map, _gradient) = (rows, withLogits, map, gradient);
        Array.Clear(gradient);
        Array.Clear(BiasGradient);
        for (_first = 0; _first < rows.Rows; _first += ChunkRows)
        {
            _count = Math.Min(ChunkRows, rows.Rows - _first);
            Team.Run(_forward);
            Team.Run(_backward);
        }
    }

    public override void Dispose()
    {
        _weights.Dispose();
        _sums.Dispose();
        _errors.Dispose();
        _pointers.Dispose();
    }

    protected override void SetWeights(ReadOnlySpan<float> weights)
    {
        for (var k = 0; k < Outputs; k++)
            weights.Slice(k * _features, _features).CopyTo(_weights.Span((long)k * _stride, _features));
    }

    /// <summary>Points at the rows and computes their logits.</summary>
    private void ComputeLogits(RowSet rows, int first, int count, float** pointers, float* logits)
    {
        rows.Dense(first, count, pointers);
        if (Outputs == 1)
            new Span<float>(logits, count).Fill(Biases[0]);
        for (var r = 0; Outputs > 1 && r < count; r++)
            Biases.CopyTo(new Span<float>(logits + (long)r * Outputs, Outputs));
        DenseForward.Accumulate(pointers, count, _features, _weights.Pointer, _stride, Outputs, logits);
    }

    private void Forward(int member)
    {
        var (from, to) = Team.Share(member, _count);
        var errors = _errors.Pointer + (long)from * Outputs;
        if (_withLogits)
        {
            ComputeLogits(_rows, _first + from, to - from, Pointers + from, errors);
        }
        else
        {
            _rows.Dense(_first + from, to - from, Pointers + from);
            new Span<float>(errors, (to - from) * Outputs).Clear();
        }

        _map(_first + from, _errors.Span((long)from * Outputs, (to - from) * Outputs));
    }

    private void Backward(int member)
    {
        var (fromSlice, toSlice) = Team.Share(member, _stride / SliceFeatures);
        int from = fromSlice * SliceFeatures, to = Math.Min(toSlice * SliceFeatures, _features);
        if (from < to)
            DenseBackward.Compute(Pointers, _count, from, to, _errors.Pointer, Outputs, _sums.Pointer, _stride);
        for (var k = 0; k < Outputs; k++)
        {
            var sums = _sums.Span((long)k * _stride, _features);
            for (var j = from; j < to; j++)
                _gradient[k * _features + j] += sums[j];
        }

        if (member == 0)
            AddBiasGradient();
    }

    private void AddBiasGradient()
    {
        if (Outputs == 1)
        {
            BiasGradient[0] += SpanMath.Sum(_errors.Span(0, _count));
            return;
        }

        var errors = _errors.Pointer;
        for (var r = 0; r < _count; r++, errors += Outputs)
        {
            for (var k = 0; k < BiasGradient.Length; k++)
                BiasGradient[k] += errors[k];
        }
    }
}
