using MLNet.CrossEntropy.Linear;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class RowOrderTests
{
    [Fact]
    public void Every_epoch_visits_every_row_once_in_a_new_order()
    {
        var order = new RowOrder(1_000, seed: 7);
        var first = order.NextEpoch().ToArray();
        var second = order.NextEpoch().ToArray();
        Assert.Equal(Enumerable.Range(0, 1_000), first.Order());
        Assert.Equal(Enumerable.Range(0, 1_000), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(Enumerable.Range(0, 1_000), first);
    }

    [Fact]
    public void The_seed_decides_the_order()
    {
        Assert.Equal(new RowOrder(50, 3).NextEpoch(), new RowOrder(50, 3).NextEpoch());
        Assert.NotEqual(new RowOrder(50, 3).NextEpoch().ToArray(), new RowOrder(50, 4).NextEpoch().ToArray());
    }

    [Fact]
    public void Every_row_is_equally_likely_at_every_place()
    {
        var order = new RowOrder(8, seed: 1);
        var counts = new int[8, 8];
        const int Epochs = 8_000;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            var rows = order.NextEpoch();
            for (var place = 0; place < 8; place++)
                counts[place, rows[place]]++;
        }

        // 1,000 expected in each cell, standard deviation 30: five of them.
        foreach (var count in counts)
            Assert.InRange(count, 850, 1_150);
    }
}
