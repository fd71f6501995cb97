using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Prediction;

/// <summary>
/// Section e_schema of the golden file: promised shapes, output schemas with all annotations, and transformer types of whole
/// pipelines, for the trainers that both hosts have.
/// </summary>
public class GoldenSchemaTests
{
    private static readonly JsonElement Section = GoldenFile.Section("e_schema");

    [Fact]
    public void The_input_is_as_recorded() => ColumnFacts.Check(Section.GetProperty("input_schema"), Iris(new MLContext(seed: 1)).Schema);

    [Fact]
    public void Multiclass_with_a_label_of_text()
        => Check("multiclass_string_label", ml => Multiclass(ml, "Name").Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel")));

    [Fact]
    public void Multiclass_with_a_label_of_numbers() => Check("multiclass_int_label", ml => Multiclass(ml, "Id"));

    [Fact]
    public void Multiclass_with_a_label_of_numbers_mapped_back()
        => Check("multiclass_int_label_mapped_back", ml => Multiclass(ml, "Id").Append(ml.Transforms.Conversion.MapKeyToValue("Value", "PredictedLabel")));

    [Fact]
    public void Binary() => Check("binary_lbfgs", ml => new EstimatorChain<ITransformer>().Append(Features(ml)).Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression("Flag")));

    [Fact]
    public void A_label_of_text_must_be_mapped()
        => CheckThrows("multiclass_string_label_not_mapped", ml => Features(ml).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Name")));

    [Fact]
    public void A_features_column_must_be_there()
        => CheckThrows(
            "missing_feature_column",
            ml => ml.Transforms.Conversion.MapValueToKey("Label", "Name").Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy()));

    private static void Check<TTransformer>(string name, Func<MLContext, EstimatorChain<TTransformer>> make)
        where TTransformer : class, ITransformer
    {
        var golden = Section.GetProperty(name);
        var ml = new MLContext(seed: 1);
        var pipeline = make(ml);
        var data = Iris(ml);
        var model = pipeline.Fit(data);
        ColumnFacts.Check(golden.GetProperty("output_schema"), model.Transform(data).Schema);
        ColumnFacts.Check(golden.GetProperty("output_schema"), model.GetOutputSchema(data.Schema));
        ColumnFacts.Check(golden.GetProperty("estimator_output_shape"), pipeline.GetOutputSchema(ShapeOf(ml, data)));
        Assert.Equal(golden.GetProperty("transformer_type").GetString(), ColumnFacts.NameOf(model.GetType()));
        Assert.Equal(golden.GetProperty("chain_types").Texts(), model.Select(transformer => ColumnFacts.NameOf(transformer.GetType())));
    }

    private static void CheckThrows<TTransformer>(string name, Func<MLContext, EstimatorChain<TTransformer>> make)
        where TTransformer : class, ITransformer
    {
        var golden = Section.GetProperty(name);
        var ml = new MLContext(seed: 1);
        var thrown = Assert.ThrowsAny<Exception>(() => make(ml).Fit(Iris(ml)));
        Assert.Equal((golden.GetProperty("exception").GetString(), golden.GetProperty("message").GetString()), (thrown.GetType().Name, thrown.Message));
    }

    private static EstimatorChain<MulticlassPredictionTransformer<Microsoft.ML.Trainers.MaximumEntropyModelParameters>> Multiclass(MLContext ml, string label)
        => ml.Transforms.Conversion.MapValueToKey("Label", label).Append(Features(ml)).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());

    private static EstimatorChain<Microsoft.ML.Transforms.NormalizingTransformer> Features(MLContext ml)
        => ml.Transforms.Concatenate("Features", "A", "B", "C", "D").Append(ml.Transforms.NormalizeMinMax("Features"));

    /// <summary>The shape of a view's schema, which ML.NET makes inside an estimator only.</summary>
    private static SchemaShape ShapeOf(MLContext ml, IDataView data)
    {
        SchemaShape? shape = null;
        ml.Transforms.CopyColumns("Copy", data.Schema[0].Name).Append(new ShapeCatcher(caught => shape = caught)).Fit(data);
        return new SchemaShape(shape!.Where(column => column.Name != "Copy"));
    }

    private static IDataView Iris(MLContext ml)
    {
        var iris = Dataset.Iris;
        return ml.Data.LoadFromEnumerable(iris.X.Select((x, i) => new Row
        {
            A = x[0],
            B = x[1],
            C = x[2],
            D = x[3],
            Name = iris.ClassNames[iris.Y[i]],
            Id = 10 * (iris.Y[i] + 1),
            Flag = iris.Y[i] == 0,
        }));
    }

    private sealed class ShapeCatcher(Action<SchemaShape> caught) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            caught(inputSchema);
            return inputSchema;
        }
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        public float C { get; set; }

        public float D { get; set; }

        public string Name { get; set; } = "";

        public int Id { get; set; }

        public bool Flag { get; set; }
    }
}
