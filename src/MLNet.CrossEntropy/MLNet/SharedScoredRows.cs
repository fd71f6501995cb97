using System.Runtime.InteropServices;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The scored rows of all ranks of a cluster, one rank's after the other's, on every rank: each scores its own rows, at the same time as
/// the others, and tells them labels, weights and scores. What is computed of them is what one process would compute, to the last bit.
/// </summary>
internal sealed class SharedScoredRows
{
    private readonly ICluster _cluster;
    private readonly Queue<byte[]> _blocks = [];
    private readonly long[] _counts;
    private readonly SegmentNames _segments = new();
    private readonly ScoredBlock _source;
    private int _rank;
    private int _left;
    private int _next;
    private long _rowsBefore;

    private SharedScoredRows(ICluster cluster, ScoredRowReader own, Queue<byte[]> blocks)
    {
        (_cluster, _blocks) = (cluster, blocks);
        _source = own.NewBlock();
        _counts = cluster.Gather(blocks.Count);
        _left = (int)_counts[0];
        cluster.Agree([$"Classes: {string.Join(", ", own.ClassNames)}", $"Soft labels: {_source.HasSoftLabels}"]);
    }

    /// <summary>A reader of the rows, or, of a cluster, of those of all ranks.</summary>
    /// <param name="cluster">The ranks; null for this process alone.</param>
    /// <param name="open">Opens this rank's own.</param>
    public static T Open<T>(ICluster? cluster, Func<T> open)
        where T : ScoredRowReader
    {
        if (cluster is null)
            return open();
        var (rows, blocks) = cluster.Together(() =>
        {
            var own = open();
            Queue<byte[]> read = [];
            for (var block = own.NewBlock(); own.Read(block);)
                read.Enqueue(block.ToBytes());
            return (own, read);
        });
        rows.Shared = new SharedScoredRows(cluster, rows, blocks);
        return rows;
    }

    /// <summary>Fills the block with the next rows of all; false when none was left.</summary>
    public bool Fill(ScoredBlock block)
    {
        block.Count = 0;
        while (block.Count < block.Capacity && (_next < _source.Count || TryReceive()))
        {
            if (block.Count == 0)
                block.FirstRow = _rowsBefore + _next;
            block.CopyRow(block.Count++, _source, _next++);
        }

        return block.Count > 0;
    }

    /// <summary>The next block of the rank whose turn it is.</summary>
    private bool TryReceive()
    {
        _rowsBefore += _source.Count;
        (_source.Count, _next) = (0, 0);
        while (_left == 0 && ++_rank < _cluster.Size)
            _left = (int)_counts[_rank];
        if (_rank >= _cluster.Size)
            return false;
        _left--;
        var bytes = _rank == _cluster.Rank ? _blocks.Dequeue() : [];
        // Ranks are told along a tree that begins at rank 0: the one whose turn it is tells rank 0 first.
        var length = new[] { bytes.Length };
        Relay(MemoryMarshal.AsBytes(length.AsSpan()));
        if (bytes.Length == 0)
            bytes = new byte[length[0]];
        Relay(bytes);
        _source.Read(bytes, _segments);
        return true;
    }

    private void Relay(Span<byte> bytes)
    {
        if (_rank > 0 && _cluster.Rank == _rank)
            _cluster.Exchange(0, bytes, -1, default);
        else if (_rank > 0 && _cluster.Rank == 0)
            _cluster.Exchange(-1, default, _rank, bytes);
        _cluster.Broadcast(bytes);
    }
}
