using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Tests.MLNet;

public class TrainingColumnsTests
{
    [Theory]
    [InlineData("Scalar", "Schema mismatch for feature column 'Scalar': expected Vector<Single>, got Single")]
    [InlineData("Doubles", "Schema mismatch for feature column 'Doubles': expected Vector<Single>, got Vector<Double, 2>")]
    [InlineData("Unsized", "Schema mismatch for feature column 'Unsized': expected Vector<Single>, got VarVector<Single>")]
    public void A_column_that_is_no_feature_vector_is_refused(string column, string message)
    {
        var schema = Schema();
        var error =
            Assert.Throws<ArgumentOutOfRangeException>(
            () => TrainingColumns.Find(schema, column, TrainingLabel.Binary(schema, "Label"), null));
        const string remedy =
            ". Make it one vector of Single of a fixed length, for example with Concatenate, ConvertType or [VectorType(length)]";
        Assert.Equal($"{message}{remedy} (Parameter 'inputSchema')", error.Message);
    }

    [Fact]
    public void A_column_that_is_no_weight_is_refused()
    {
        var schema = Schema();
        var error =
            Assert.Throws<ArgumentOutOfRangeException>(
            () => TrainingColumns.Find(schema, "Features", TrainingLabel.Binary(schema, "Label"), "Features"));
        Assert.Equal(
            "Schema mismatch for example weight column 'Features': expected a number, got Vector<Single, 3>. Convert it with ConvertType " +
            "(Parameter 'inputSchema')", error.Message);
    }

    [Fact]
    public void The_last_column_of_a_name_is_the_one_that_counts()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([new Row { Scalar = 7 }]);
        var replaced = ml.Transforms.Concatenate("Features", "Scalar", "Scalar").Fit(data).Transform(data);

        TrainingColumns columns = TrainingColumns.Find(replaced.Schema, "Features", TrainingLabel.Binary(replaced.Schema, "Label"), null);
        Assert.Equal(2, columns.FeatureCount);
        Assert.Equal([7, 7], Assert.Single(TrainingRows.Read(replaced, columns).Blocks).Values);
    }

    [Fact]
    public void Class_names_are_read_whatever_their_type()
    {
        var ml = new MLContext(seed: 1);
        var data = ml.Data.LoadFromEnumerable([
            new Keyed { Text = "dog", Integer = 7, Single = 0.5f },
            new Keyed { Text = "cat", Integer = -3, Single = float.NaN },
        ]);
        var keyed = ml.Transforms.Conversion.MapValueToKey([new("Text"), new("Integer"), new("Single")]).Fit(data).Transform(data);

        Assert.Equal(["dog", "cat"], AnnotationNames.OfClasses(keyed.Schema["Text"], 2)!);
        Assert.Equal(["7", "-3"], AnnotationNames.OfClasses(keyed.Schema["Integer"], 2)!);
        Assert.Equal(["0.5"], AnnotationNames.OfClasses(keyed.Schema["Single"], 1)!);
        Assert.Null(AnnotationNames.OfClasses(keyed.Schema["Text"], 3));
        Assert.Null(AnnotationNames.OfClasses(data.Schema["Text"], 2));
    }

    private static DataViewSchema Schema() => new MLContext(seed: 1).Data.LoadFromEnumerable<Row>([]).Schema;

    private sealed class Row
    {
        public float Scalar { get; set; }

        [VectorType(2)]
        public double[] Doubles { get; set; } = [];

        public float[] Unsized { get; set; } = [];

        [VectorType(3)]
        public float[] Features { get; set; } = [1, 2, 3];

        public bool Label { get; set; }
    }

    private sealed class Keyed
    {
        public string Text { get; set; } = "";

        public int Integer { get; set; }

        public float Single { get; set; }
    }
}
