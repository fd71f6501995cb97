using System.Runtime.InteropServices;
using System.Text;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>What the ranks of a cluster tell all others, made of exchanges.</summary>
internal static class ClusterMessages
{
    private const string IsAgreed = "MLNet.CrossEntropy.Agreed";

    /// <summary>Rank 0's bytes to all, along a binomial tree.</summary>
    public static void Broadcast(this ICluster cluster, Span<byte> values)
    {
        // Rank r hears from the rank without r's highest bit and tells those with one bit more above it.
        var step = 1;
        for (; step <= cluster.Rank; step *= 2)
        {
        }

        if (cluster.Rank > 0)
            cluster.Exchange(-1, default, cluster.Rank - step / 2, values);
        for (; cluster.Rank + step < cluster.Size; step *= 2)
            cluster.Exchange(cluster.Rank + step, values, -1, default);
    }

    /// <summary>Rank 0's value, on every rank.</summary>
    public static T FirstOf<T>(this ICluster cluster, T value)
        where T : unmanaged
    {
        cluster.Broadcast(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>The largest of all ranks' numbers, place by place, on every rank.</summary>
    public static void Max(this ICluster cluster, float[] values)
    {
        var received = new float[values.Length];
        for (var step = 1; step < cluster.Size; step *= 2)
        {
            if (cluster.Rank % (2 * step) == step)
            {
                cluster.Exchange(cluster.Rank - step, MemoryMarshal.AsBytes<float>(values), -1, default);
                break;
            }

            if (cluster.Rank % (2 * step) != 0 || cluster.Rank + step >= cluster.Size)
                continue;
            cluster.Exchange(-1, default, cluster.Rank + step, MemoryMarshal.AsBytes(received.AsSpan()));
            for (var i = 0; i < values.Length; i++)
                values[i] = Math.Max(values[i], received[i]);
        }

        cluster.Broadcast(MemoryMarshal.AsBytes(values.AsSpan()));
    }

    /// <summary>Sends bytes to another rank, which need not know how many they are.</summary>
    public static void Send(this ICluster cluster, int rank, ReadOnlySpan<byte> bytes)
    {
        cluster.Exchange(rank, BitConverter.GetBytes(bytes.Length), -1, default);
        cluster.Exchange(rank, bytes, -1, default);
    }

    /// <summary>The bytes that another rank sends by <see cref="Send"/>.</summary>
    public static byte[] Receive(this ICluster cluster, int rank)
    {
        var length = new byte[sizeof(int)];
        cluster.Exchange(-1, default, rank, length);
        var bytes = new byte[BitConverter.ToInt32(length)];
        cluster.Exchange(-1, default, rank, bytes);
        return bytes;
    }

    /// <summary>Every rank's bytes, on every rank.</summary>
    public static byte[][] Gather(this ICluster cluster, byte[] own)
    {
        if (cluster.Rank > 0)
            cluster.Send(0, own);
        byte[][] all = [.. Enumerable.Range(0, cluster.Size).Select(rank =>
            cluster.Rank > 0 ? [] : rank == 0 ? own : cluster.Receive(rank))];
        int[] lengths = [.. all.Select(bytes => bytes.Length)];
        cluster.Broadcast(MemoryMarshal.AsBytes(lengths.AsSpan()));
        for (var rank = 0; rank < cluster.Size; rank++)
        {
            if (cluster.Rank > 0)
                all[rank] = new byte[lengths[rank]];
            if (lengths[rank] > 0)
                cluster.Broadcast(all[rank]);
        }

        return all;
    }

    /// <summary>Every rank's text, on every rank.</summary>
    public static string[] Gather(this ICluster cluster, string own) =>
        [.. cluster.Gather(Encoding.UTF8.GetBytes(own)).Select(Encoding.UTF8.GetString)];

    /// <summary>Every rank's number, on every rank.</summary>
    public static long[] Gather(this ICluster cluster, long own) =>
        [.. cluster.Gather(BitConverter.GetBytes(own)).Select(bytes => BitConverter.ToInt64(bytes))];

    /// <summary>
    /// Does what may go wrong on one rank alone, such as reading rows: where it does, every rank throws, and names that rank and the cause.
    /// </summary>
    public static T Together<T>(this ICluster cluster, Func<T> work)
    {
        T result = default!;
        Exception? failure = null;
        try
        {
            result = work();
        }
        catch (Exception caught)
        {
            failure = caught;
        }

        var failures = cluster.Gather(failure is null ? "" : $"{(failure is OperationCanceledException ? "c" : "f")}{failure.Message}");
        var rank = Array.FindIndex(failures, text => text.Length > 0);
        if (rank < 0)
            return result;
        if (failure is OperationCanceledException || failures[rank][0] == 'c')
            throw Agreed(new OperationCanceledException(failures[rank][1..], failure));
        throw Agreed(new InvalidOperationException($"Rank {rank} of {cluster.Size}: {failures[rank][1..]}", failure));
    }

    /// <summary>Refuses ranks that say different things.</summary>
    /// <param name="cluster">The ranks.</param>
    /// <param name="lines">What must be the same on all of them, each line a name, a colon and a value.</param>
    public static void Agree(this ICluster cluster, IEnumerable<string> lines)
    {
        var all = cluster.Gather(string.Join('\n', lines)).Select(text => text.Split('\n')).ToArray();
        for (var rank = 1; rank < all.Length; rank++)
        {
            for (var i = 0; i < Math.Max(all[0].Length, all[rank].Length); i++)
            {
                string first = all[0].ElementAtOrDefault(i) ?? "nothing", other = all[rank].ElementAtOrDefault(i) ?? "nothing";
                if (first != other)
                {
                    throw Agreed(new InvalidOperationException(
                        $"Rank {rank} of {all.Length} has {PlainText.Escape(other)}, and rank 0 has {PlainText.Escape(first)}; all ranks "
                            + "must be started alike."));
                }
            }
        }
    }

    /// <summary>
    /// Runs what all ranks do together; an error that this rank alone has met is told to the others, which wait for it in vain.
    /// </summary>
    public static T Guard<T>(this ICluster? cluster, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (cluster is not null && !failure.Data.Contains(IsAgreed))
        {
            cluster.Fail(failure);
            throw;
        }
    }

    /// <summary>Marks an error that all ranks meet alike: nobody waits.</summary>
    public static Exception Agreed(Exception failure)
    {
        failure.Data[IsAgreed] = true;
        return failure;
    }
}
