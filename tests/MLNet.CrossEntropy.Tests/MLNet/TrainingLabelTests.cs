using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet;

public class TrainingLabelTests
{
    private static readonly MLContext Ml = new(seed: 1);

    public static TheoryData<string, int?[]> Multiclass => new()
    {
        { "UInt", [0, 1, 2, null] },
        { "Text", [0, 1, 0, 1] },
    };

    public static TheoryData<string, int?[]> Binary => new()
    {
        { "Bool", [0, 1, 1, 0] },
        { "Single", [1, 0, null, 1] },
        { "Two", [1, 0, 1, null] },
    };

    [Theory]
    [MemberData(nameof(Multiclass))]
    public void Keys_are_class_indexes(string column, int?[] expected)
    {
        var data = Ml.Transforms.Conversion.MapValueToKey("Text").Fit(Table()).Transform(Table());
        var label = TrainingLabel.Multiclass(data.Schema, column);
        Assert.Equal(column == "Text" ? 2 : 3, label.Classes.Count);
        Assert.Equal(expected, Read(data, label));
    }

    [Fact]
    public void A_label_of_three_classes_names_the_trainer_for_it()
    {
        var schema = new InMemoryView.Builder().AddKeys("Label", [1, 2, 3], 3).Build().Schema;
        Assert.Contains("Trainers.SoftmaxCrossEntropy", Assert.ThrowsAny<ArgumentException>(
            () => TrainingLabel.Binary(schema, "Label")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_of_every_raw_type_are_class_indexes()
    {
        AssertKey<byte>(0, ScoreClasses.Missing);
        AssertKey<byte>(200, 199);
        AssertKey<byte>(201, ScoreClasses.Unknown);
        AssertKey<ushort>(200, 199);
        AssertKey<ushort>(ushort.MaxValue, ScoreClasses.Unknown);
        AssertKey<uint>(1, 0);
        AssertKey<uint>(uint.MaxValue, ScoreClasses.Unknown);
        AssertKey<ulong>(1, 0);
        AssertKey<ulong>(ulong.MaxValue, ScoreClasses.Unknown);
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public void Binary_labels_of_every_type_are_zero_or_one(string column, int?[] expected)
    {
        var label = TrainingLabel.Binary(Table().Schema, column);
        Assert.Equal(2, label.Classes.Count);
        Assert.Equal(expected, Read(Table(), label));
    }

    [Fact]
    public void A_single_label_between_the_classes_is_an_error()
    {
        var data = Ml.Data.LoadFromEnumerable([new Row { Single = 0 }, new Row { Single = 0.5f }]);
        var label = TrainingLabel.Binary(data.Schema, "Single");
        var error = Assert.Throws<InvalidOperationException>(() => Read(data, label));
        Assert.Equal(
            "Label column 'Single' is 0.5 in row 1 (counted from 0): a binary label of type Single must be 0, 1, or NaN for a missing one.",
            error.Message);
    }

    [Theory]
    [InlineData("Text", "Schema mismatch for label column 'Text': expected Key<UInt32>, got String. Map it to a key with MapValueToKey")]
    [InlineData("Bool", "Schema mismatch for label column 'Bool': expected Key<UInt32>, got Boolean. Map it to a key with MapValueToKey")]
    [InlineData("Number", "Schema mismatch for label column 'Number': expected Key<UInt32>, got Int32. Map it to a key with MapValueToKey")]
    [InlineData("One", "Schema mismatch for label column 'One': expected Key<UInt32> of 2 classes or more, their count known, got Key<UInt32, 0-0>. A classifier cannot learn from one class")]
    public void A_column_that_is_no_multiclass_label_is_refused(string column, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TrainingLabel.Multiclass(Table().Schema, column));
        Assert.Equal($"{message} (Parameter 'inputSchema')", error.Message);
    }

    [Theory]
    [InlineData("Text", "Schema mismatch for label column 'Text': expected Boolean, Single or Key<UInt32> of 2 classes, got String. Convert it, for example with MapValue or ConvertType")]
    [InlineData("UInt", "Schema mismatch for label column 'UInt': expected Boolean, Single or Key<UInt32> of 2 classes, got Key<UInt32, 0-2>. A label of more than two classes is for MulticlassClassification.Trainers.SoftmaxCrossEntropy")]
    public void A_column_that_is_no_binary_label_is_refused(string column, string message)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TrainingLabel.Binary(Table().Schema, column));
        Assert.Equal($"{message} (Parameter 'inputSchema')", error.Message);
    }

    [Fact]
    public void A_key_of_unknown_count_is_refused()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", new KeyDataViewType(typeof(ulong), ulong.MaxValue));
        var many = builder.ToSchema();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TrainingLabel.Multiclass(many, "Label"));
        Assert.EndsWith("There are too many classes (Parameter 'inputSchema')", error.Message, StringComparison.Ordinal);
    }

    private static void AssertKey<T>(T value, int expected)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", new KeyDataViewType(typeof(T), 200));
        var row = new KeyRow<T>(builder.ToSchema(), value);
        double weight = 1;
        Assert.Equal(expected, TrainingLabel.Multiclass(row.Schema, "Label").Open(row)(out _, ref weight));
    }

    private static int?[] Read(IDataView data, TrainingLabel label)
    {
        using var cursor = data.GetRowCursor([label.Column]);
        var get = label.Open(cursor);
        double weight = 1;
        var read = new List<int?>();
        while (cursor.MoveNext())
            read.Add(get(out _, ref weight) is var value && value == ScoreClasses.Missing ? null : value);
        return [.. read];
    }

    private static IDataView Table() => Ml.Data.LoadFromEnumerable([
        new Row { UInt = 0, Two = 1, Bool = false, Single = 1, Text = "cat" },
        new Row { UInt = 1, Two = 0, Bool = true, Single = 0, Text = "dog" },
        new Row { UInt = 2, Two = 1, Bool = true, Single = float.NaN, Text = "cat" },
        new Row { UInt = 3, Two = 2, Bool = false, Single = 1, Text = "dog" },
    ]);

    // Loaded from objects, key values are given zero-based, and one beyond the count is missing.
    private sealed class Row
    {
        [KeyType(3)]
        public uint UInt { get; set; }

        [KeyType(2)]
        public uint Two { get; set; }

        [KeyType(1)]
        public uint One { get; set; }

        public bool Bool { get; set; }

        public float Single { get; set; }

        public int Number { get; set; }

        public string Text { get; set; } = "";
    }

    /// <summary>A row of one key, with any value: not all can be loaded from objects.</summary>
    private sealed class KeyRow<T>(DataViewSchema schema, T key) : DataViewRow
    {
        public override DataViewSchema Schema => schema;

        public override long Position => 0;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = default;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => (ValueGetter<TValue>)(Delegate)(ValueGetter<T>)((ref T value) => value = key);
    }
}
