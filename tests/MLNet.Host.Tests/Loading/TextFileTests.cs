using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MLNet.Host.Tests;

public sealed class TextFileTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Attributes_name_the_fields_of_each_column()
    {
        Write("label,a,b,c,name,key", "1,0.5,-2,3e2,x y,0", "0,1,2,3, z ,7");
        var data = _ml.Data.LoadFromTextFile<Row>(_path, separatorChar: ',', hasHeader: true);
        Assert.Equal(
            ["Label: Boolean", "Features: Vector<Single, 3>", "Name: String", "Key: Key<UInt32, 0-2>"],
            data.Schema.Select(column => column.ToString()));
        Assert.Null(data.GetRowCount());
        Assert.Equal([true, false], data.GetColumn<bool>("Label"));
        Assert.Equal([[0.5f, -2f, 300f], [1f, 2f, 3f]], data.GetColumn<float[]>("Features"));
        Assert.Equal(["x y", "z "], data.GetColumn<string>("Name"));
        Assert.Equal([1u, 0u], data.GetColumn<uint>("Key"));
    }

    [Fact]
    public void Only_the_options_overload_takes_slot_names_from_the_header()
    {
        Write("#a comment", "y\ta\tb\t", "1\t2\t3\t4");
        TextLoader.Column[] columns = [new("Label", DataKind.Single, 0), new("Features", DataKind.Single, 1, 3)];
        Assert.False(_ml.Data.LoadFromTextFile(_path, columns, hasHeader: true).Schema["Features"].HasSlotNames());

        var data = _ml.Data.LoadFromTextFile(_path, new TextLoader.Options { Columns = columns, HasHeader = true });
        Assert.False(data.Schema["Label"].HasSlotNames());
        VBuffer<ReadOnlyMemory<char>> names = default;
        data.Schema["Features"].GetSlotNames(ref names);
        Assert.Equal(["a", "b", ""], names.DenseValues().Select(name => name.ToString()));
        Assert.Equal([[2f, 3f, 4f]], data.GetColumn<float[]>("Features"));
    }

    [Fact]
    public void An_open_range_ends_where_the_lines_end()
    {
        Write("1 2 3 4", "5 6 7 8");
        var options = new TextLoader.Options { Separators = [' '], Columns = [new("X", DataKind.Double, [new TextLoader.Range(1, null)])] };
        var data = _ml.Data.LoadFromTextFile(_path, options);
        Assert.Equal("Vector<Double, 3>", data.Schema["X"].Type.ToString());
        Assert.Equal([[2.0, 3.0, 4.0], [6.0, 7.0, 8.0]], data.GetColumn<double[]>("X"));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromTextFile(_path, options.Columns, ' '));
        File.AppendAllText(_path, "9 10\n");
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromTextFile(_path, options));
    }

    [Fact]
    public void A_variable_range_is_as_long_as_its_line()
    {
        Write("a\t1\t2\t3", "b\t4", "c");
        TextLoader.Column column = new("X", DataKind.Int32, [new TextLoader.Range { Min = 1, VariableEnd = true }]);
        var data = _ml.Data.LoadFromTextFile(_path, [column]);
        Assert.Equal("Vector<Int32>", data.Schema["X"].Type.ToString());
        Assert.Equal([[1, 2, 3], [4], []], data.GetColumn<int[]>("X"));
    }

    [Fact]
    public void Several_ranges_make_one_vector_and_one_field_may_be_a_vector()
    {
        Write("1,2,3,4,5");
        var data = _ml.Data.LoadFromTextFile(
            _path,
            [new("Mixed", DataKind.Single, [new TextLoader.Range(3, 4), new TextLoader.Range(0)]), new("One", DataKind.Single, 2, 2), new("Scalar", DataKind.Single, 2)],
            ',');
        Assert.Equal(["Vector<Single, 3>", "Vector<Single, 1>", "Single"], data.Schema.Select(column => column.Type.ToString()));
        Assert.Equal([[4f, 5f, 1f]], data.GetColumn<float[]>("Mixed"));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromTextFile(_path, [new("X", DataKind.Single, [new TextLoader.Range(0, 2), new TextLoader.Range(2)])], ','));
    }

    [Fact]
    public void Missing_and_bad_numbers_are_NaN_and_empty_ones_zero()
    {
        Write("?,?", ",", "nan,NA", "oops,N/A", "1e400,-0.5", "Infinity,-Infinity", " 7 , 8 ");
        TextLoader.Column[] columns = [new("A", DataKind.Single, 0), new("B", DataKind.Double, 1)];
        var data = _ml.Data.LoadFromTextFile(_path, columns, ',');
        Assert.Equal([float.NaN, 0f, float.NaN, float.NaN, float.PositiveInfinity, float.PositiveInfinity, 7f], data.GetColumn<float>("A"));
        Assert.Equal([double.NaN, 0, double.NaN, double.NaN, -0.5, double.NegativeInfinity, 8], data.GetColumn<double>("B"));

        var options = new TextLoader.Options { Columns = columns, Separators = [','], MissingRealsAsNaNs = true };
        Assert.Equal(float.NaN, _ml.Data.LoadFromTextFile(_path, options).GetColumn<float>("A").ElementAt(1));
    }

    [Fact]
    public void Bad_values_and_bad_quotes_are_told_to_the_log()
    {
        Write("1,a", "oops,\"b\"c");
        var log = new List<LoggingEventArgs>();
        _ml.Log += (_, message) => log.Add(message);
        var data = _ml.Data.LoadFromTextFile(_path, [new("N", DataKind.Single, 0), new("T", DataKind.String, 1)], ',', allowQuoting: true);
        Assert.Equal(["a", ""], _ml.Data.CreateEnumerable<NumberAndText>(data, reuseRowObject: false).Select(row => row.T));
        Assert.Contains(log, message => message.Kind == ChannelMessageKind.Info && message.RawMessage == "  Bad value at line 2 in column N");
        Assert.Contains(log, message => message.Kind == ChannelMessageKind.Warning && message.RawMessage.EndsWith("Illegal quoting", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_that_are_too_short_have_default_values()
    {
        Write("1,2,3,x", "4");
        var data = _ml.Data.LoadFromTextFile(_path, [new("V", DataKind.Single, 0, 2), new("T", DataKind.String, 3)], ',');
        Assert.Equal([[1f, 2f, 3f], [4f, 0f, 0f]], data.GetColumn<float[]>("V"));
        Assert.Equal(["x", ""], data.GetColumn<string>("T"));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("Yes", true)]
    [InlineData("+1", true)]
    [InlineData("0", false)]
    [InlineData("F", false)]
    [InlineData("no", false)]
    [InlineData("-1", false)]
    public void Booleans_have_many_spellings(string text, bool value)
    {
        Write(text);
        Assert.Equal([value], _ml.Data.LoadFromTextFile(_path, [new("B", DataKind.Boolean, 0)]).GetColumn<bool>("B"));
    }

    [Theory]
    [InlineData(DataKind.Int32, "x")]
    [InlineData(DataKind.Int32, "1.5")]
    [InlineData(DataKind.Boolean, "maybe")]
    public void A_value_that_cannot_be_missing_must_parse(DataKind kind, string text)
    {
        Write("1", text);
        var data = _ml.Data.LoadFromTextFile(_path, [new("I", kind, 0)]);
        var exception = Assert.ThrowsAny<Exception>(() => data.Preview());
        Assert.Contains($"Could not parse value {text} in line 2, column I", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_in_a_file_are_zero_based()
    {
        Write("0", "2", "3", "?", "", "x", "1");
        TextLoader.Column column = new("K", DataKind.UInt32, [new TextLoader.Range(0)], new KeyCount(3));
        var data = _ml.Data.LoadFromTextFile(_path, [column]);
        Assert.Equal("Key<UInt32, 0-2>", data.Schema["K"].Type.ToString());
        Assert.Equal([1u, 3u, 0u, 0u, 0u, 2u], data.GetColumn<uint>("K"));
    }

    [Fact]
    public void Quoted_fields_may_hold_separators_and_quotes()
    {
        Write("\"a,b\",\"say \"\"hi\"\"\",plain", "\"\", \"x\" ,\"y\"z");
        TextLoader.Column[] columns = [new("T", DataKind.String, 0, 2)];
        // Empty slots of a sparse vector of text are null in the array, not "".
        string?[][] expected = [["a,b", "say \"hi\"", "plain"], [null, "x", null]];
        Assert.Equal(expected, _ml.Data.LoadFromTextFile(_path, columns, ',', allowQuoting: true).GetColumn<string[]>("T"));
        Assert.Equal(["\"a", "b\"", "\"say \"\"hi\"\"\""], _ml.Data.LoadFromTextFile(_path, columns, ',').GetColumn<string[]>("T").First());
    }

    [Fact]
    public void Quoted_fields_may_hold_line_breaks_and_other_escapes()
    {
        Write("\"a", "b\",c", "d,\"e\\\"f\"");
        var options = new TextLoader.Options { Columns = [new("T", DataKind.String, 0, 1)], Separators = [','], AllowQuoting = true, ReadMultilines = true, EscapeChar = '\\' };
        Assert.Equal([["a\nb", "c"], ["d", "e\"f"]], _ml.Data.LoadFromTextFile(_path, options).GetColumn<string[]>("T"));
    }

    [Fact]
    public void Sparse_lines_give_index_and_value()
    {
        Write("1 5 0:1.5 3:2", "0 5 4:7", "1 5");
        var data = _ml.Data.LoadFromTextFile(_path, [new("Y", DataKind.Single, 0), new("X", DataKind.Single, 1, 5)], ' ', allowSparse: true);
        Assert.Equal([[1.5f, 0f, 0f, 2f, 0f], [0f, 0f, 0f, 0f, 7f]], data.GetColumn<float[]>("X").Take(2));
        Assert.Equal([1f, 0f, 1f], data.GetColumn<float>("Y"));
        Assert.False(data.GetColumn<VBuffer<float>>("X").First().IsDense);

        var options = new TextLoader.Options { Columns = [new("X", DataKind.Single, 1, 4)], Separators = [' '], AllowSparse = true, InputSize = 5 };
        Write("9 3:2");
        Assert.Equal([[0f, 0f, 0f, 2f]], _ml.Data.LoadFromTextFile(_path, options).GetColumn<float[]>("X"));
    }

    [Fact]
    public void Comments_blank_lines_and_trailing_white_space_are_left_out()
    {
        Write("# top", "// top", "", "1,a  ", "// inside", "", "#2,b", "3,c\t");
        TextLoader.Column[] columns = [new("T", DataKind.String, 0, 1)];
        Assert.Equal([["1", "a  "], ["#2", "b"], ["3", "c\t"]], _ml.Data.LoadFromTextFile(_path, columns, ',').GetColumn<string[]>("T"));
        Assert.Equal([["1", "a"], ["#2", "b"], ["3", "c"]], _ml.Data.LoadFromTextFile(_path, columns, ',', trimWhitespace: true).GetColumn<string[]>("T"));
    }

    [Fact]
    public void Rows_may_be_limited_and_decimals_have_commas()
    {
        Write("1,5;x", "2,5;y", "3,5;z");
        var options = new TextLoader.Options { Columns = [new("N", DataKind.Single, 0)], Separators = [';'], DecimalMarker = ',', MaxRows = 2 };
        Assert.Equal([1.5f, 2.5f], _ml.Data.LoadFromTextFile(_path, options).GetColumn<float>("N"));
    }

    [Fact]
    public void Any_of_several_separators_ends_a_field()
    {
        Write("1,2;3");
        var options = new TextLoader.Options { Columns = [new("N", DataKind.Single, 0, 2)], Separators = [',', ';'] };
        Assert.Equal([[1f, 2f, 3f]], _ml.Data.LoadFromTextFile(_path, options).GetColumn<float[]>("N"));
    }

    [Fact]
    public void A_missing_file_and_a_class_without_attributes_are_errors()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromTextFile(_path + ".none", [new TextLoader.Column("A", DataKind.Single, 0)]));
        Assert.Contains("LoadColumn", Assert.ThrowsAny<Exception>(() => _ml.Data.LoadFromTextFile<EnumerableTests.Plain>(_path)).Message, StringComparison.Ordinal);
    }

    private void Write(params string[] lines) => File.WriteAllLines(_path, lines);

    private sealed class NumberAndText
    {
        public float N { get; set; }

        public string T { get; set; } = "";
    }

    public sealed class Row
    {
        [LoadColumn(0)]
        public bool Label;

        [LoadColumn(1, 3)]
        public float[] Features = [];

        [LoadColumn(4)]
        public string Name = "";

        [LoadColumn(5)]
        [KeyType(3)]
        public uint Key;
    }
}
