using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.MLNetContract;

/// <summary>Splits, which a cross-validation's comparison takes for disjoint, complete and repeatable.</summary>
public class SplitTests
{
    /// <summary>The test rows of the first of five folds of 100 rows for the seed 1.</summary>
    private static readonly int[] Drawn = [2, 12, 13, 28, 33, 34, 35, 37, 47, 50, 53, 54, 59, 60, 61, 69, 70, 73, 74, 78, 85, 90, 99];

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string?> SamplingKeys => [null, "Group", "Text", "Key"];

    [Fact]
    public void A_seed_draws_the_same_rows_in_every_version()
    {
        var fold = _ml.Data.CrossValidationSplit(Rows(100), seed: 1)[0];
        Assert.Equal(Drawn, Ids(fold.TestSet));
        Assert.Equal(77, Ids(fold.TrainSet).Length);
        Assert.Equal([12, 28, 33, 35, 47, 50, 54, 69, 70, 73, 74, 78, 99], Ids(_ml.Data.TrainTestSplit(Rows(100), 0.1, seed: 1).TestSet));
        Assert.Equal(["Id", "Group", "Text", "Key"], fold.TrainSet.Schema.Select(column => column.Name));
    }

    [Fact]
    public void Another_seed_gives_another_split()
        => Assert.NotEqual(
            Ids(_ml.Data.TrainTestSplit(Rows(100), 0.5, seed: 1).TestSet), Ids(_ml.Data.TrainTestSplit(Rows(100), 0.5, seed: 2).TestSet));

    [Theory]
    [MemberData(nameof(SamplingKeys))]
    public void Parts_are_disjoint_complete_and_repeatable(string? samplingKey)
    {
        var data = Rows(200);
        var folds = _ml.Data.CrossValidationSplit(data, 3, samplingKey, seed: 3);
        foreach (var split in folds.Append(_ml.Data.TrainTestSplit(data, 0.3, samplingKey, seed: 3)))
        {
            Assert.Equal(Enumerable.Range(0, 200), Ids(split.TrainSet).Concat(Ids(split.TestSet)).Order());
            Assert.Equal(Ids(split.TestSet), Ids(split.TestSet));
        }
        Assert.Equal(Enumerable.Range(0, 200), folds.SelectMany(fold => Ids(fold.TestSet)).Order());
    }

    [Theory]
    [InlineData("Group")]
    [InlineData("Text")]
    [InlineData("Key")]
    public void Rows_of_one_key_stay_together(string samplingKey)
    {
        foreach (var fold in _ml.Data.CrossValidationSplit(Rows(200), 3, samplingKey, seed: 5))
        {
            string[] train = [.. Keys(fold.TrainSet)];
            Assert.NotEmpty(train);
            Assert.Empty(train.Intersect(Keys(fold.TestSet)));
        }

        IEnumerable<string> Keys(IDataView part) => _ml.Data.CreateEnumerable<Row>(part, reuseRowObject: false)
            .Select(row => samplingKey switch { "Group" => $"{row.Group}", "Text" => row.Text, _ => $"{row.Key}" });
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
        var data = _ml.Data.LoadFromEnumerable([new Row { Id = 1, Text = "a", Key = 3 }, new Row { Id = 2, Text = "", Key = 13 }]);
        foreach (var key in new[] { "Text", "Key" })
        {
            var split = _ml.Data.TrainTestSplit(data, 0.5, key);
            Assert.Equal([1], Ids(split.TrainSet).Concat(Ids(split.TestSet)));
        }
    }

    private static int[] Ids(IDataView data) => [.. data.GetColumn<int>("Id")];

    private IDataView Rows(int count) => _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count)
        .Select(id => new Row { Id = id, Group = id % 7, Text = $"g{id % 5}", Key = (uint)(id % 13) }).ToArray());

    private sealed class Row
    {
        public int Id;
        public int Group;
        public string Text = "";

        [KeyType(13)]
        public uint Key;
    }
}
