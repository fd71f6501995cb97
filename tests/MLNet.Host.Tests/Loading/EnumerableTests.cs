using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class EnumerableTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Fields_and_properties_become_columns_fields_first()
    {
        var data = _ml.Data.LoadFromEnumerable([new Row()]);
        Assert.Equal(
            ["Number: Single", "Renamed: Int32", "Fixed: Vector<Single, 3>", "Sparse: Vector<Double>", "Words: Vector<String>", "Key: Key<UInt32, 0-2>", "Text: String", "Flag: Boolean"],
            data.Schema.Select(column => column.ToString()));
        Assert.False(data.CanShuffle);
        Assert.Equal(1, data.GetRowCount());
        Assert.Null(_ml.Data.LoadFromEnumerable(Endless()).GetRowCount());
    }

    [Fact]
    public void Rows_survive_the_round_trip()
    {
        Row[] rows =
        [
            new() { Number = 1.5f, Count = -3, Fixed = [1, 2, 3], Sparse = new VBuffer<double>(5, 2, [7, 8], [0, 4]), Words = ["a", null!, "c"], Key = 2, Text = "x", Flag = true },
            new() { Number = float.NaN, Fixed = [4, 5, 6], Text = null! },
        ];
        Row[] back = [.. _ml.Data.CreateEnumerable<Row>(_ml.Data.LoadFromEnumerable(rows), reuseRowObject: false)];
        Assert.Equal([1.5f, float.NaN], back.Select(row => row.Number));
        Assert.Equal([-3, 0], back.Select(row => row.Count));
        Assert.Equal([1f, 2f, 3f], back[0].Fixed);
        Assert.Equal([4f, 5f, 6f], back[1].Fixed);
        Assert.False(back[0].Sparse.IsDense);
        Assert.Equal([7, 0, 0, 0, 8], back[0].Sparse.DenseValues());
        Assert.Equal(0, back[1].Sparse.Length);
        Assert.Equal(["a", "", "c"], back[0].Words);
        Assert.Equal(["x", ""], back.Select(row => row.Text));
        Assert.Equal([true, false], back.Select(row => row.Flag));
        Assert.Equal(5, back[0].Ignored);
    }

    [Fact]
    public void Keys_are_zero_based_in_objects_and_one_based_in_views()
    {
        var golden = GoldenFile.Section("e_key_column_loading");
        KeyRow[] given = [.. golden.GetProperty("given").EnumerateArray().Select(key => new KeyRow { Key = key.GetUInt32() })];
        var data = _ml.Data.LoadFromEnumerable(given);
        Assert.Equal(golden.GetProperty("type").GetString(), data.Schema["Key"].Type.ToString());
        Assert.Equal(Keys("cursor_and_GetColumn"), data.GetColumn<uint>("Key"));
        KeyRow[] back = [.. _ml.Data.CreateEnumerable<KeyRow>(data, reuseRowObject: false)];
        Assert.Equal(Keys("CreateEnumerable"), back.Select(row => row.Key));
        Assert.Equal(Keys("reloaded_with_LoadFromEnumerable"), _ml.Data.LoadFromEnumerable(back).GetColumn<uint>("Key"));

        uint[] Keys(string name) => [.. golden.GetProperty(name).EnumerateArray().Select(key => key.GetUInt32())];
    }

    [Fact]
    public void Keys_of_sixteen_bits_are_not_read_from_objects_and_vectors_of_keys_are_not_shifted()
    {
        var data = _ml.Data.LoadFromEnumerable([new ShortKeyRow { Small = 1, Many = [0, 1, 9] }]);
        Assert.ThrowsAny<Exception>(() => data.GetColumn<ushort>("Small").ToArray());
        Assert.Equal("Vector<Key<UInt32, 0-2>>", data.Schema["Many"].Type.ToString());
        Assert.Equal([[0u, 1u, 9u]], data.GetColumn<uint[]>("Many"));
    }

    [Fact]
    public void A_schema_definition_renames_and_sizes_columns_and_adds_annotations()
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Plain));
        definition["Values"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        definition["Values"].ColumnName = "Features";
        definition["Features"].AddAnnotation("IsNormalized", true, BooleanDataViewType.Instance);
        definition.Remove(definition["Name"]);
        var data = _ml.Data.LoadFromEnumerable([new Plain { Values = [1, 2], Name = "n" }], definition);
        Assert.Equal(["Features: Vector<Single, 2> {IsNormalized}"], data.Schema.Select(column => column.ToString()));
        Assert.True(data.Schema["Features"].IsNormalized());
        Assert.Equal([1f, 2f], data.GetColumn<float[]>("Features").Single());

        var back = _ml.Data.CreateEnumerable<Plain>(data, reuseRowObject: false, schemaDefinition: definition).Single();
        Assert.Equal([1f, 2f], back.Values);
        Assert.Null(back.Name);
    }

    [Fact]
    public void A_schema_gives_types_and_annotations_to_the_members_of_its_columns()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Values", new VectorDataViewType(NumberDataViewType.Single, 2));
        var data = _ml.Data.LoadFromEnumerable([new Plain { Values = [1, 2] }], builder.ToSchema());
        Assert.Equal("Vector<Single, 2>", data.Schema["Values"].Type.ToString());

        builder.AddColumn("Nope", NumberDataViewType.Single);
        Assert.Contains("Nope", Assert.ThrowsAny<Exception>(() => _ml.Data.LoadFromEnumerable([new Plain()], builder.ToSchema())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_no_column_type_is_refused_and_may_be_left_out()
    {
        Assert.Contains("Bad", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromEnumerable([new Unloadable()])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.LoadFromEnumerable([new Duplicate()]));
    }

    [Fact]
    public void Missing_columns_are_an_error_unless_ignored()
    {
        var data = _ml.Data.LoadFromEnumerable([new KeyRow()]);
        Assert.Contains("'Values'", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Data.CreateEnumerable<Plain>(data, reuseRowObject: false)).Message, StringComparison.Ordinal);
        Assert.Single(_ml.Data.CreateEnumerable<Plain>(data, reuseRowObject: false, ignoreMissingColumns: true));
    }

    [Fact]
    public void A_column_of_another_type_is_an_error()
    {
        var data = _ml.Data.LoadFromEnumerable([new { Key = 1.5f }]);
        Assert.ThrowsAny<Exception>(() => _ml.Data.CreateEnumerable<KeyRow>(data, reuseRowObject: false));
    }

    [Fact]
    public void A_reused_row_object_is_one_object()
    {
        var data = _ml.Data.LoadFromEnumerable([new Plain { Values = [1] }, new Plain { Values = [2] }]);
        Plain[] reused = [.. _ml.Data.CreateEnumerable<Plain>(data, reuseRowObject: true)];
        Assert.Same(reused[0], reused[1]);
        Plain[] separate = [.. _ml.Data.CreateEnumerable<Plain>(data, reuseRowObject: false)];
        Assert.Equal([1f, 2f], separate.Select(row => row.Values[0]));
    }

    [Fact]
    public void The_source_is_enumerated_only_by_cursors_and_once_by_each()
    {
        var enumerations = 0;
        IEnumerable<Plain> Source()
        {
            enumerations++;
            yield return new Plain { Values = [1] };
        }
        var data = _ml.Data.LoadFromEnumerable(Source());
        var column = data.GetColumn<float[]>("Values");
        var rows = _ml.Data.CreateEnumerable<Plain>(data, reuseRowObject: false);
        Assert.Equal(0, enumerations);
        _ = column.ToArray();
        Assert.Equal(1, enumerations);
        _ = rows.ToArray();
        Assert.Equal(2, enumerations);
    }

    [Fact]
    public void A_cursor_reads_no_further_than_it_is_moved()
    {
        using var cursor = _ml.Data.LoadFromEnumerable(Endless()).GetRowCursor([]);
        Assert.True(cursor.MoveNext());
        Assert.True(cursor.MoveNext());
        Assert.Equal(1, cursor.Position);
    }

    [Fact]
    public void A_null_row_is_an_error()
    {
        var data = _ml.Data.LoadFromEnumerable(new Plain?[] { null }!);
        Assert.Contains("null", Assert.ThrowsAny<InvalidOperationException>(() => data.GetColumn<float[]>("Values").ToArray()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => _ml.Data.LoadFromEnumerable<Plain>(null));
    }

    private static IEnumerable<Plain> Endless()
    {
        while (true)
            yield return new Plain();
    }

    public class Row
    {
        public float Number;

        [ColumnName("Renamed")]
        public int Count;

        [VectorType(3)]
        public float[] Fixed = [0, 0, 0];

        public VBuffer<double> Sparse;

        public string[] Words = [];

        [KeyType(3)]
        public uint Key;

        [NoColumn]
        public int Ignored = 5;

        public string Text { get; set; } = "";

        public bool Flag { get; set; }
    }

    public class KeyRow
    {
        [KeyType(3)]
        public uint Key;
    }

    public class ShortKeyRow
    {
        [KeyType(3)]
        public ushort Small;

        [KeyType(3)]
        public uint[] Many = [];
    }

    public class Plain
    {
        public float[] Values = null!;
        public string Name = null!;
    }

    public class Unloadable
    {
        public List<int> Bad = [];
    }

    public class Duplicate
    {
        public int A;

        [ColumnName("A")]
        public int B;
    }
}
