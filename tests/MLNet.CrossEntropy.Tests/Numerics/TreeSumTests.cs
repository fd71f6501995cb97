using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Numerics;

/// <summary>Sums over ranks, and what else they tell each other.</summary>
public sealed class TreeSumTests
{
    [Theory]
    [InlineData(64, 3)]
    [InlineData(13, 3)]
    [InlineData(8, 20_000)]
    [InlineData(13, 20_000)]
    public void Who_has_which_leaves_changes_no_bit(int leaves, int length)
    {
        double ValueOf(int leaf, int place) => Math.Sin(1 + leaf * 7919 + place) * Math.Pow(10, (leaf * 31 + place) % 20 - 10);

        // The tree as it is defined: whole nodes of a power of two, the right ones taken into the left.
        double Node(int start, int count, int place) =>
            count == 1 ? ValueOf(start, place) : Node(start, count / 2, place) + Node(start + count / 2, count / 2, place);
        double Expected(int start, int place)
        {
            var whole = 1 << (int)Math.Log2(leaves - start);
            return Node(start, whole, place) + (start + whole < leaves ? Expected(start + whole, place) : 0);
        }

        double[] expected = [.. Enumerable.Range(0, length).Select(place => Expected(0, place))];
        for (var size = 1; size <= 8; size++)
        {
            var totals = ThreadCluster.Run(size, cluster =>
            {
                var sum = new TreeSum(cluster, leaves);
                var total = new double[length];
                // Twice: the vectors are used again.
                for (var i = 0; i < 2; i++)
                    sum.Sum(length, (leaf, values) =>
                    {
                        for (var place = 0; place < length; place++)
                            values[place] += ValueOf(leaf, place);
                    }, total);
                return total;
            });
            Assert.All(totals, total => Assert.Equal(expected, total));
        }
    }

    [Fact]
    public void Short_sums_take_few_messages()
    {
        var messages = ThreadCluster.Run(8, cluster =>
        {
            new TreeSum(cluster, 64).Sum(10, (_, values) => values[0] = 1, new double[10]);
            return cluster.Messages;
        });
        // Up the tree once, and down again.
        Assert.Equal(14, messages.Sum());
        Assert.InRange(messages.Max(), 1, 3);
    }

    [Fact]
    public void All_ranks_hear_what_each_says()
    {
        for (var size = 1; size <= 9; size++)
        {
            var heard = ThreadCluster.Run(size, cluster =>
                (string.Join(',', cluster.Gather(new string('x', cluster.Rank))), cluster.FirstOf(cluster.Rank + 5)));
            Assert.All(heard, pair => Assert.Equal(
                (string.Join(',', Enumerable.Range(0, size).Select(rank => new string('x', rank))), 5), pair));
        }
    }
}
