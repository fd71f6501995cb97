using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The checkpoint of a cluster: rank 0's file, of which every rank takes up the state.</summary>
internal static class SharedCheckpoint
{
    /// <summary>
    /// The options of a rank: rank 0's own, and for the others a copy of its files, which they read and never write. They are saved after
    /// whole epochs, since the ranks' clocks do not agree.
    /// </summary>
    public static CheckpointOptions Of(ICluster cluster, CheckpointOptions options)
    {
        options = options with { EveryEpochs = options.EveryEpochs ?? 1, Interval = null };
        var path = cluster.Rank == 0
            ? options.Path
            : Path.Combine(Path.GetTempPath(), $"cluster-checkpoint-{Guid.NewGuid():N}");
        foreach (var file in (string[])[options.Path, Checkpoint.PreviousOf(options.Path)])
        {
            var bytes = cluster.Together(() => cluster.Rank == 0 && File.Exists(file) && CheckpointFile.LengthOf(file) > 0
                ? File.ReadAllBytes(file)
                : []);
            var length = cluster.FirstOf(bytes.Length);
            if (length == 0)
                continue;
            if (cluster.Rank > 0)
                bytes = new byte[length];
            cluster.Broadcast(bytes);
            if (cluster.Rank > 0)
                File.WriteAllBytes(file == options.Path ? path : Checkpoint.PreviousOf(path), bytes);
        }

        return options with { Path = path, IsWritten = cluster.Rank == 0 };
    }
}
