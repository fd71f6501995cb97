using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Optimization;

/// <summary>
/// The rows of a list of blocks, numbered from 0 and pinned in memory, so that a mini-batch is a handful of pointers.
/// </summary>
internal sealed unsafe class RowSet : IDisposable
{
    private readonly RowBlock[] _blocks;
    private readonly GCHandle[] _pins;
    private readonly int _rowsPerBlock;

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
                throw new ArgumentException($"Block {i} has {Form(block)}, but block 0 has {Form(first)}; all blocks must be alike.", nameof(blocks));
            if (block.Rows > _rowsPerBlock || (block.Rows < _rowsPerBlock && i < _blocks.Length - 1))
                throw new ArgumentException($"Block {i} has {block.Rows} rows; all blocks but the last must have {_rowsPerBlock}, the last no more.", nameof(blocks));
            Rows += block.Rows;
        }

        Features = first.Features;
        IsSparse = first.IsSparse;
        TotalWeight = _blocks.Sum(block => block.Weights is null ? block.Rows : block.Weights.Take(block.Rows).Sum(weight => (double)weight));
        _pins = [.. _blocks.Select(block => GCHandle.Alloc(block.Values, GCHandleType.Pinned))];
    }

    /// <summary>How many rows there are.</summary>
    public int Rows { get; }

    /// <summary>How many features each row has.</summary>
    public int Features { get; }

    /// <summary>Whether the rows are sparse.</summary>
    public bool IsSparse { get; }

    /// <summary>The sum of the example weights.</summary>
    public double TotalWeight { get; }

    /// <summary>The blocks, in order.</summary>
    public ReadOnlySpan<RowBlock> Blocks => _blocks;

    /// <summary>The values of dense row <paramref name="row"/>, <c>[features]</c>.</summary>
    public float* Dense(int row)
    {
        var (block, index) = Math.DivRem(row, _rowsPerBlock);
        return (float*)_pins[block].AddrOfPinnedObject() + (long)index * Features;
    }

    /// <summary>The indices and values of sparse row <paramref name="row"/>.</summary>
    public SparseRow Sparse(int row)
    {
        var block = Locate(row, out var index);
        var start = block.RowStarts![index];
        var length = block.RowStarts[index + 1] - start;
        return new SparseRow(block.Indices.AsSpan(start, length), block.Values.AsSpan(start, length));
    }

    /// <summary>The example weight of row <paramref name="row"/>.</summary>
    public float Weight(int row)
    {
        var block = Locate(row, out var index);
        return block.Weights is null ? 1f : block.Weights[index];
    }

    /// <summary>What row <paramref name="row"/> should have been.</summary>
    public RowTarget Target(int row, int outputs)
    {
        var block = Locate(row, out var index);
        return block.Classes is not null
            ? RowTarget.Class(block.Classes[index])
            : RowTarget.Values(block.Targets.AsSpan(index * outputs, outputs));
    }

    public void Dispose()
    {
        foreach (var pin in _pins)
            pin.Free();
    }

    private RowBlock Locate(int row, out int index)
    {
        (var block, index) = Math.DivRem(row, _rowsPerBlock);
        return _blocks[block];
    }

    private static string Form(RowBlock block) => $"{block.Features} {(block.IsSparse ? "sparse" : "dense")} features";
}
