using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Linear;

/// <summary>What one pass over the training rows tells of them as a whole.</summary>
internal sealed record RowSummary
{
    /// <summary>How many rows there are.</summary>
    public required long Rows { get; init; }

    /// <summary>The rows of each chunk, the last perhaps having fewer.</summary>
    public required int ChunkRows { get; init; }

    /// <summary>How many features each row has.</summary>
    public required int Features { get; init; }

    /// <summary>Whether the rows are sparse.</summary>
    public required bool IsSparse { get; init; }

    /// <summary>The bytes of the largest chunk's arrays.</summary>
    public required long LargestChunkBytes { get; init; }

    /// <summary>About how many values of a row are stored: all features, or the non-zeros of a sparse row (8 bytes each).</summary>
    public long ValuesPerRow => IsSparse ? Math.Max(1, LargestChunkBytes / (8L * ChunkRows)) : Features;

    /// <summary>The sum of the example weights.</summary>
    public required double TotalWeight { get; init; }

    /// <summary>The sum of the example weights, each times that of its target.</summary>
    public required double TargetWeight { get; init; }

    /// <summary>The biases of the best model that looks at no feature.</summary>
    public required float[] PriorBiases { get; init; }

    /// <summary>The weight of each output: of the rows of its class, or of their shares in it.</summary>
    public required double[] OutputWeights { get; init; }

    /// <summary>Reads all rows once.</summary>
    /// <exception cref="ArgumentException">There are no rows, none has weight, or the chunks are not alike.</exception>
    public static RowSummary Of(IEnumerable<RowSet> chunks, LogitLoss loss, int outputs)
    {
        RowSummary? sum = null;
        var priors = new ClassPriors(loss, outputs);
        foreach (var rows in chunks)
        {
            sum ??= new RowSummary
            {
                Rows = 0,
                ChunkRows = rows.Rows,
                Features = rows.Features,
                IsSparse = rows.IsSparse,
                TotalWeight = 0,
                LargestChunkBytes = 0,
                TargetWeight = 0,
                PriorBiases = [],
                OutputWeights = [],
            };
            if (rows.Features != sum.Features || rows.IsSparse != sum.IsSparse)
                throw new ArgumentException($"The chunk of rows from {sum.Rows} on has {rows.Features} features, sparse: {rows.IsSparse}, and the first {sum.Features}, sparse: {sum.IsSparse}; all must be alike.", nameof(chunks));
            sum = sum with
            {
                Rows = sum.Rows + rows.Rows,
                TotalWeight = sum.TotalWeight + rows.TotalWeight,
                LargestChunkBytes = Math.Max(sum.LargestChunkBytes, rows.Bytes),
            };
            priors.Add(rows);
        }

        if (sum is null)
            throw new ArgumentException("There are no rows.", nameof(chunks));
        return sum.TotalWeight > 0
            ? sum with { TargetWeight = priors.TargetWeight, PriorBiases = priors.Biases(), OutputWeights = priors.Sums }
            : throw new ArgumentException($"The {sum.Rows} training rows weigh {sum.TotalWeight} in all; at least one must have a positive weight.", nameof(chunks));
    }

    /// <summary>The steps of an epoch: a batch never reaches over the end of its chunk.</summary>
    public long Steps(int batchSize)
    {
        long InChunk(long rows) => (rows + batchSize - 1) / batchSize;
        return Rows / ChunkRows * InChunk(ChunkRows) + InChunk(Rows % ChunkRows);
    }
}
