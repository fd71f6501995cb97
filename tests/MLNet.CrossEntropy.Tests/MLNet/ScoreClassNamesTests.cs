using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet;

/// <summary>Every score slot has a name, whatever the type of the label.</summary>
public class ScoreClassNamesTests
{
    private readonly MLContext _ml = new(seed: 1);

    /// <summary>A label column and the names of its classes.</summary>
    public static TheoryData<string, string[]> Labels => new()
    {
        { "text", ["a", "b"] },
        { "int", ["7", "-3"] },
        { "float", ["0.5", "1000000"] },
        { "bool", ["False", "True"] },
        { "key of text", ["a", "b"] },
        { "key without values", ["0", "1"] },
    };

    [Theory]
    [MemberData(nameof(Labels))]
    public void Names_are_those_of_the_label(string label, string[] names)
    {
        var data = View(label);
        var model = Pipeline(label).Fit(data);
        Assert.Equal(names, _ml.MulticlassClassification.ScoreClassNames(model.Transform(data)));
        Assert.Equal(names, _ml.Model.LinearCoefficients(model).Classes.Select(c => c.Name));
    }

    [Fact]
    public void Labels_turned_into_text_first_are_slot_names_too_and_stay_so_in_a_process_without_us()
    {
        // ML.NET names the slots of scores for text labels alone.
        var data = View("int");
        var model = _ml.Transforms.Conversion.ConvertType("Label", outputKind: DataKind.String)
            .Append(_ml.Transforms.Conversion.MapValueToKey("Label"))
            .Append(_ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { Seed = 1 }))
                .Fit(data);
        var scored = model.Transform(data);
        Assert.Equal(["7", "-3"], Text(scored.Schema["Score"], "SlotNames"));
        Assert.Equal(["7", "-3"], Text(scored.Schema["Score"], "TrainingLabelValues"));
        Assert.Equal(["7", "-3"], Text(scored.Schema["PredictedLabel"], "KeyValues"));

        using var file = new TemporaryFile();
        var predictor = model.Last();
        _ml.Model.Save(
            NamedIris.Chain(predictor, _ml.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(scored)), data.Schema, file.Name);
        Assert.Equal(["7", "-3", "ours: "], OtherProcess.Score(file.Name, "PredictedLabel", [[0, 1], [4, 1]]));
    }

    [Fact]
    public void A_column_that_is_no_vector_is_refused()
    {
        var data = View("bool");
        var error = Assert.Throws<ArgumentException>(() => _ml.MulticlassClassification.ScoreClassNames(data, "Label"));
        Assert.Equal("The score column 'Label' is of type Boolean; a vector of known length, one score a class, is needed.", error.Message);
    }

    private EstimatorChain<ITransformer> Pipeline(string label)
    {
        var trainer = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options { Seed = 1 });
        var chain = new EstimatorChain<ITransformer>();
        return (label.StartsWith("key", StringComparison.Ordinal) ? chain
            : chain.Append<ITransformer>(_ml.Transforms.Conversion.MapValueToKey("Label")))
            .Append<ITransformer>(trainer);
    }

    private static InMemoryView View(string label)
    {
        var view = new InMemoryView.Builder()
            .AddScores("Features", Enumerable.Range(0, 6).Select(i => (double[])[i, 1]), 2);
        bool[] second = [false, false, false, true, true, true];
        return (label switch
        {
            "text" => view.AddText("Label", second.Select(s => s ? "b" : "a")),
            "int" => view.Add("Label", NumberDataViewType.Int32, second.Select(s => s ? -3 : 7)),
            "float" => view.Add("Label", NumberDataViewType.Single, second.Select(s => s ? 1e6f : 0.5f)),
            "bool" => view.Add("Label", BooleanDataViewType.Instance, second),
            "key of text" => view.AddKeys("Label", second.Select(s => s ? 2u : 1u), 2, ["a", "b"]),
            _ => view.AddKeys("Label", second.Select(s => s ? 2u : 1u), 2),
        }).Build();
    }

    private static string[] Text(DataViewSchema.Column column, string kind)
    {
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.Annotations.GetValue(kind, ref values);
        return [.. values.DenseValues().Select(value => value.ToString())];
    }
}
