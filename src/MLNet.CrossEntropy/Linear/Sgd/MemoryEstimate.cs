
namespace MLNet.CrossEntropy.Linear;

/// <summary>About how many bytes a fit will take, from the sizes of what it keeps.</summary>
internal static class MemoryEstimate
{
    /// <summary>Rows (of one chunk where they are not kept), their order, validation rows, the method's memory, and the model in all its copies.</summary>
    public static long Of(RowSummary rows, IReadOnlyList<RowBlock> validation, SgdOptions options, SgdPlan plan)
    {
        long outputs = options.Outputs, weights = outputs * (rows.Features + 1);
        var isSaga = plan.Solver == Solver.Saga;
        var slots = rows.IsSparse ? 0 : (options.Optimizer ?? new Sgd { Momentum = options.Momentum }).Slots;

        // The weights, those to come back to, their gradient in the certificate and those returned; on dense rows raw weights, the
        // gradients in raw and in scaled ones, and the optimizer's slots twice; on sparse ones how far each feature has caught up.
        var floats = weights * (4 + (rows.IsSparse ? 0 : 3 + 2 * slots) + (isSaga ? 1 : 0)) + (rows.IsSparse ? 2L * rows.Features : 0);
        var table = isSaga ? rows.Rows * outputs : 0;
        if (plan.Solver == Solver.Newton)
            floats = NewtonStep.Floats(rows.Features, outputs, rows.Rows);
        var batch = 2L * plan.BatchSize * outputs;
        return rows.LargestChunkBytes + validation.Sum(BytesOf) + sizeof(int) * Math.Min(rows.Rows, rows.ChunkRows) + sizeof(float) * (floats + table + batch);
    }

    /// <summary>The bytes of a block's arrays.</summary>
    public static long BytesOf(RowBlock block) => 4 * (block.Values.LongLength + Length(block.RowStarts) + Length(block.Indices)
        + Length(block.Classes) + Length(block.Targets) + Length(block.Weights));

    private static long Length(Array? array) => array?.LongLength ?? 0;
}
