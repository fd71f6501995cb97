using System.Globalization;
using Microsoft.ML;

namespace MLNet.CrossEntropy;

/// <summary>
/// The ranks of an MPI job: <c>mpirun -np 4 dotnet Train.dll</c> starts four processes, each of which joins, reads rows of its own and fits
/// with <c>options.Cluster = cluster</c>. Started without mpirun it is a cluster of one, and needs no MPI.
/// </summary>
/// <remarks>
/// Open MPI and MPICH (and what keeps to MPICH's ABI) are found at run time. All calls of a cluster must come from one thread at a time. A
/// rank that throws an exception that nobody catches, that fails within a fit, or that leaves while others wait for it, ends all ranks with
/// one error, which names it and the cause. When a rank is killed, mpirun does.
/// </remarks>
public sealed class MpiCluster : ICluster, IDisposable
{
    private readonly Mpi.MpiRanks? _ranks;

    private MpiCluster(Mpi.MpiRanks? ranks) => _ranks = ranks;

    /// <inheritdoc/>
    public int Rank => _ranks?.Rank ?? 0;

    /// <inheritdoc/>
    public int Size => _ranks?.Size ?? 1;

    /// <summary>The MPI that is used, such as "Open MPI v4.1.4"; "none" for a cluster of one that was started without.</summary>
    public string Library => _ranks?.Library ?? "none";

    /// <summary>The bytes that this rank has sent to others.</summary>
    public long BytesSent => _ranks?.BytesSent ?? 0;

    /// <summary>The messages that this rank has sent to others.</summary>
    public long MessagesSent => _ranks?.MessagesSent ?? 0;

    /// <summary>Joins the other processes of the job; once in the life of a process.</summary>
    /// <exception cref="DllNotFoundException">The process was started by mpirun, but there is no library of MPI.</exception>
    /// <exception cref="InvalidOperationException">The library is not that of the mpirun, or the process has joined before.</exception>
    public static MpiCluster Join() => new(Mpi.MpiRanks.Join());

    /// <summary>
    /// This rank's part of a view that all ranks have: contiguous, and of the same number of rows, but for one. It is streamed; the rows
    /// before it are passed over without a look at their columns.
    /// </summary>
    /// <param name="data">The same rows in the same order on every rank.</param>
    /// <exception cref="InvalidOperationException">There are fewer rows than ranks.</exception>
    public IDataView Share(IDataView data)
    {
        ArgumentNullException.ThrowIfNull(data);
        // One rank counts: the others would have to go through all rows, too.
        var rows = new long[1];
        if (Rank == 0)
            rows[0] = data.GetRowCount() ?? Count(data);
        Broadcast(rows);
        if (rows[0] < Size)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"There are {rows[0]} rows for {Size} ranks; each must get one at least: start fewer ranks."));
        }

        var catalog = new MLContext().Data;
        long from = rows[0] * Rank / Size, to = rows[0] * (Rank + 1) / Size;
        return catalog.TakeRows(from == 0 ? data : catalog.SkipRows(data, from), to - from);
    }

    /// <inheritdoc/>
    public void Exchange(int receiver, ReadOnlySpan<byte> message, int sender, Span<byte> received)
    {
        if (_ranks is not null)
            _ranks.Exchange(receiver, message, sender, received);
        else if (receiver == 0 && sender == 0)
            message.CopyTo(received);
    }

    /// <inheritdoc/>
    public void Fail(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        _ranks?.Fail(cause);
    }

    /// <summary>Leaves, when all ranks do; after a failure ends all ranks.</summary>
    public void Dispose() => _ranks?.Leave();

    private void Broadcast(long[] values)
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan());
        for (var rank = 1; rank < Size; rank++)
        {
            if (Rank == 0)
                Exchange(rank, bytes, -1, default);
            else if (rank == Rank)
                Exchange(-1, default, 0, bytes);
        }
    }

    private static long Count(IDataView data)
    {
        using var cursor = data.GetRowCursor([]);
        long rows = 0;
        while (cursor.MoveNext())
            rows++;
        return rows;
    }
}
