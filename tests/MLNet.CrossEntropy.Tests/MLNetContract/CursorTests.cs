using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.MLNetContract;

/// <summary>What every view's cursors promise, over one view of each kind: all that reading rows builds on.</summary>
public sealed class CursorTests
{
    private const int RowCount = 200;
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string> Views => ["enumerable", "cache", "shuffle", "take", "split", "transformed"];

    [Theory]
    [MemberData(nameof(Views))]
    public void Values_come_only_from_active_columns_of_their_type(string kind)
    {
        var view = Make(kind);
        var id = view.Schema["Id"];
        using var cursor = view.GetRowCursor([id]);
        Assert.True(cursor.IsColumnActive(id));
        Assert.ThrowsAny<Exception>(() => cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]));
        Assert.ThrowsAny<Exception>(() => cursor.GetGetter<long>(id));
        Assert.NotNull(cursor.GetGetter<int>(id));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void A_cursor_starts_before_the_first_row_and_ends_after_the_last(string kind)
    {
        var view = Make(kind);
        using var cursor = view.GetRowCursor([]);
        Assert.Equal(-1, cursor.Position);
        long rows = 0;
        while (cursor.MoveNext())
            Assert.Equal(rows++, cursor.Position);
        Assert.Equal(Ids(view).Length, rows);
        Assert.False(cursor.MoveNext());
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Rows_come_in_the_same_order_each_time_and_to_several_threads_at_once(string kind)
    {
        var view = Make(kind);
        var expected = Ids(view);
        var results = new int[8][];
        Parallel.For(0, results.Length, i => results[i] = Ids(view));
        Assert.All(results, ids => Assert.Equal(expected, ids));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Getters_may_be_called_repeatedly_and_reuse_the_buffer(string kind)
    {
        var view = Make(kind);
        using var cursor = view.GetRowCursor(view.Schema);
        var id = cursor.GetGetter<int>(view.Schema["Id"]);
        var features = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
        VBuffer<float> buffer = default;
        var value = -1;
        for (var row = 0; row < 20 && cursor.MoveNext(); row++)
        {
            features(ref buffer);
            features(ref buffer);
            id(ref value);
            id(ref value);
            Assert.Equal([value, value + 0.5f, -value], buffer.DenseValues());
        }
    }

    [Fact]
    public void The_count_of_rows_may_be_unknown()
    {
        Assert.Equal(RowCount, Make("enumerable").GetRowCount());
        Assert.Null(Make("split").GetRowCount());
        Assert.Null(_ml.Data.LoadFromEnumerable(Enumerable.Range(0, 9).Select(id => new Row { Id = id })).GetRowCount());
    }

    private static int[] Ids(IDataView view) => [.. view.GetColumn<int>("Id")];

    private IDataView Make(string kind)
    {
        Row[] rows = [.. Enumerable.Range(0, RowCount).Select(id => new Row { Id = id, Features = [id, id + 0.5f, -id] })];
        var view = _ml.Data.LoadFromEnumerable(rows);
        return kind switch
        {
            "cache" => _ml.Data.Cache(view),
            "shuffle" => _ml.Data.ShuffleRows(view, seed: 1, shufflePoolSize: 20),
            "take" => _ml.Data.TakeRows(_ml.Data.SkipRows(view, 50), 100),
            "split" => _ml.Data.TrainTestSplit(view, 0.3, seed: 1).TrainSet,
            "transformed" => _ml.Transforms.CopyColumns("Copy", "Features").Fit(view).Transform(view),
            _ => view,
        };
    }

    private sealed class Row
    {
        public int Id;

        [VectorType(3)]
        public float[] Features = [];
    }
}
