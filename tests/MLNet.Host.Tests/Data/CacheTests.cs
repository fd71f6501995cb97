using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class CacheTests
{
    private readonly MLContext _ml = new(seed: 1);
    private int _enumerations;

    [Fact]
    public void A_column_is_read_from_the_source_once()
    {
        var cached = _ml.Data.Cache(Rows(300));
        Assert.Equal(0, _enumerations);
        for (var i = 0; i < 3; i++)
            Assert.Equal(Enumerable.Range(0, 300), cached.GetColumn<int>("Id"));
        Assert.Equal(1, _enumerations);
        Assert.Equal(300, cached.GetColumn<float[]>("Values").Count());
        Assert.Equal(2, _enumerations);
        Assert.Equal(300, cached.GetColumn<float[]>("Values").Count());
        Assert.Equal(2, _enumerations);
        Assert.Equal(300, cached.GetRowCount());
    }

    [Fact]
    public void Vectors_and_texts_are_kept_as_they_were()
    {
        var cached = _ml.Data.Cache(Rows(100));
        for (var i = 0; i < 2; i++)
        {
            var id = 0;
            foreach (var row in _ml.Data.CreateEnumerable<Row>(cached, reuseRowObject: true))
            {
                Assert.Equal(id, row.Id);
                Assert.Equal($"t{id}", row.Text);
                Assert.Equal(Enumerable.Repeat((float)id, id % 4), row.Values);
                id++;
            }
        }
    }

    [Fact]
    public void Rows_are_shuffled_by_the_random_generator_that_is_given()
    {
        var cached = _ml.Data.Cache(Rows(200));
        Assert.True(cached.CanShuffle);
        var shuffled = Ids(cached, new Random(3));
        Assert.NotEqual(Enumerable.Range(0, 200), shuffled);
        Assert.Equal(Enumerable.Range(0, 200), shuffled.Order());
        Assert.Equal(shuffled, Ids(cached, new Random(3)));
        Assert.NotEqual(shuffled, Ids(cached, new Random(4)));
        Assert.Equal(Enumerable.Range(0, 200), Ids(cached, null));
    }

    [Fact]
    public void The_permutation_is_that_of_Fisher_and_Yates()
    {
        var random = new Random(11);
        int[] expected = [.. Enumerable.Range(0, 50)];
        for (var i = 0; i < expected.Length; i++)
        {
            var j = i + random.Next(expected.Length - i);
            (expected[i], expected[j]) = (expected[j], expected[i]);
        }
        Assert.Equal(expected, Ids(_ml.Data.Cache(Rows(50)), new Random(11)));
    }

    [Fact]
    public void A_shuffled_cursor_set_has_every_row_once()
    {
        var cached = _ml.Data.Cache(Rows(1000));
        var cursors = cached.GetRowCursorSet([cached.Schema["Id"]], 2, new Random(1));
        var ids = new System.Collections.Concurrent.ConcurrentBag<int>();
        Parallel.ForEach(cursors, cursor =>
        {
            using (cursor)
            {
                var getter = cursor.GetGetter<int>(cached.Schema["Id"]);
                while (cursor.MoveNext())
                {
                    var id = 0;
                    getter(ref id);
                    ids.Add(id);
                }
            }
        });
        Assert.Equal(Enumerable.Range(0, 1000), ids.Order());
    }

    [Fact]
    public void Columns_may_be_prefetched()
    {
        var cached = _ml.Data.Cache(Rows(10), "Id", "Text");
        Assert.Equal(10, cached.GetColumn<int>("Id").Count());
        Assert.Equal("t9", cached.GetColumn<string>("Text").Last());
        Assert.Equal(1, _enumerations);
        Assert.Contains("'Nope'", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.Cache(Rows(1), "Nope")).Message, StringComparison.Ordinal);
    }

    private static int[] Ids(IDataView data, Random? rand)
    {
        using var cursor = data.GetRowCursor([data.Schema["Id"]], rand);
        var getter = cursor.GetGetter<int>(data.Schema["Id"]);
        var ids = new List<int>();
        while (cursor.MoveNext())
        {
            var id = 0;
            getter(ref id);
            ids.Add(id);
        }
        return [.. ids];
    }

    private IDataView Rows(int count)
    {
        return _ml.Data.LoadFromEnumerable(Enumerate());

        IEnumerable<Row> Enumerate()
        {
            Interlocked.Increment(ref _enumerations);
            for (var id = 0; id < count; id++)
                yield return new Row { Id = id, Text = $"t{id}", Values = [.. Enumerable.Repeat((float)id, id % 4)] };
        }
    }

    private sealed class Row
    {
        public int Id;
        public string Text = "";
        public float[] Values = [];
    }
}
