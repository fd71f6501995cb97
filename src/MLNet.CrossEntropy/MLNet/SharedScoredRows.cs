using System.IO.Compression;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>
/// The scored rows of one rank of a cluster among those of all, one rank's after the other's. Each scores its own at the same time as the
/// others. Then they are evaluated in turn: a rank takes up the sums of the rank before, adds its own rows and hands the sums on, with the
/// rows that do not fill a block. So blocks, and with them every bit of the sums, are those of one process.
/// </summary>
internal sealed class SharedScoredRows
{
    private readonly ICluster _cluster;
    private readonly ScoredRowReader _own;
    private long _left;
    private long _given;
    private int _next;

    private SharedScoredRows(ICluster cluster, ScoredRowReader own, Queue<ScoredBlock> blocks)
    {
        (_cluster, _own, Blocks) = (cluster, own, blocks);
        cluster.Agree([$"Classes: {string.Join(", ", own.ClassNames)}", $"Soft labels: {own.NewBlock().HasSoftLabels}"]);
        _left = blocks.Sum(block => (long)block.Count);
        FirstRow = cluster.Gather(_left).Take(cluster.Rank).Sum();
        (own.Segments, var indices) = own.Segments.Among(cluster);
        foreach (var block in blocks)
        {
            foreach (ref var segment in block.Segments.AsSpan())
                segment = indices[segment];
        }
    }

    /// <summary>The blocks that this rank has read; until its turn begins.</summary>
    public Queue<ScoredBlock> Blocks { get; private set; }

    /// <summary>The number of this rank's first row among all rows.</summary>
    public long FirstRow { get; }

    private bool IsLast => _cluster.Rank == _cluster.Size - 1;

    /// <summary>A reader of this process' rows, and of a cluster one that knows their place among those of all ranks.</summary>
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
            own.Segments = new(most: int.MaxValue);
            Queue<ScoredBlock> read = [];
            for (var block = own.NewBlock(); own.Read(block); block = own.NewBlock())
                read.Enqueue(block);
            return (own, read);
        });
        rows.Shared = new SharedScoredRows(cluster, rows, blocks);
        return rows;
    }

    /// <summary>The sum of all ranks' numbers.</summary>
    public long Sum(long number) => _cluster.Gather(number).Sum();

    /// <summary>Evaluates all ranks' rows, each rank its own.</summary>
    /// <param name="evaluate">Evaluates the rows of this rank.</param>
    /// <param name="serialize">Writes the sums over all rows that have been evaluated, or reads them.</param>
    /// <exception cref="InvalidOperationException">A row cannot be evaluated; all ranks throw it, and name the rank.</exception>
    public void TakeTurns(Action evaluate, Action<StateStream> serialize)
    {
        string? failure = null;
        Exception? cause = null;
        if (_cluster.Rank > 0)
            Take(_cluster.Receive(_cluster.Rank - 1));
        try
        {
            if (failure is null)
                evaluate();
        }
        catch (Exception caught)
        {
            (failure, cause) = ($"Rank {_cluster.Rank} of {_cluster.Size}: {caught.Message}", caught);
        }

        if (!IsLast)
            _cluster.Send(_cluster.Rank + 1, Sums());
        Take(_cluster.Gather(IsLast ? Sums() : [])[^1]);
        if (failure is not null)
            throw ClusterMessages.Agreed(new InvalidOperationException(failure, cause));

        byte[] Sums()
        {
            using var bytes = new MemoryStream();
            using (var packed = new DeflateStream(bytes, CompressionLevel.Fastest))
                Serialize(new StateStream(packed));
            return bytes.ToArray();
        }

        void Take(byte[] sums)
        {
            using var unpacked = new DeflateStream(new MemoryStream(sums), CompressionMode.Decompress);
            Serialize(new StateStream(unpacked, long.MaxValue));
        }

        void Serialize(StateStream state)
        {
            state.Optional(ref failure);
            if (failure is not null)
                return;
            var unfinished = _own.NewBlock();
            if (!state.IsReading)
                _ = Give(unfinished);
            unfinished.Serialize(state);
            if (state.IsReading)
                (Blocks, _given, _left) = (new([unfinished, .. Blocks]), unfinished.FirstRow, _left + unfinished.Count);
            serialize(state);
        }
    }

    /// <summary>
    /// Fills the block with the next rows; false where too few are left for one, which are the next rank's.
    /// </summary>
    public bool Fill(ScoredBlock block) => (_left >= block.Capacity || IsLast) && Give(block);

    private bool Give(ScoredBlock block)
    {
        (block.FirstRow, block.Count) = (_given, 0);
        while (block.Count < block.Capacity && Blocks.TryPeek(out var from))
        {
            if (_next == from.Count)
                (_, _next) = (Blocks.Dequeue(), 0);
            else
                block.CopyRow(block.Count++, from, _next++);
        }

        (_given, _left) = (_given + block.Count, _left - block.Count);
        return block.Count > 0;
    }
}
