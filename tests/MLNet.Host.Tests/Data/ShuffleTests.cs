using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class ShuffleTests
{
    private static readonly JsonElement Golden = GoldenFile.Section("e_splits");
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("ShuffleRows", 1000, true)]
    [InlineData("ShuffleRows_pool10", 10, true)]
    [InlineData("ShuffleRows_no_source_shuffle", 1000, false)]
    public void A_seed_gives_the_order_that_it_gives_in_Microsoft_ML(string name, int poolSize, bool shuffleSource)
    {
        var shuffled = _ml.Data.ShuffleRows(Rows(100), seed: 1, shufflePoolSize: poolSize, shuffleSource: shuffleSource);
        Assert.Equal(Golden.GetProperty(name).Integers(), Ids(shuffled));
        Assert.Equal(Ids(shuffled), Ids(shuffled));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 3)]
    [InlineData(7, 1)]
    [InlineData(50, 2)]
    [InlineData(50, 49)]
    [InlineData(50, 50)]
    [InlineData(50, 51)]
    public void Every_row_comes_once(int count, int poolSize)
    {
        var shuffled = _ml.Data.ShuffleRows(Rows(count), seed: 4, shufflePoolSize: poolSize);
        Assert.Equal(Enumerable.Range(0, count), Ids(shuffled).Order());
        Assert.True(shuffled.CanShuffle);
        Assert.Equal(count, shuffled.GetRowCount());
    }

    [Fact]
    public void The_columns_of_a_row_stay_together()
    {
        var shuffled = _ml.Data.ShuffleRows(Rows(60), seed: 2, shufflePoolSize: 8);
        foreach (var row in _ml.Data.CreateEnumerable<Row>(shuffled, reuseRowObject: true))
        {
            Assert.Equal($"t{row.Id}", row.Text);
            Assert.Equal([row.Id, row.Id + 1], row.Vector);
        }
    }

    [Fact]
    public void Without_a_seed_contexts_of_one_seed_agree()
    {
        var first = Ids(new MLContext(seed: 5).Data.ShuffleRows(Rows(50)));
        Assert.Equal(first, Ids(new MLContext(seed: 5).Data.ShuffleRows(Rows(50))));
        Assert.NotEqual(first, Ids(new MLContext(seed: 6).Data.ShuffleRows(Rows(50))));
    }

    [Fact]
    public void A_cached_source_is_itself_shuffled()
    {
        var cached = _ml.Data.Cache(Rows(100));
        var pooled = Ids(_ml.Data.ShuffleRows(cached, seed: 1, shufflePoolSize: 2));
        Assert.Equal(Enumerable.Range(0, 100), pooled.Order());
        // With a pool of two no row of an unshuffled source can come more than one place early.
        Assert.Contains(pooled, id => id > Array.IndexOf(pooled, id) + 1);
        var unshuffled = Ids(_ml.Data.ShuffleRows(cached, seed: 1, shufflePoolSize: 2, shuffleSource: false));
        Assert.All(unshuffled, id => Assert.True(id <= Array.IndexOf(unshuffled, id) + 1));
    }

    [Fact]
    public void The_pool_holds_at_least_one_row()
        => Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.ShuffleRows(Rows(1), shufflePoolSize: 0));

    private static int[] Ids(IDataView data) => [.. data.GetColumn<int>("Id")];

    private IDataView Rows(int count) => _ml.Data.LoadFromEnumerable(
        Enumerable.Range(0, count).Select(id => new Row { Id = id, Text = $"t{id}", Vector = [id, id + 1] }).ToArray());

    private sealed class Row
    {
        public int Id;
        public string Text = "";
        public float[] Vector = [];
    }
}
