using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The gradient of a batch of dense rows: each unit's own while its rows are in the cache of the thread that has computed their logits,
/// then the sum over units in a fixed tree, pairs first. Where so many gradients would take too much room, they are summed over all rows
/// feature by feature instead.
/// </summary>
internal sealed unsafe class DenseGradient : IDisposable
{
    // 32 rows make a gradient worth writing down; smaller batches are cut smaller, for there to be something to share.
    private const int LargeUnit = 32;
    private const int SmallUnit = 16;
    private const int SmallBatch = 64;

    // The gradients of all units together, in floats: 16 MB.
    private const long MostGradients = 4 << 20;

    // A unit's rows and those of the next are to fit into a core's second-level cache, and all rows are not, for fetching ahead to help.
    private const long CacheFloats = 1 << 18;

    private readonly int _outputs;
    private readonly int _features;
    private readonly int _unitRows;
    private readonly long _unitStride;
    private readonly bool _isByUnits;
    private readonly WorkerTeam _team;
    private readonly NativeBuffer<float> _gradients;
    private readonly NativeBuffer<nint> _rows;
    private readonly NativeBuffer<nint> _ahead;

    public DenseGradient(int outputs, int features, int stride, int batchSize, WorkerTeam team)
    {
        (_outputs, _features, Stride, _team) = (outputs, features, stride, team);
        _unitStride = UnitStride(outputs, stride);
        _unitRows = UnitRowsFor(batchSize, outputs, stride);
        var units = (batchSize + _unitRows - 1) / _unitRows;
        _isByUnits = units * _unitStride <= MostGradients;
        _gradients = new NativeBuffer<float>(_isByUnits ? units * _unitStride : _unitStride);
        _rows = new NativeBuffer<nint>(batchSize);
        _ahead = new NativeBuffer<nint>(batchSize);
    }

    /// <summary>Floats from one output's gradient to the next's.</summary>
    public int Stride { get; }

    /// <summary>Of G <c>[outputs, stride]</c>, the sum over the batch where it has been completed, output k and feature j.</summary>
    public ref float this[int k, int j] => ref _gradients[(long)k * Stride + j];

    /// <summary>The same, for a kernel that works on the features <c>[from, from + length)</c> of all outputs.</summary>
    public float* At(int from, int length) => _gradients.At(from, (_outputs - 1L) * Stride + length);

    /// <summary>Pointers to rows of the batch, to be filled.</summary>
    public float** Rows(int from, int count) => (float**)_rows.At(from, count);

    /// <summary>The rows of a unit that suits such batches.</summary>
    public static int UnitRowsFor(int batchSize, int outputs, int stride)
    {
        var rows = batchSize <= SmallBatch ? SmallUnit : LargeUnit;
        // Larger units where the room is short, as long as there are two.
        while (2 * rows < batchSize && (batchSize + rows - 1) / rows * UnitStride(outputs, stride) > MostGradients)
            rows *= 2;
        return rows;
    }

    /// <summary>Computes the gradient of a unit whose errors are there.</summary>
    public void ComputeUnit(MiniBatch batch, int unit, ReadOnlySpan<int> ahead)
    {
        if (!_isByUnits)
            return;
        var (from, to) = batch.Unit(unit);
        DenseBackward.Compute(
            Rows(from, to - from),
            to - from,
            0,
            _features,
            batch.Errors.At((long)from * _outputs, (long)(to - from) * _outputs),
            _outputs,
            Unit(unit),
            Stride,
            Ahead(batch.Rows, from, to, ahead));
    }

    /// <summary>Adds up what is <paramref name="end"/> - <paramref name="first"/> units of one member, as far as the tree allows.</summary>
    public void EndUnits(int first, int end)
    {
        if (!_isByUnits)
            return;
        for (var step = 1; step < end - first; step *= 2)
        {
            for (var unit = first; unit + step < end; unit++)
            {
                if (unit % (2 * step) == 0 && unit + 2 * step <= end)
                    AddUnits(unit, step, 0, _features);
            }
        }
    }

    /// <summary>Completes the sum over the batch of the features <c>[from, to)</c>.</summary>
    public void Complete(MiniBatch batch, int from, int to)
    {
        if (!_isByUnits)
        {
            DenseBackward.Compute(Rows(0, batch.Count), batch.Count, from, to, batch.Errors.At(0, (long)batch.Count * _outputs), _outputs,
                Unit(0), Stride);
            return;
        }

        var units = batch.Units;
        for (var step = 1; step < units; step *= 2)
        {
            for (var unit = 0; unit + step < units; unit += 2 * step)
            {
                if (!IsOneMembers(unit, unit + 2 * step, units))
                    AddUnits(unit, step, from, to);
            }
        }
    }

    public void Dispose()
    {
        _gradients.Dispose();
        _rows.Dispose();
        _ahead.Dispose();
    }

    /// <summary>Whether <see cref="EndUnits"/> has dealt with the units <c>[first, end)</c>.</summary>
    private bool IsOneMembers(int first, int end, int units)
    {
        for (var member = 0; member < _team.Size; member++)
        {
            var (from, to) = _team.Share(member, units);
            if (from <= first && end <= to)
                return true;
        }

        return false;
    }

    private void AddUnits(int unit, int step, int from, int to)
    {
        for (var k = 0; k < _outputs; k++)
            SparseKernels.Axpy(1, Features(unit + step, k), Features(unit, k));

        Span<float> Features(int unit, int k) => _gradients.Span(unit * _unitStride + (long)k * Stride + from, to - from);
    }

    /// <summary>
    /// Floats from one unit's gradient to the next's: a slice more than it has, since what is a power of two apart competes for the same
    /// cache lines.
    /// </summary>
    private static long UnitStride(int outputs, int stride) => (long)outputs * stride + LinearWeights.SliceFeatures;

    private float* Unit(int unit) => _gradients.At(unit * _unitStride, _unitStride);

    private RowsAhead Ahead(RowSet rows, int from, int to, ReadOnlySpan<int> ahead)
    {
        if (ahead.IsEmpty || (long)rows.Rows * _features <= CacheFloats || (long)_unitRows * _features > CacheFloats / 2)
            return default;
        var pointers = _ahead.At(from, to - from);
        for (var i = 0; i < to - from; i++)
            pointers[i] = (nint)rows.Dense(ahead[Math.Min(i, ahead.Length - 1)]);
        return new RowsAhead((nint)pointers, _features / RowsAhead.LineFloats + 1);
    }
}
