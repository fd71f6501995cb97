using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The rows of a list of blocks, numbered from 0 and pinned in memory, so that a mini-batch is a handful of pointers.
/// </summary>
internal sealed unsafe class RowSet : IDisposable
{
    private readonly RowBlock[] _blocks;
    private readonly List<GCHandle> _pins = [];
    private readonly float*[] _values;
    private readonly int*[] _indices;
    private readonly int*[] _rowStarts;
    private readonly int*[] _classes;
    private readonly int _rowsPerBlock;
    private readonly bool _isWeighted;
    private readonly ulong _inverse;

    /// <summary>Pins the blocks. All must have the same features and form, and all but the last the same number of rows.</summary>
    public RowSet(IReadOnlyList<RowBlock> blocks)
    {
        _blocks = [.. blocks.Where(block => block.Rows > 0)];
        if (_blocks.Length == 0)
            throw new ArgumentException("There are no rows.", nameof(blocks));
        var first = _blocks[0];
        _rowsPerBlock = first.Rows;
        for (var i = 0; i < _blocks.Length; i++)
        {
            var block = _blocks[i];
            if (block.Features != first.Features || block.IsSparse != first.IsSparse)
                throw new ArgumentException($"Block {i} has {Form(block)}, but block 0 has {Form(first)}; all blocks must be alike.",
                    nameof(blocks));
            if (block.Rows > _rowsPerBlock || (block.Rows < _rowsPerBlock && i < _blocks.Length - 1))
                throw new ArgumentException($"Block {i} has {block.Rows} rows; all blocks but the last must have {_rowsPerBlock}, "
                    + "the last no more.", nameof(blocks));
            if (block.Classes is { } classes && classes.Length < block.Rows)
                throw new ArgumentException($"Block {i} has {classes.Length} classes for {block.Rows} rows.", nameof(blocks));
            Rows = checked(Rows + block.Rows);
        }

        Features = first.Features;
        IsSparse = first.IsSparse;
        HasClasses = _blocks.All(block => block.Classes is not null);
        _isWeighted = _blocks.Any(block => block.Weights is not null);
        _inverse = (ulong.MaxValue / (uint)_rowsPerBlock) + 1;
        TotalWeight = _blocks.Sum(block => block.Weights is null
            ? block.Rows
            : block.Weights.Take(block.Rows).Sum(weight => (double)weight));
        _values = new float*[_blocks.Length];
        _indices = new int*[_blocks.Length];
        _rowStarts = new int*[_blocks.Length];
        _classes = new int*[_blocks.Length];
        for (var i = 0; i < _blocks.Length; i++)
        {
            _values[i] = (float*)Pin(_blocks[i].Values);
            _indices[i] = (int*)Pin(_blocks[i].Indices);
            _rowStarts[i] = (int*)Pin(_blocks[i].RowStarts);
            _classes[i] = (int*)Pin(_blocks[i].Classes);
        }
    }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; private set; }

    /// <summary>How many features each row has.</summary>
    public int Features { get; }

    /// <summary>Whether the rows are sparse.</summary>
    public bool IsSparse { get; }

    /// <summary>The values that sparse rows store.</summary>
    public long NonZeros => _blocks.Sum(block => (long)block.RowStarts![block.Rows]);

    /// <summary>The sum of the example weights.</summary>
    public double TotalWeight { get; }

    /// <summary>Whether every row has a hard label.</summary>
    public bool HasClasses { get; }

    /// <summary>The bytes of the rows' arrays.</summary>
    public long Bytes => _blocks.Sum(block => block.Bytes);

    /// <summary>The blocks, in order.</summary>
    public ReadOnlySpan<RowBlock> Blocks => _blocks;

    /// <summary>The values of dense row <paramref name="row"/>, <c>[features]</c>.</summary>
    public ReadOnlySpan<float> Values(int row) => new(Dense(row), Features);

    /// <summary>The same for a kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Dense(int row)
    {
        Debug.Assert(!IsSparse);
        var block = BlockOf(row);
        return _values[block] + (long)(row - block * _rowsPerBlock) * Features;
    }

    /// <summary>Points at the values of the dense rows from <paramref name="first"/> on.</summary>
    public void Dense(int first, int count, Span<nint> pointers)
    {
        var place = 0;
        if (count > Rows - first)
            ThrowNoRow(first + count - 1);
        while (count > 0)
        {
            var values = Dense(first);
            var sameBlock = Math.Min(count, _rowsPerBlock - (first - BlockOf(first) * _rowsPerBlock));
            for (var i = 0; i < sameBlock; i++, values += Features)
                pointers[place++] = (nint)values;
            first += sameBlock;
            count -= sameBlock;
        }
    }

    /// <summary>The indices and values of sparse row <paramref name="row"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SparseRow Sparse(int row)
    {
        Debug.Assert(IsSparse);
        var block = BlockOf(row);
        var starts = _rowStarts[block] + (row - block * _rowsPerBlock);
        return new SparseRow(_indices[block] + *starts, _values[block] + *starts, starts[1] - *starts);
    }

    /// <summary>Begins to fetch the beginning of sparse row <paramref name="row"/> into the cache, without waiting.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch(int row)
    {
        if (!Sse.IsSupported)
            return;
        var block = BlockOf(row);
        var start = _rowStarts[block][row - block * _rowsPerBlock];
        Sse.Prefetch0(_indices[block] + start);
        Sse.Prefetch0(_values[block] + start);
    }

    /// <summary>The example weight of row <paramref name="row"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Weight(int row)
    {
        if (!_isWeighted)
            return 1;
        var block = Locate(row, out var index);
        return block.Weights is null ? 1f : block.Weights[index];
    }

    /// <summary>The hard label of row <paramref name="row"/>, where the rows have such.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Class(int row)
    {
        var block = BlockOf(row);
        return _classes[block][row - block * _rowsPerBlock];
    }

    /// <summary>The group of row <paramref name="row"/>; 0 for none.</summary>
    public ulong Group(int row) => Locate(row, out var index).Groups?[index] ?? 0;

    /// <summary>What row <paramref name="row"/> should have been.</summary>
    public RowTarget Target(int row, int outputs)
    {
        var block = Locate(row, out var index);
        return block.Classes is not null
            ? RowTarget.Class(block.Classes[index])
            : RowTarget.Values(block.Targets.AsSpan(index * outputs, outputs));
    }

    /// <summary>The one check of the form that whoever follows pointers into the rows relies on.</summary>
    /// <exception cref="ArgumentException">The rows have another.</exception>
    public void Require(int features, bool isSparse)
    {
        if (Features != features || IsSparse != isSparse)
            throw new ArgumentException($"The rows have {Form(_blocks[0])}, not {features} {(isSparse ? "sparse" : "dense")} ones.");
    }

    public void Dispose()
    {
        foreach (var pin in _pins)
            pin.Free();
        Rows = 0;
    }

    private void* Pin(Array? array)
    {
        if (array is null)
            return null;
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        _pins.Add(pin);
        return (void*)pin.AddrOfPinnedObject();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RowBlock Locate(int row, out int index)
    {
        var block = BlockOf(row);
        index = row - block * _rowsPerBlock;
        return _blocks[block];
    }

    /// <summary>
    /// <c>row / rows per block</c>, as a multiplication by the divisor's inverse, which takes a fraction of the time (Granlund and
    /// Montgomery 1994, "Division by invariant integers using multiplication"); exact for all ints.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int BlockOf(int row)
    {
        if ((uint)row >= (uint)Rows)
            ThrowNoRow(row);
        return _rowsPerBlock == 1 ? row : (int)Math.BigMul(_inverse, (ulong)row, out _);
    }

    [DoesNotReturn]
    private void ThrowNoRow(int row) => throw new ArgumentOutOfRangeException(nameof(row), row, $"There are {Rows} rows.");

    private static string Form(RowBlock block) => $"{block.Features} {(block.IsSparse ? "sparse" : "dense")} features";
}

/// <summary>One CSR row of pinned memory: <paramref name="length"/> feature indices, strictly increasing, and their values.</summary>
internal readonly unsafe ref struct SparseRow(int* indices, float* values, int length)
{
    public int Length { get; } = length;

    public int* IndexPointer { get; } = indices;

    public float* ValuePointer { get; } = values;

    public ReadOnlySpan<int> Indices => new(IndexPointer, Length);

    public ReadOnlySpan<float> Values => new(ValuePointer, Length);
}
