using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>One of the shares into which all rows of a cluster are cut; this rank has its rows.</summary>
/// <param name="Index">Which one, from 0.</param>
/// <param name="From">Its first row, in this rank's numbering.</param>
/// <param name="To">The row after its last.</param>
/// <param name="First">Its first row's number among all rows.</param>
internal readonly record struct RowShare(int Index, int From, int To, long First)
{
    /// <summary>Its part of what there is for each unit of this rank's rows.</summary>
    public ReadOnlySpan<T> Units<T>(ReadOnlySpan<T> units) => units.Slice(
        From / RowProducts.UnitRows, (To - From + RowProducts.UnitRows - 1) / RowProducts.UnitRows);
}

/// <summary>
/// The rows of a cluster: all ranks' rows, one rank's after the other's, are cut into shares whose number follows from the rows alone, and
/// dealt out in runs of shares. Every sum over rows is one over each share, then over shares along a <see cref="TreeSum"/>: the same bits,
/// however many ranks there are.
/// </summary>
internal sealed class RowShares : IDisposable
{
    /// <summary>The shares of all rows; more where there are more ranks.</summary>
    public const int UsualShares = 64;

    // What a share has of rows is a multiple of this, so that no unit of rows reaches over its end.
    private const int UnitRows = RowProducts.UnitRows;

    // As a reader of rows lays them out: blocks of 1 to 4 MB, and sparse rows where fewer values than this share are not zero.
    private const double SparseBelow = 0.25;
    private const int ValuesPerDenseBlock = 1 << 19;
    private const int NonZerosPerSparseBlock = 1 << 18;
    private const int MostRowsPerBlock = 1 << 16;

    private readonly TreeSum _tree;
    private readonly Dictionary<int, RowShare> _local;

    private readonly int _outputs;
    private double[] _total = [];

    private RowShares(ICluster cluster, long rows, long nonZeros, int count, IReadOnlyList<RowBlock> own, int outputs)
    {
        _outputs = outputs;
        (Cluster, Rows, NonZeros, Count) = (cluster, rows, nonZeros, count);
        Own = new RowSet(own);
        _tree = new TreeSum(cluster, count);
        var first = FirstRow(_tree.Leaves.From);
        _local = Enumerable.Range(_tree.Leaves.From, _tree.Leaves.To - _tree.Leaves.From).ToDictionary(
            index => index,
            index => new RowShare(index, (int)(FirstRow(index) - first), (int)(FirstRow(index + 1) - first), FirstRow(index)));
    }

    public ICluster Cluster { get; }

    /// <summary>How many rows all ranks have.</summary>
    public long Rows { get; }

    /// <summary>How many of their values are not 0.</summary>
    public long NonZeros { get; }

    /// <summary>How many shares there are.</summary>
    public int Count { get; }

    /// <summary>The rows of this rank.</summary>
    public RowSet Own { get; private set; }

    /// <summary>The shares of this rank, in order.</summary>
    public IEnumerable<RowShare> Local => _local.Values;

    /// <summary>The rows of the largest share.</summary>
    public int LargestShare => Enumerable.Range(0, Count).Max(index => (int)(FirstRow(index + 1) - FirstRow(index)));

    /// <summary>Ends a fit early, on all ranks at the same place; asked with every sum.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Whether a rank was cancelled before the last sum.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Deals the rows out that the ranks have read.</summary>
    /// <param name="cluster">The ranks.</param>
    /// <param name="own">This rank's rows.</param>
    /// <param name="outputs">The width of vector targets.</param>
    /// <param name="cancellation">Ends the fit.</param>
    /// <param name="form">Whether rows shall be sparse; null decides by their values.</param>
    /// <param name="what">What the rows are for, for the error.</param>
    /// <exception cref="InvalidOperationException">There are fewer rows than the ranks need.</exception>
    public static RowShares Deal(
        ICluster cluster, IReadOnlyList<RowBlock> own, int outputs, CancellationToken cancellation, bool? form = null,
        string what = "training")
    {
        var read = Ends(cluster.Gather(own.Sum(block => (long)block.Rows)));
        var nonZeros = cluster.Gather(own.Sum(RowForm.NonZeros)).Sum();
        var rows = read[^1];
        var units = (rows + UnitRows - 1) / UnitRows;
        var usual = Math.Max(UsualShares, (int)BitOperations.RoundUpToPowerOf2((uint)cluster.Size));
        var count = (int)Math.Min(usual, units);
        if (count < cluster.Size)
        {
            throw ClusterMessages.Agreed(new InvalidOperationException($"There are {rows} {what} rows for {cluster.Size} ranks; each needs "
                + $"{UnitRows} at least: start at most {count} ranks."));
        }

        long[] wanted = [.. Enumerable.Range(0, cluster.Size + 1)
            .Select(rank => FirstRow(TreeSum.LeavesOf(rank, cluster.Size, count).From, rows, count))];
        var perRow = nonZeros / (double)rows;
        var features = own[0].Features;
        var isSparse = form ?? perRow < SparseBelow * features;
        var blockRows = isSparse ? NonZerosPerSparseBlock / Math.Max(1, perRow) : ValuesPerDenseBlock / (double)features;
        var powerOfTwo = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(blockRows, 1, MostRowsPerBlock));
        var dealt = new RowDeal(cluster, own, isSparse, outputs).Deal(read, wanted, powerOfTwo);
        float[] largest = [dealt.Select(block => block.LargestWeight).Append(0).Max()];
        cluster.Max(largest);
        var weightScale = RowBlock.WeightScale(largest[0]);
        return new RowShares(cluster, rows, nonZeros, count, [.. dealt.Select(block => block.Weighing(weightScale))], outputs)
        {
            Cancellation = cancellation,
        };
    }

    /// <summary>
    /// The sum over all shares of a vector that each has, with one number more; the same bits on every rank. It stands until the next sum.
    /// </summary>
    /// <param name="length">The vectors' length.</param>
    /// <param name="fill">Fills the vector of a share, which is all 0 before.</param>
    public double[] Sum(int length, Action<RowShare, double[]> fill)
    {
        // Whether a rank has been cancelled travels along.
        if (_total.Length != length + 1)
            _total = new double[length + 1];
        _tree.Sum(length + 1, Fill, _total);
        IsCancelled |= _total[length] > 0;
        return _total;

        void Fill(int index, double[] values)
        {
            fill(_local[index], values);
            values[length] = Cancellation.IsCancellationRequested ? 1 : 0;
        }
    }

    /// <summary>
    /// Stores dense rows around the means of those features whose mean is large beside their variation: what is subtracted; null for
    /// nothing.
    /// </summary>
    public float[]? CentreRows()
    {
        if (Own.IsSparse)
            return null;
        var moments = FeatureMoments.Of(this);
        float[] centre = [.. moments.Means.Select((mean, j) => RowBlock.IsLargeMean(mean, moments.Ordinary[j]) ? mean : 0)];
        if (centre.All(mean => mean == 0))
            return null;
        RowBlock[] centred = [.. Own.Blocks.ToArray().Select(block => block.Around(centre))];
        Own.Dispose();
        Own = new RowSet(centred);
        return centre;
    }

    /// <summary>The same rows on every rank, spread over all.</summary>
    public RowBlock Sample(int most)
    {
        var count = Math.Min(most, Rows);
        var (from, to) = (Local.First().First, Local.Last().First + Local.Last().To - Local.Last().From);
        int[] rows = [.. Enumerable.Range(0, (int)count).Select(i => RowSample.NumberOf(i, (int)count, Rows, seed: 0))
            .Where(row => row >= from && row < to).Select(row => (int)(row - from))];
        RowBlock[] own = [.. Own.Blocks];
        var taken = rows.Select(row => RowForm.Take(own, row, 1, Own.IsSparse, _outputs)).ToArray();
        var like = own[0];
        var all = Cluster.Gather(taken.Length == 0 ? [] : RowBytes.Of(RowBytes.Join(taken, like, _outputs)));
        RowBlock[] parts = [.. all.Where(bytes => bytes.Length > 0).Select(bytes => RowBytes.Read(bytes, like, _outputs))];
        return RowBytes.Join(parts, like, _outputs) with { Centre = like.Centre };
    }

    /// <summary>What each rank keeps of its rows, all ranks' one after the other, as one process would have it.</summary>
    /// <param name="state">The stream; it is written by rank 0 alone.</param>
    /// <param name="values">The values of this rank's rows.</param>
    /// <param name="perRow">How many a row has.</param>
    public void Serialize(StateStream state, NativeBuffer<float> values, int perRow)
    {
        for (var rank = 0; rank < Cluster.Size; rank++)
        {
            var (first, end) = TreeSum.LeavesOf(rank, Cluster.Size, Count);
            for (var share = first; share < end; share++)
            {
                // A share at a time is all that a rank needs to hold of another's.
                var rows = (int)(FirstRow(share + 1) - FirstRow(share));
                var part = new float[rows * perRow];
                var own = rank == Cluster.Rank ? values.Span((long)_local[share].From * perRow, part.Length) : default;
                own.CopyTo(part);
                if (!state.IsReading && rank != 0)
                    Cluster.Exchange(
                        rank == Cluster.Rank ? 0 : -1, MemoryMarshal.AsBytes(part.AsSpan()),
                        Cluster.Rank == 0 ? rank : -1, MemoryMarshal.AsBytes(part.AsSpan()));
                state.Values(part.AsSpan());
                if (state.IsReading)
                    part.AsSpan(0, own.Length).CopyTo(own);
            }
        }
    }

    /// <summary>SHA-256 of all that all rows hold, in hexadecimal; the same for any number of ranks.</summary>
    public string Fingerprint()
    {
        const int Piece = 1 << 12;
        using var hashes = new MemoryStream();
        RowBlock[] own = [.. Own.Blocks];
        foreach (var share in Local)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var row = share.From; row < share.To; row += Piece)
                hash.AppendData(RowBytes.Of(RowForm.Take(own, row, Math.Min(Piece, share.To - row), Own.IsSparse, _outputs)));
            hashes.Write(hash.GetHashAndReset());
        }

        return Convert.ToHexStringLower(SHA256.HashData(Cluster.Gather(hashes.ToArray()).SelectMany(bytes => bytes).ToArray()));
    }

    public void Dispose() => Own.Dispose();

    private static long[] Ends(long[] counts)
    {
        var ends = new long[counts.Length + 1];
        for (var i = 0; i < counts.Length; i++)
            ends[i + 1] = ends[i] + counts[i];
        return ends;
    }

    private static long FirstRow(int share, long rows, int count)
    {
        var units = (rows + UnitRows - 1) / UnitRows;
        return Math.Min(rows, (long)((Int128)units * share / count) * UnitRows);
    }

    private long FirstRow(int share) => FirstRow(share, Rows, Count);
}
