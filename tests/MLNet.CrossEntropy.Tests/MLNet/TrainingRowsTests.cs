using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Tests.MLNet;

public class TrainingRowsTests
{
    private const uint Missing = 3;

    private static readonly MLContext Ml = new(seed: 1);

    [Fact]
    public void Rows_come_in_order_with_their_class_and_weight()
    {
        var rows = Read([
            new Row { Features = [1, 2], Label = 1, Weight = 0.5f },
            new Row { Features = [3, 4], Label = 0, Weight = 2 },
            new Row { Features = [5, 6], Label = 2, Weight = 1 },
        ]);

        var block = Assert.Single(rows.Blocks);
        Assert.Equal([1, 2, 3, 4, 5, 6], block.Values);
        Assert.Equal([1, 0, 2], block.Classes!);
        Assert.Equal([0.5f, 2, 1], block.Weights!);
        Assert.Equal(new TrainingRowCounts { Used = 3 }, rows.Tally.Counts);
        Assert.Null(rows.Tally.FirstSkipped);
    }

    [Fact]
    public void Without_a_weight_column_every_row_weighs_one()
    {
        var rows = Read([new Row { Features = [1, 2], Label = 0, Weight = -5 }], weightColumn: null);
        Assert.Null(Assert.Single(rows.Blocks).Weights);
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_skipped_and_counted_by_kind()
    {
        var rows = Read([
            new Row { Features = [1, 1], Label = 0 },
            new Row { Features = [2, 2], Label = Missing },
            new Row { Features = [3, float.NaN], Label = 0 },
            new Row { Features = [float.NegativeInfinity, 4], Label = 0 },
            new Row { Features = [float.PositiveInfinity, 4], Label = 0 },
            new Row { Features = [float.NaN, 5], Label = 0, Weight = 0 },
            new Row { Features = [6, 6], Label = 1 },
        ]);

        var expected = new TrainingRowCounts { Used = 2, MissingLabel = 1, NaNFeature = 1, InfiniteFeature = 2, ZeroWeight = 1 };
        Assert.Equal(expected, rows.Tally.Counts);
        Assert.Equal(7, rows.Tally.Counts.Seen);
        Assert.Equal(4, rows.Tally.Counts.Skipped);
        Assert.Equal([1, 1, 6, 6], Assert.Single(rows.Blocks).Values);
        Assert.Equal("row 1 has no label", rows.Tally.FirstSkipped);
        Assert.Equal(
            "1 with a missing label, 1 with a NaN feature, 2 with an infinite feature, 1 of weight 0", rows.Tally.Counts.DescribeUnused());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(36)]
    public void A_bad_feature_is_found_wherever_it_stands(int at)
    {
        foreach (var bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            float[] features = [.. Enumerable.Repeat(float.MaxValue, 37)];
            features[at] = bad;
            var data =
                Ml.Data.LoadFromEnumerable(
                [new Row { Features = [.. Enumerable.Repeat(-float.MaxValue, 37)], Label = 0 }, new Row { Features = features, Label = 0 }],
                Shape(37));
            var rows = Read(data);
            Assert.Equal(1, rows.Tally.Counts.Used);
            Assert.Equal($"row 1 has {bad} in feature {at}", rows.Tally.FirstSkipped);
        }
    }

    [Fact]
    public void No_rows_at_all_is_an_error()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read([]));
        Assert.Equal("The training data has no rows.", error.Message);
    }

    [Fact]
    public void No_usable_row_is_an_error_that_says_what_was_found()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read([
            new Row { Features = [1, float.NaN], Label = 0 },
            new Row { Features = [1, 1], Label = Missing },
            new Row { Features = [1, 1], Label = 0, Weight = 0 },
        ]));
        Assert.Equal(
            "None of the 3 rows of the training data can be used: 1 with a missing label, 1 with a NaN feature, 1 of weight 0. "
            + "The first: row 0 has NaN in feature 1 (counted from 0).",
            error.Message);
    }

    [Theory]
    [InlineData(-1, "-1")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_bad_weight_is_an_error(float weight, string shown)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Read([
            new Row { Features = [1, 1], Label = 0 },
            new Row { Features = [1, 1], Label = 0, Weight = weight },
        ]));
        Assert.Equal(
            $"The example weight of row 1 (counted from 0) in column 'Weight' is {shown}; weights must be finite and at least 0. "
            + "Give a row that should not count the weight 0, or filter it out.",
            error.Message);
    }

    [Fact]
    public void Columns_that_are_not_needed_are_never_computed()
    {
        var data = Ml.Data.LoadFromEnumerable([new Row { Features = [1, 1], Label = 0 }]);
        var trapped = Ml.Transforms.CustomMapping<Row, Trap>((_, _) => throw new InvalidOperationException("sprung"), contractName: null)
            .Fit(data).Transform(data);
        Assert.Equal(1, Read(trapped).Tally.Counts.Used);
    }

    [Fact]
    public void Feature_names_appear_in_messages()
    {
        var data =
            Ml.Data.LoadFromEnumerable(
            [new Named { Length = 1, Width = 2, Label = 0 }, new Named { Length = 1, Width = float.NaN, Label = 0 }]);
        var named = Ml.Transforms.Concatenate("Features", "Length", "Width").Fit(data).Transform(data);
        Assert.Equal("row 1 has NaN in feature 1 ('Width')", Read(named, weightColumn: null).Tally.FirstSkipped);
    }

    private static TrainingRows Read(Row[] rows, string? weightColumn = "Weight") => Read(Ml.Data.LoadFromEnumerable(rows), weightColumn);

    private static TrainingRows Read(IDataView data, string? weightColumn = "Weight")
        => TrainingRows.Read(
            data, TrainingColumns.Find(data.Schema, "Features", TrainingLabel.Multiclass(data.Schema, "Label"), weightColumn));

    private static SchemaDefinition Shape(int features)
    {
        SchemaDefinition shape = SchemaDefinition.Create(typeof(Row));
        shape["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        return shape;
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        // Loaded from objects, key values are given zero-based, and one beyond the count is missing.
        [KeyType(3)]
        public uint Label { get; set; }

        public float Weight { get; set; } = 1;
    }

    private sealed class Named
    {
        public float Length { get; set; }

        public float Width { get; set; }

        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class Trap
    {
        public float Unused { get; set; }
    }
}
