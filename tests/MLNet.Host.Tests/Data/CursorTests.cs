using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

/// <summary>What every view's cursors promise, over one view of each kind.</summary>
public sealed class CursorTests : IDisposable
{
    private const int RowCount = 500;
    private static readonly string[] Kinds = ["enumerable", "text file", "cache", "shuffle", "take", "split", "chain"];
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _path = Path.GetTempFileName();

    public static TheoryData<string> Views => [.. Kinds];

    public void Dispose() => File.Delete(_path);

    [Theory]
    [MemberData(nameof(Views))]
    public void Values_come_only_from_active_columns_of_their_type(string kind)
    {
        var view = Make(kind);
        var id = view.Schema["Id"];
        var features = view.Schema["Features"];
        using var cursor = view.GetRowCursor([id]);
        Assert.True(cursor.IsColumnActive(id));
        Assert.ThrowsAny<Exception>(() => cursor.GetGetter<VBuffer<float>>(features));
        Assert.ThrowsAny<Exception>(() => cursor.GetGetter<long>(id));
        Assert.NotNull(cursor.GetGetter<int>(id));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void A_cursor_starts_before_the_first_row_and_ends_after_the_last(string kind)
    {
        var view = Make(kind);
        using var cursor = view.GetRowCursor([view.Schema["Id"]]);
        Assert.Equal(-1, cursor.Position);
        long rows = 0;
        while (cursor.MoveNext())
            Assert.Equal(rows++, cursor.Position);
        Assert.Equal(Ids(view).Length, rows);
        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void No_columns_still_give_rows(string kind)
    {
        var view = Make(kind);
        using var cursor = view.GetRowCursor([]);
        var rows = 0;
        while (cursor.MoveNext())
            rows++;
        Assert.Equal(Ids(view).Length, rows);
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

    [Theory]
    [MemberData(nameof(Views))]
    public void Cursors_of_several_threads_do_not_disturb_each_other(string kind)
    {
        var view = Make(kind);
        var expected = Ids(view);
        var results = new int[8][];
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => results[i] = IdsByFeatures(view));
        Assert.All(results, ids => Assert.Equal(expected, ids));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void A_cursor_set_shares_out_the_rows_in_batches(string kind)
    {
        var view = Make(kind);
        var cursors = view.GetRowCursorSet(view.Schema, 3);
        var rows = new List<(long Batch, int Id)>[cursors.Length];
        Parallel.For(0, cursors.Length, i =>
        {
            using var cursor = cursors[i];
            var getter = cursor.GetGetter<int>(view.Schema["Id"]);
            rows[i] = [];
            while (cursor.MoveNext())
            {
                var id = 0;
                getter(ref id);
                rows[i].Add((cursor.Batch, id));
            }
        });
        // Ordered by batch, the rows are in the view's own order; OrderBy is stable.
        Assert.Equal(Ids(view), rows.SelectMany(part => part).OrderBy(row => row.Batch).Select(row => row.Id));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void Row_ids_are_distinct(string kind)
    {
        var view = Make(kind);
        using var cursor = view.GetRowCursor([]);
        var getter = cursor.GetIdGetter();
        var ids = new HashSet<DataViewRowId>();
        var rows = 0;
        for (; cursor.MoveNext(); rows++)
        {
            DataViewRowId id = default;
            getter(ref id);
            ids.Add(id);
        }
        Assert.Equal(rows, ids.Count);
    }

    [Fact]
    public void A_column_of_another_schema_is_refused()
    {
        var view = Make("enumerable");
        var wider = _ml.Data.LoadFromEnumerable([new { A = 1, B = 2, C = 3, D = 4 }]);
        Assert.ThrowsAny<Exception>(() => view.GetRowCursor([wider.Schema["D"]]));
    }

    private IDataView Make(string kind)
    {
        var rows = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, RowCount).Select(id => new Row { Id = id, Features = [id, id + 0.5f, -id] }).ToArray());
        switch (kind)
        {
            case "cache":
                return _ml.Data.Cache(rows);
            case "shuffle":
                return _ml.Data.ShuffleRows(rows, seed: 1, shufflePoolSize: 20);
            case "take":
                return _ml.Data.TakeRows(_ml.Data.SkipRows(rows, 100), 300);
            case "split":
                return _ml.Data.TrainTestSplit(rows, 0.3, seed: 1).TrainSet;
            case "chain":
                return new TransformerChain<ITransformer>(new IdentityTransformer(), new IdentityTransformer()).Transform(rows);
            case "text file":
                File.WriteAllLines(_path, Enumerable.Range(0, RowCount).Select(id => FormattableString.Invariant($"{id},{id},{id}.5,{-id}")));
                return _ml.Data.LoadFromTextFile(_path, [new TextLoader.Column("Id", DataKind.Int32, 0), new("Features", DataKind.Single, 1, 3)], ',');
            default:
                return rows;
        }
    }

    private static int[] Ids(IDataView view) => [.. view.GetColumn<int>("Id")];

    private static int[] IdsByFeatures(IDataView view) => [.. view.GetColumn<float[]>("Features").Select(features => (int)features[0])];

    private sealed class Row
    {
        public int Id;

        [VectorType(3)]
        public float[] Features = [];
    }
}
