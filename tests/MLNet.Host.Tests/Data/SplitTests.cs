using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class SplitTests
{
    private static readonly JsonElement Golden = GoldenFile.Section("e_splits");
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string?> SamplingKeys => [null, "Group", "Text", "Number", "Key", "Vector"];

    [Theory]
    [InlineData("TrainTestSplit_0.1", 0.1)]
    [InlineData("TrainTestSplit_0.2", 0.2)]
    [InlineData("TrainTestSplit_0.5", 0.5)]
    public void A_seed_gives_the_rows_that_it_gives_in_Microsoft_ML(string name, double fraction)
    {
        var split = _ml.Data.TrainTestSplit(Rows(100), fraction, seed: 1);
        Assert.Equal(Golden.GetProperty(name).GetProperty("train").Integers(), Ids(split.TrainSet));
        Assert.Equal(Golden.GetProperty(name).GetProperty("test").Integers(), Ids(split.TestSet));
        Assert.Equal(["Id", "Group", "Text", "Number", "Key", "Vector"], split.TrainSet.Schema.Select(column => column.Name));
    }

    [Fact]
    public void Without_a_seed_the_context_gives_it()
    {
        var split = _ml.Data.TrainTestSplit(Rows(100), 0.2);
        Assert.Equal(Golden.GetProperty("TrainTestSplit_0.2_context_seed").GetProperty("test").Integers(), Ids(split.TestSet));
        var unseeded = Ids(new MLContext().Data.TrainTestSplit(Rows(100), 0.2).TestSet);
        Assert.Equal(Ids(new MLContext().Data.TrainTestSplit(Rows(100), 0.2).TestSet), unseeded);
    }

    [Fact]
    public void Folds_are_the_rows_that_they_are_in_Microsoft_ML()
    {
        var folds = _ml.Data.CrossValidationSplit(Rows(100), seed: 1);
        JsonElement[] golden = [.. Golden.GetProperty("CrossValidationSplit_5").EnumerateArray()];
        Assert.Equal(golden.Length, folds.Count);
        for (var fold = 0; fold < golden.Length; fold++)
        {
            Assert.Equal(golden[fold].GetProperty("test").Integers(), Ids(folds[fold].TestSet));
            Assert.Equal(golden[fold].GetProperty("train_count").GetInt32(), Ids(folds[fold].TrainSet).Length);
        }
    }

    [Theory]
    [MemberData(nameof(SamplingKeys))]
    public void Parts_are_disjoint_complete_and_repeatable(string? samplingKey)
    {
        var data = Rows(200);
        foreach (var split in _ml.Data.CrossValidationSplit(data, 3, samplingKey, seed: 3).Append(_ml.Data.TrainTestSplit(data, 0.3, samplingKey, seed: 3)))
        {
            Assert.Equal(Enumerable.Range(0, 200), Ids(split.TrainSet).Concat(Ids(split.TestSet)).Order());
            Assert.Equal(Ids(split.TestSet), Ids(split.TestSet));
        }
        var tested = _ml.Data.CrossValidationSplit(data, 3, samplingKey, seed: 3).SelectMany(fold => Ids(fold.TestSet));
        Assert.Equal(Enumerable.Range(0, 200), tested.Order());
    }

    [Theory]
    [InlineData("Group")]
    [InlineData("Text")]
    [InlineData("Number")]
    [InlineData("Key")]
    [InlineData("Vector")]
    public void Rows_of_one_key_stay_together(string samplingKey)
    {
        foreach (var fold in _ml.Data.CrossValidationSplit(Rows(200), 3, samplingKey, seed: 5))
        {
            string[] train = [.. Keys(fold.TrainSet)];
            Assert.NotEmpty(train);
            Assert.Empty(train.Intersect(Keys(fold.TestSet)));
        }

        IEnumerable<string> Keys(IDataView part) => _ml.Data.CreateEnumerable<Row>(part, reuseRowObject: false).Select(row => samplingKey switch
        {
            "Group" => $"{row.Group}",
            "Text" => row.Text,
            "Number" => $"{row.Number}",
            "Key" => $"{row.Key}",
            _ => string.Join(" ", row.Vector),
        });
    }

    [Fact]
    public void A_key_on_the_boundary_of_two_folds_is_tested_in_both()
    {
        // Key 7 of 13 is at (7 - 0.5) / 13 = 1/2.
        var folds = _ml.Data.CrossValidationSplit(Rows(13), 2, "Key");
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Ids(folds[0].TestSet));
        Assert.Equal([6, 7, 8, 9, 10, 11, 12], Ids(folds[1].TestSet));
        Assert.Equal([7, 8, 9, 10, 11, 12], Ids(folds[0].TrainSet));
    }

    [Fact]
    public void Rows_of_a_missing_key_are_in_no_part()
    {
        var data = _ml.Data.LoadFromEnumerable([new Row { Id = 1, Text = "a", Number = 1, Key = 3 }, new Row { Id = 2, Text = "", Number = float.NaN, Key = 13 }]);
        foreach (var key in new[] { "Text", "Number", "Key" })
        {
            var split = _ml.Data.TrainTestSplit(data, 0.5, key);
            Assert.Equal([1], Ids(split.TrainSet).Concat(Ids(split.TestSet)));
        }
    }

    [Fact]
    public void Another_seed_gives_another_split()
        => Assert.NotEqual(Ids(_ml.Data.TrainTestSplit(Rows(100), 0.5, seed: 1).TestSet), Ids(_ml.Data.TrainTestSplit(Rows(100), 0.5, seed: 2).TestSet));

    [Fact]
    public void A_split_of_a_cached_view_is_not_shuffled()
    {
        var cached = _ml.Data.Cache(Rows(100));
        var test = _ml.Data.TrainTestSplit(cached, 0.2, seed: 1).TestSet;
        Assert.False(test.CanShuffle);
        Assert.Equal(Golden.GetProperty("TrainTestSplit_0.2").GetProperty("test").Integers(), Ids(test, new Random(7)));
    }

    [Fact]
    public void Splits_check_their_arguments()
    {
        var data = Rows(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TrainTestSplit(data, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TrainTestSplit(data, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.CrossValidationSplit(data, 1));
        Assert.Contains("'Nope'", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TrainTestSplit(data, 0.5, "Nope")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => _ml.Data.TrainTestSplit(null!));
    }

    [Fact]
    public void Rows_may_be_taken_and_skipped()
    {
        var golden = Golden.GetProperty("TakeRows_SkipRows");
        var data = Rows(100);
        Assert.Equal(golden.GetProperty("TakeRows3").Integers(), Ids(_ml.Data.TakeRows(data, 3)));
        Assert.Equal(golden.GetProperty("SkipRows_all_but_2").Integers(), Ids(_ml.Data.SkipRows(data, 98)));
        Assert.Equal([5, 6], Ids(_ml.Data.TakeRows(_ml.Data.SkipRows(data, 5), 2)));
        Assert.Empty(Ids(_ml.Data.SkipRows(data, 1000)));
        Assert.Equal(3, _ml.Data.TakeRows(data, 3).GetRowCount());
        Assert.Equal(0, _ml.Data.SkipRows(data, 1000).GetRowCount());
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.TakeRows(data, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.SkipRows(data, 0));
    }

    private static int[] Ids(IDataView data) => [.. data.GetColumn<int>("Id")];

    private static int[] Ids(IDataView data, Random rand)
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

    private IDataView Rows(int count) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(id => new Row
    {
        Id = id,
        Group = id % 7,
        Text = $"g{id % 5}",
        Number = id % 11,
        Key = (uint)(id % 13),
        Vector = [id % 3, id % 2],
    }).ToArray());

    private sealed class Row
    {
        public int Id;
        public int Group;
        public string Text = "";
        public float Number;

        [KeyType(13)]
        public uint Key;

        [VectorType(2)]
        public int[] Vector = [];
    }
}
