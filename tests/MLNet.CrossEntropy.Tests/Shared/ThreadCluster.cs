using System.Collections.Concurrent;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>The ranks of a cluster as threads of this process, whose messages are arrays in queues.</summary>
internal sealed class ThreadCluster : ICluster
{
    private readonly Job _job;

    private ThreadCluster(Job job, int rank) => (_job, Rank) = (job, rank);

    public int Rank { get; }

    public int Size => _job.Size;

    public long Messages { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Runs the same work on so many ranks; returns what each has made, or throws what the first to throw has thrown.</summary>
    public static T[] Run<T>(int size, Func<ThreadCluster, T> work)
    {
        var outcomes = Try(size, work);
        return [.. outcomes.Select(outcome => outcome.Failure is null ? outcome.Result! : throw new InvalidOperationException(
            outcome.Failure.Message, outcome.Failure))];
    }

    /// <summary>Runs the same work on so many ranks; returns what each has made or thrown.</summary>
    public static (T? Result, Exception? Failure)[] Try<T>(int size, Func<ThreadCluster, T> work)
    {
        var job = new Job(size);
        var outcomes = new (T?, Exception?)[size];
        Thread[] ranks = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                outcomes[rank] = (work(new ThreadCluster(job, rank)), null);
            }
            catch (Exception failure)
            {
                outcomes[rank] = (default, failure);
            }
        }))];
        foreach (var rank in ranks)
        {
            rank.IsBackground = true;
            rank.Start();
        }

        foreach (var rank in ranks)
            Assert.True(rank.Join(TimeSpan.FromSeconds(20)), "A rank waits for ever.");
        return outcomes;
    }

    public void Exchange(int receiver, ReadOnlySpan<byte> message, int sender, Span<byte> received)
    {
        if (receiver >= 0)
        {
            _job.Queue(Rank, receiver).Add(message.ToArray());
            (Messages, Bytes) = (Messages + 1, Bytes + message.Length);
        }

        if (sender < 0)
            return;
        byte[]? arrived;
        while (!_job.Queue(sender, Rank).TryTake(out arrived, 20))
        {
            if (_job.Failure is { } failure)
                throw new InvalidOperationException(failure);
        }

        Assert.Equal(received.Length, arrived.Length);
        arrived.CopyTo(received);
    }

    public void Fail(Exception cause) => _job.Failure ??= $"Rank {Rank} of {Size} failed: {cause.Message}";

    private sealed class Job(int size)
    {
        private readonly BlockingCollection<byte[]>[] _queues =
            [.. Enumerable.Range(0, size * size).Select(_ => new BlockingCollection<byte[]>())];

        public int Size => size;

        public string? Failure { get; set; }

        public BlockingCollection<byte[]> Queue(int from, int to) => _queues[from * size + to];
    }
}
