using System.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>The numbers of a fit that are left open by <see cref="SgdOptions"/> and follow from the rows.</summary>
internal sealed record SgdPlan
{
    private const int SmallestBatch = 8;
    private const int LargestBatch = 256;
    private const int LargestSparseBatch = 32;
    private const int BatchesPerEpoch = 64;
    private const int FewestSteps = 6_000;
    private const int ManyRows = 1 << 15;
    private const int FewestStepsOfManyRows = 3_000;
    private const int FewestEpochs = 12;
    private const int MostEpochs = 300;

    private const int MostNewtonSteps = 100;

    private const long LargestTable = 64L << 20;

    // Below this many multiplications a step is over before a second thread has woken up.
    private const long WorthAThread = 40_000;

    /// <summary>How a batch's gradient becomes a step; never <see cref="Solver.Auto"/>.</summary>
    public required Solver Solver { get; init; }

    /// <summary>Rows a step: about a 64th of the rows, a power of two from 8 to 256 (32 for sparse rows).</summary>
    public required int BatchSize { get; init; }

    /// <summary>
    /// Passes over the rows: 12, or as many as make 6,000 steps, but no more than 300. From 32,768 rows on 3,000 steps are enough: they are
    /// steps of large batches, and later ones move the objective less than rows that were not seen would.
    /// </summary>
    public required int Epochs { get; init; }

    /// <summary>Steps an epoch; the last may be a smaller batch.</summary>
    public required long StepsPerEpoch { get; init; }

    /// <summary>The steps of all epochs.</summary>
    public long Steps => StepsPerEpoch * Epochs;

    /// <summary>
    /// Threads that are worth their waiting: never more than asked for, and 1 for small steps. It changes no result.
    /// </summary>
    public required int Threads { get; init; }

    /// <summary>The plan for the given rows.</summary>
    public static SgdPlan For(RowSummary rows, SgdOptions options)
    {
        if (options.Solver == Solver.Newton)
            return ForNewton(rows, options);
        var largest = rows.IsSparse ? LargestSparseBatch : LargestBatch;
        var automatic = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(rows.Rows / BatchesPerEpoch, SmallestBatch, largest));
        var batchSize = Math.Min(options.BatchSize ?? automatic, rows.ChunkRows);
        var steps = rows.Steps(batchSize);
        var fewest = rows.Rows < ManyRows ? FewestSteps : FewestStepsOfManyRows;
        var work = batchSize * options.Outputs * rows.ValuesPerRow;
        var table = rows.Rows * options.Outputs * sizeof(float);
        return new SgdPlan
        {
            Solver = options.Solver != Solver.Auto ? options.Solver : table <= LargestTable ? Solver.Saga : Solver.Sgd,
            BatchSize = batchSize,
            Epochs = options.Epochs ?? (int)Math.Clamp((fewest + steps - 1) / steps, FewestEpochs, MostEpochs),
            StepsPerEpoch = steps,
            Threads = work < WorthAThread ? 1 : options.Threads,
        };
    }

    /// <summary>One step an epoch, over all rows.</summary>
    private static SgdPlan ForNewton(RowSummary rows, SgdOptions options) => new()
    {
        Solver = Solver.Newton,
        BatchSize = rows.ChunkRows,
        Epochs = options.Epochs ?? MostNewtonSteps,
        StepsPerEpoch = 1,
        Threads = rows.Rows * options.Outputs * rows.ValuesPerRow < WorthAThread ? 1 : options.Threads,
    };
}
