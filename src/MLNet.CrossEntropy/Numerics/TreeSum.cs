using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Numerics;

/// <summary>
/// Sums of vectors, one for each of a fixed number of leaves, along a fixed binary tree: leaf 0 and 1, 2 and 3, then these pairs, and so
/// on, each left before right. The ranks of a cluster have runs of leaves; who has which changes no bit.
/// </summary>
/// <remarks>
/// A rank adds up all that lies within its own run and sends no more than the few nodes that are left. Short vectors go up the tree, from
/// the rank of a right node to that of the left one, and down again: latency counts. Of long ones each rank adds up a slice and tells the
/// others: bytes count, and each rank sends about as many as the vector has twice. (Thakur, Rabenseifner and Gropp 2005, "Optimization of
/// collective communication operations in MPICH".)
/// </remarks>
internal sealed class TreeSum
{
    private const int ShortBytes = 1 << 16;

    private readonly ICluster _cluster;
    private readonly Node[][] _nodes;
    private readonly List<(Node Node, double[] Values)> _sums = [];

    // By length; vectors that are made anew in every pass keep the garbage collector busy for longer than their sums take.
    private readonly Dictionary<int, Stack<double[]>> _spares = [];
    private int _length;
    private int _next;

    /// <param name="cluster">The ranks.</param>
    /// <param name="leaves">How many leaves there are; at least one a rank.</param>
    public TreeSum(ICluster cluster, int leaves)
    {
        _cluster = cluster;
        _nodes = [.. Enumerable.Range(0, cluster.Size).Select(rank => NodesOf(LeavesOf(rank, cluster.Size, leaves)))];
        Leaves = LeavesOf(cluster.Rank, cluster.Size, leaves);
    }

    /// <summary>The leaves of this rank.</summary>
    public (int From, int To) Leaves { get; }

    /// <summary>The leaves of a rank.</summary>
    public static (int From, int To) LeavesOf(int rank, int ranks, int leaves) =>
        ((int)((long)leaves * rank / ranks), (int)((long)leaves * (rank + 1) / ranks));

    /// <summary>Sums of vectors; all ranks call it with the same length.</summary>
    /// <param name="length">The vectors' length.</param>
    /// <param name="fill">Fills a leaf's vector, which is all 0 before; called for this rank's leaves, in order.</param>
    /// <param name="total">Receives the sum over all ranks' leaves.</param>
    public void Sum(int length, Action<int, double[]> fill, Span<double> total)
    {
        (_length, _next) = (length, Leaves.From);
        for (; _next < Leaves.To; _next++)
        {
            var values = Rent(length);
            Array.Clear(values);
            fill(_next, values);
            Push(_sums, new Node(_next, 0), values, Merge);
        }

        if (_cluster.Size == 1 || length * sizeof(double) < ShortBytes)
            SumShort(total);
        else
            SumLong(total);
        foreach (var (_, values) in _sums)
            Return(values);
        _sums.Clear();
    }

    private static Node[] NodesOf((int From, int To) leaves)
    {
        List<(Node Node, int Values)> nodes = [];
        for (var leaf = leaves.From; leaf < leaves.To; leaf++)
            Push(nodes, new Node(leaf, 0), 0, (left, _, _, _) => left);
        return [.. nodes.Select(node => node.Node)];
    }

    /// <summary>Takes up the next node of a row of them, which merges with those to its left that it completes.</summary>
    private static void Push<T>(List<(Node Node, T Values)> row, Node node, T values, Func<T, T, Node, Node, T> merge)
    {
        for (; row.Count > 0 && row[^1].Node.IsLeftOf(node); row.RemoveAt(row.Count - 1))
            (node, values) = (row[^1].Node with { Level = node.Level + 1 }, merge(row[^1].Values, values, row[^1].Node, node));
        row.Add((node, values));
    }

    /// <summary>What is left of a row in the end, the rightmost two first.</summary>
    private static T Fold<T>(List<(Node Node, T Values)> row, Func<T, T, Node, Node, T> merge)
    {
        for (; row.Count > 1; row.RemoveAt(row.Count - 1))
            row[^2] = (row[^2].Node, merge(row[^2].Values, row[^1].Values, row[^2].Node, row[^1].Node));
        return row[0].Values;
    }

    private double[] Merge(double[] left, double[] right, Node leftNode, Node rightNode)
    {
        Add(left, right);
        Return(right);
        return left;
    }

    private double[] Rent(int length) =>
        _spares.TryGetValue(length, out var spares) && spares.TryPop(out var spare) ? spare : new double[length];

    private void Return(double[] values)
    {
        if (!_spares.TryGetValue(values.Length, out var spares))
            _spares[values.Length] = spares = [];
        spares.Push(values);
    }

    private static void Add(Span<double> left, ReadOnlySpan<double> right)
    {
        var n = 0;
        for (; n <= left.Length - System.Numerics.Vector<double>.Count; n += System.Numerics.Vector<double>.Count)
            (new System.Numerics.Vector<double>(left[n..]) + new System.Numerics.Vector<double>(right[n..])).CopyTo(left[n..]);
        for (; n < left.Length; n++)
            left[n] += right[n];
    }

    /// <summary>Up the tree to rank 0, which has the first leaf, and down to all.</summary>
    private void SumShort(Span<double> total)
    {
        var own = _sums.ToDictionary(sum => sum.Node.Start, sum => sum.Values);
        var received = Rent(_length);
        List<(Node Node, int Values)> row = [];
        for (var rank = 0; rank < _cluster.Size; rank++)
        {
            foreach (var node in _nodes[rank])
                Push(row, node, rank, Bring);
        }

        Fold(row, Bring);
        Return(received);
        if (_cluster.Rank == 0)
            own[0].AsSpan(0, _length).CopyTo(total);
        _cluster.Broadcast(MemoryMarshal.AsBytes(total));

        int Bring(int leftRank, int rightRank, Node left, Node right)
        {
            if (leftRank == rightRank && leftRank == _cluster.Rank)
                Add(own[left.Start], own[right.Start]);
            else if (rightRank == _cluster.Rank)
                _cluster.Exchange(leftRank, MemoryMarshal.AsBytes<double>(own[right.Start]), -1, default);
            else if (leftRank == _cluster.Rank)
            {
                _cluster.Exchange(-1, default, rightRank, MemoryMarshal.AsBytes(received.AsSpan()));
                Add(own[left.Start], received);
            }

            return leftRank;
        }
    }

    /// <summary>Each rank its slice of all vectors, then all slices to all.</summary>
    private void SumLong(Span<double> total)
    {
        int rank = _cluster.Rank, size = _cluster.Size;
        var (from, to) = LeavesOf(rank, size, _length);
        var slices = new double[size][];
        slices[rank] = Slices(from, to);
        for (var away = 1; away < size; away++)
        {
            int next = (rank + away) % size, before = (rank + size - away) % size;
            var (start, end) = LeavesOf(next, size, _length);
            slices[before] = Rent(_nodes[before].Length * (to - from));
            var sent = Slices(start, end);
            _cluster.Exchange(next, MemoryMarshal.AsBytes<double>(sent), before, MemoryMarshal.AsBytes(slices[before].AsSpan()));
            Return(sent);
        }

        List<(Node Node, (int Rank, int Place) Values)> row = [];
        for (var owner = 0; owner < size; owner++)
        {
            for (var i = 0; i < _nodes[owner].Length; i++)
                Push(row, _nodes[owner][i], (owner, i), Merge);
        }

        var (first, place) = Fold(row, Merge);
        slices[first].AsSpan(place * (to - from), to - from).CopyTo(total[from..to]);
        Array.ForEach(slices, Return);
        for (var away = 1; away < size; away++)
        {
            int next = (rank + away) % size, before = (rank + size - away) % size;
            var (start, end) = LeavesOf(before, size, _length);
            _cluster.Exchange(next, MemoryMarshal.AsBytes(total[from..to]), before, MemoryMarshal.AsBytes(total[start..end]));
        }

        (int, int) Merge((int Rank, int Place) left, (int Rank, int Place) right, Node leftNode, Node rightNode)
        {
            var length = to - from;
            Add(slices[left.Rank].AsSpan(left.Place * length, length), slices[right.Rank].AsSpan(right.Place * length, length));
            return left;
        }
    }

    private double[] Slices(int from, int to)
    {
        var slices = Rent(_sums.Count * (to - from));
        for (var i = 0; i < _sums.Count; i++)
            _sums[i].Values.AsSpan(from, to - from).CopyTo(slices.AsSpan(i * (to - from)));
        return slices;
    }

    /// <summary>The 2^level leaves from a start on.</summary>
    private readonly record struct Node(int Start, int Level)
    {
        public bool IsLeftOf(Node right) =>
            Level == right.Level && Start + (1 << Level) == right.Start && Start % (2 << Level) == 0;
    }
}
