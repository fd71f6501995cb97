using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class ColumnTests
{
    private readonly MLContext _ml = new(seed: 1);

    private IDataView Data => _ml.Data.LoadFromEnumerable(
    [
        new Row { Number = 1, Text = "a", Vector = new VBuffer<float>(3, 1, [5], [1]), Words = ["x"] },
        new Row { Number = 2, Text = "", Vector = new VBuffer<float>(2, [6, 7]), Words = [] },
    ]);

    [Fact]
    public void A_column_is_read_as_its_type_as_strings_or_as_arrays()
    {
        Assert.Equal([1, 2], Data.GetColumn<int>("Number"));
        Assert.Equal([1, 2], Data.GetColumn<int>(Data.Schema["Number"]));
        Assert.Equal(["a", ""], Data.GetColumn<string>("Text"));
        Assert.Equal(["a", ""], Data.GetColumn<ReadOnlyMemory<char>>("Text").Select(text => text.ToString()));
        Assert.Equal([[0f, 5f, 0f], [6f, 7f]], Data.GetColumn<float[]>("Vector"));
        Assert.Equal([["x"], []], Data.GetColumn<string[]>("Words"));
        Assert.Equal([false, true], Data.GetColumn<VBuffer<float>>("Vector").Select(vector => vector.IsDense));
    }

    [Fact]
    public void Vectors_share_one_buffer_and_arrays_do_not()
    {
        var data = _ml.Data.LoadFromEnumerable([new { V = new float[] { 1 } }, new { V = new float[] { 2 } }]);
        Assert.Equal([2f, 2f], data.GetColumn<VBuffer<float>>("V").ToArray().Select(vector => vector.GetItemOrDefault(0)));
        Assert.Equal([1f, 2f], data.GetColumn<float[]>("V").ToArray().Select(array => array[0]));
    }

    [Fact]
    public void A_column_is_not_converted_and_must_exist()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.GetColumn<float>("Number"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.GetColumn<double[]>("Vector"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.GetColumn<int[]>("Number"));
        Assert.Contains("'Nope'", Assert.Throws<ArgumentOutOfRangeException>(() => Data.GetColumn<int>("Nope")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_preview_shows_the_first_rows()
    {
        var preview = Data.Preview(maxRows: 1);
        Assert.Equal("4 columns, 1 rows", preview.ToString());
        Assert.Equal("4 columns", preview.RowView.Single().ToString());
        Assert.Equal(KeyValuePair.Create("Number", (object)1), preview.RowView[0].Values[0]);
        Assert.Equal("Number: Int32", preview.ColumnView[0].ToString());
        Assert.Equal([1, 2], Data.Preview().ColumnView[0].Values);
        var vector = (VBuffer<float>)Data.Preview().ColumnView[2].Values[0];
        Assert.Equal([0f, 5f, 0f], vector.DenseValues());
        Assert.Empty(Data.Preview(maxRows: 0).RowView);
        Assert.Throws<ArgumentOutOfRangeException>(() => Data.Preview(maxRows: -1));
    }

    [Fact]
    public void Transformers_and_estimators_have_previews()
    {
        Assert.Equal(2, new IdentityTransformer().Preview(Data).RowView.Length);
        Assert.Single(new ReadingEstimator().Preview(Data, maxRows: 1).RowView);
    }

    private sealed class Row
    {
        public int Number;
        public string Text = "";
        public VBuffer<float> Vector;
        public string[] Words = [];
    }
}
