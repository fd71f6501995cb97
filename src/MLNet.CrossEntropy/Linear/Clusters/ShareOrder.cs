using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The order in which an epoch visits the rows of a cluster: each share has one of its own, decided by the seed and the share alone, and
/// gives its part of every batch.
/// </summary>
internal sealed class ShareOrder : IRowOrder
{
    private readonly (RowShare Share, RowOrder Order)[] _orders;
    private int[] _batch = [];

    public ShareOrder(RowShares shares, int seed)
    {
        Count = shares.LargestShare;
        _orders = [.. shares.Local.Select(share =>
            (share, new RowOrder(share.To - share.From, (int)SplitMix64.Mix((uint)seed + (ulong)share.Index * SplitMix64.Gamma))))];
    }

    /// <summary>The rows of the largest share, be it this rank's or another's: every rank takes as many steps.</summary>
    public int Count { get; }

    /// <summary>Of each share of this rank the rows from a place on, share after share.</summary>
    public ReadOnlySpan<int> Batch(int from, int size)
    {
        if (_batch.Length < size * _orders.Length)
            _batch = new int[size * _orders.Length];
        var count = 0;
        foreach (var (share, order) in _orders)
        {
            foreach (var row in from < order.Count ? order.Batch(from, size) : [])
                _batch[count++] = share.From + row;
        }

        return _batch.AsSpan(0, count);
    }

    public void Shuffle()
    {
        foreach (var (_, order) in _orders)
            order.NextEpoch();
    }

    public void Serialize(StateStream state, long most)
    {
        // All have been shuffled as often: one number stands for all, whoever has them.
        _orders[0].Order.Serialize(state, most);
        for (var i = 1; i < _orders.Length; i++)
            _orders[i].Order.ShuffleLike(_orders[0].Order);
    }
}
