using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class SchemaTests
{
    private static DataViewSchema Make(params (string Name, DataViewType Type)[] columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach ((var name, var type) in columns)
            builder.AddColumn(name, type);
        return builder.ToSchema();
    }

    [Fact]
    public void The_last_column_of_a_name_hides_the_others()
    {
        var schema = Make(("A", NumberDataViewType.Single), ("B", NumberDataViewType.Int32), ("A", TextDataViewType.Instance));
        Assert.Equal(3, schema.Count);
        Assert.Equal([true, false, false], schema.Select(column => column.IsHidden));
        Assert.Equal(2, schema["A"].Index);
        Assert.Equal(TextDataViewType.Instance, schema["A"].Type);
        Assert.Equal(NumberDataViewType.Single, schema[0].Type);
        Assert.Equal("3 columns", schema.ToString());
    }

    [Fact]
    public void An_unknown_column_is_an_error_that_names_it()
    {
        var schema = Make(("A", NumberDataViewType.Single));
        Assert.Contains("'Nope'", Assert.Throws<ArgumentOutOfRangeException>(() => schema["Nope"]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => schema[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => schema[-1]);
        Assert.Throws<ArgumentNullException>(() => schema[""]);
        Assert.Null(schema.GetColumnOrNull("Nope"));
        Assert.Equal("A", schema.GetColumnOrNull("A")!.Value.Name);
    }

    [Fact]
    public void A_column_prints_its_name_type_and_annotations()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        annotations.AddPrimitiveValue("Note", TextDataViewType.Instance, "x".AsMemory());
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("A", new VectorDataViewType(NumberDataViewType.Single, 2), annotations.ToAnnotations());
        builder.AddColumn("B", NumberDataViewType.Single);
        var schema = builder.ToSchema();
        Assert.Equal("A: Vector<Single, 2> {IsNormalized, Note}", schema[0].ToString());
        Assert.Equal("B: Single", schema[1].ToString());
        Assert.Equal("IsNormalized, Note", schema[0].Annotations.ToString());
        Assert.Empty(schema[1].Annotations.Schema);
    }

    [Fact]
    public void Annotations_have_typed_values()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        var values = new VBuffer<int>(3, [5, 6, 7]);
        builder.Add("Codes", new VectorDataViewType(NumberDataViewType.Int32, 3), (ref VBuffer<int> destination) => values.CopyTo(ref destination));
        builder.AddPrimitiveValue("Rate", NumberDataViewType.Double, 0.5);
        DataViewSchema.Annotations annotations = builder.ToAnnotations();

        VBuffer<int> codes = default;
        annotations.GetValue("Codes", ref codes);
        Assert.Equal([5, 6, 7], codes.DenseValues());
        double rate = 0;
        annotations.GetGetter<double>(annotations.Schema["Rate"])(ref rate);
        Assert.Equal(0.5, rate);
        Assert.Throws<InvalidOperationException>(() =>
        {
            float wrong = 0;
            annotations.GetValue("Rate", ref wrong);
        });
        Assert.Throws<InvalidOperationException>(() => annotations.GetValue("Missing", ref rate));

        var selected = new DataViewSchema.Annotations.Builder();
        selected.Add(annotations, name => name == "Rate");
        Assert.Equal(["Rate"], selected.ToAnnotations().Schema.Select(column => column.Name));
    }

    [Fact]
    public void A_getter_of_the_wrong_type_is_refused()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        Assert.Throws<ArgumentException>(() => builder.Add("A", NumberDataViewType.Single, (ref double value) => value = 1));
        Delegate untyped = (ValueGetter<double>)((ref double value) => value = 1);
        Assert.ThrowsAny<Exception>(() => builder.Add("A", NumberDataViewType.Single, untyped));
    }

    [Fact]
    public void Slot_names_and_key_values_count_only_when_they_fit_the_column()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Named", new VectorDataViewType(NumberDataViewType.Single, 2), Annotation("SlotNames", ["a", "b"]));
        builder.AddColumn("WrongCount", new VectorDataViewType(NumberDataViewType.Single, 3), Annotation("SlotNames", ["a", "b"]));
        builder.AddColumn("Key", new KeyDataViewType(typeof(uint), 2), Annotation("KeyValues", ["a", "b"]));
        builder.AddColumn("NoKey", NumberDataViewType.UInt32, Annotation("KeyValues", ["a", "b"]));
        var schema = builder.ToSchema();

        Assert.True(schema["Named"].HasSlotNames());
        Assert.False(schema["WrongCount"].HasSlotNames());
        Assert.False(schema["Key"].HasSlotNames());
        Assert.True(schema["Key"].HasKeyValues());
        Assert.True(schema["Key"].HasKeyValues(TextDataViewType.Instance));
        Assert.False(schema["Key"].HasKeyValues(NumberDataViewType.Int32));
        Assert.False(schema["NoKey"].HasKeyValues());
        Assert.False(schema["Key"].IsNormalized());

        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Named"].GetSlotNames(ref names);
        Assert.Equal(["a", "b"], names.DenseValues().Select(name => name.ToString()));
        schema["Key"].GetKeyValues(ref names);
        Assert.Equal(["a", "b"], names.DenseValues().Select(name => name.ToString()));
    }

    private static DataViewSchema.Annotations Annotation(string kind, string[] texts)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        var values = new VBuffer<ReadOnlyMemory<char>>(texts.Length, Array.ConvertAll(texts, text => text.AsMemory()));
        builder.Add(kind, new VectorDataViewType(TextDataViewType.Instance, texts.Length), (ref VBuffer<ReadOnlyMemory<char>> destination) => values.CopyTo(ref destination));
        return builder.ToAnnotations();
    }
}
