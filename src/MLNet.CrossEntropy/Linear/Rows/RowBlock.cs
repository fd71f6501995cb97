using System.Collections;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// A block of example rows: dense (row-major <c>[rows, features]</c>) or sparse (compressed sparse rows, CSR), with their
/// targets and weights. Linear models know nothing else; where the rows come from is not their business.
/// </summary>
internal sealed record RowBlock
{
    // A mean of this many standard deviations costs logits as many of a float's 24 binary digits as it has: 8.
    private const double LargeMean = 256;

    // Errors and features have room for 28 powers of ten more.
    private const float FarWeight = 1L << 32;

    private RowBlock(int rows, int features, float[] values, int[]? rowStarts, int[]? indices)
    {
        Rows = rows;
        Features = features;
        Values = values;
        RowStarts = rowStarts;
        Indices = indices;
    }

    /// <summary>How many rows the block holds.</summary>
    public int Rows { get; }

    /// <summary>How many features each row has.</summary>
    public int Features { get; }

    /// <summary>Dense: <c>[rows, features]</c>, row-major. Sparse: the explicit values, row after row.</summary>
    public float[] Values { get; }

    /// <summary>
    /// Sparse only: row r owns <c>[RowStarts[r], RowStarts[r + 1])</c> of <see cref="Indices"/> and <see cref="Values"/>.
    /// </summary>
    public int[]? RowStarts { get; }

    /// <summary>Sparse only: the feature index of each value, strictly increasing within a row.</summary>
    public int[]? Indices { get; }

    /// <summary>Whether the rows are stored as CSR.</summary>
    public bool IsSparse => RowStarts is not null;

    /// <summary>Hard labels: the class index of each row (0 or 1 for a binary model). Null when <see cref="Targets"/> is given.</summary>
    public int[]? Classes { get; init; }

    /// <summary>Soft or multi-label targets <c>[rows, outputs]</c>, row-major. Null when <see cref="Classes"/> is given.</summary>
    public float[]? Targets { get; init; }

    /// <summary>Example weights, one a row; null means that every row weighs 1.</summary>
    public float[]? Weights { get; init; }

    /// <summary>
    /// The group of each row, 0 for a row of none: rows of a group are held out together. Null where no row has one.
    /// </summary>
    public ulong[]? Groups { get; init; }

    /// <summary>
    /// Dense only: what is subtracted from each feature's values already, since those of a large mean would cancel in floats; null for
    /// nothing. Models of such rows have biases of their own.
    /// </summary>
    public float[]? Centre { get; init; }

    /// <summary>The bytes of its arrays.</summary>
    public long Bytes => 4 * (Values.LongLength + Length(RowStarts) + Length(Indices) + Length(Classes) + Length(Targets)
        + Length(Weights) + 2 * Length(Groups));

    /// <summary>The largest example weight.</summary>
    public float LargestWeight => Weights is null ? 1 : Weights.Take(Rows).Max();

    /// <summary>
    /// What to multiply example weights with: 1, but where the largest is so far from that that its products with errors may leave what
    /// a float can hold. A fit only depends on their ratios, and a power of two loses no digit.
    /// </summary>
    public static float WeightScale(float largest) =>
        largest is > FarWeight or (> 0 and < 1 / FarWeight) ? MathF.ScaleB(1, Math.Clamp(-MathF.ILogB(largest), -126, 126)) : 1;

    /// <summary>The same rows, their weights times <paramref name="scale"/>.</summary>
    public RowBlock Weighing(float scale) => scale == 1
        ? this
        : this with { Weights = [.. Enumerable.Range(0, Rows).Select(row => scale * (Weights?[row] ?? 1))] };

    /// <summary>A block of dense rows over <paramref name="values"/> <c>[rows, features]</c>, which it keeps (no copy).</summary>
    public static RowBlock Dense(int rows, int features, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(values.LongLength, (long)rows * features, nameof(values));
        return new RowBlock(rows, features, values, null, null);
    }

    /// <summary>A block of CSR rows over the given arrays, which it keeps (no copy).</summary>
    public static RowBlock Sparse(int rows, int features, int[] rowStarts, int[] indices, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowStarts.Length, rows + 1, nameof(rowStarts));
        ArgumentOutOfRangeException.ThrowIfLessThan(indices.Length, rowStarts[rows], nameof(indices));
        ArgumentOutOfRangeException.ThrowIfLessThan(values.Length, rowStarts[rows], nameof(values));
        CheckIndices(rows, features, rowStarts, indices);
        return new RowBlock(rows, features, values, rowStarts, indices);
    }

    /// <summary>Whether rows had better be stored around a feature's mean; one that does not vary has nothing to lose.</summary>
    public static bool IsLargeMean(double mean, double variance) => variance > 0 && mean * mean > LargeMean * LargeMean * variance;

    /// <summary>The same rows around another centre; their values are changed in place.</summary>
    public RowBlock Around(float[]? centre)
    {
        if (centre is null && Centre is null)
            return this;
        for (var i = 0; i < Rows * Features; i++)
            Values[i] = (float)((double)Values[i] + (Centre?[i % Features] ?? 0) - (centre?[i % Features] ?? 0));
        return this with { Centre = centre };
    }

    /// <summary>
    /// The biases by which a model of rows around one centre answers the same about the same rows around another:
    /// <c>b_k + sum_j (to_j - from_j) W_kj</c>.
    /// </summary>
    public static float[] BiasesAround(float[] weights, float[] biases, float[]? from, float[]? to)
    {
        var features = weights.Length / biases.Length;
        return from == to ? biases : [.. biases.Select((bias, k) => (float)Enumerable.Range(0, features).Aggregate((double)bias, Add(k)))];

        Func<double, int, double> Add(int k) => (sum, j) => sum + ((double)(to?[j] ?? 0) - (from?[j] ?? 0)) * weights[k * features + j];
    }

    /// <summary>Refuses what the kernels' pointers would follow out of their memory; they look at no index again.</summary>
    private static void CheckIndices(int rows, int features, int[] rowStarts, int[] indices)
    {
        for (var r = 0; r < rows; r++)
        {
            int start = rowStarts[r], end = rowStarts[r + 1];
            if (start < 0 || end < start || (r == 0 && start != 0))
                throw new ArgumentException($"Row {r} begins at {start} and ends at {end}; rows must follow each other from 0 on.",
                    nameof(rowStarts));
            var last = -1;
            foreach (var index in indices.AsSpan(start, end - start))
            {
                if (index <= last || index >= features)
                    throw new ArgumentException($"Row {r} has index {index} after {last}; indices must rise and be below {features}.",
                        nameof(indices));
                last = index;
            }
        }
    }

    private static long Length(Array? array) => array?.LongLength ?? 0;
}

/// <summary>Rows that are read anew in each pass, for data that shall not be held in memory.</summary>
internal interface IRowSource
{
    /// <summary>
    /// One pass over the rows, chunk by chunk: each a list of blocks as <see cref="RowSet"/> wants them, all chunks but the last with
    /// the same number of rows, the same rows in the same order in every pass. A chunk's blocks are the caller's only until it asks
    /// for the next chunk: their arrays are used again. One pass must end before the next begins.
    /// </summary>
    IEnumerable<IReadOnlyList<RowBlock>> Chunks();
}

/// <summary>
/// The rows of a source as sets, one a chunk; each enumeration is a pass, and each set lives until the next is asked for.
/// </summary>
/// <param name="source">Where they come from.</param>
/// <param name="weightScale">What their weights are multiplied with.</param>
internal sealed class RowChunks(IRowSource source, float weightScale = 1) : IEnumerable<RowSet>
{
    public IEnumerator<RowSet> GetEnumerator()
    {
        foreach (var chunk in source.Chunks())
        {
            using var rows = new RowSet([.. chunk.Select(block => block.Weighing(weightScale))]);
            yield return rows;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
