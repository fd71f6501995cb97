using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class PredictionEngineTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void An_engine_fills_the_members_that_have_columns()
    {
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(new TransformerChain<ITransformer>());
        var first = engine.Predict(new Input { Values = [1, 2], Text = "a" });
        var second = engine.Predict(new Input { Values = [3], Text = null! });
        Assert.Equal([1f, 2f], first.Values);
        Assert.Equal("a", first.Text);
        Assert.Equal(7, first.Absent);
        Assert.Equal([3f], second.Values);
        Assert.Equal("", second.Text);
        Assert.Equal(["Values: Vector<Single>", "Text: String"], engine.OutputSchema.Select(column => column.ToString()));
    }

    [Fact]
    public void A_prediction_object_may_be_used_again()
    {
        using var engine = _ml.Model.CreatePredictionEngine<Input, Output>(new TransformerChain<ITransformer>());
        var prediction = new Output { Values = [0, 0] };
        var values = prediction.Values;
        engine.Predict(new Input { Values = [5, 6] }, ref prediction);
        Assert.Same(values, prediction.Values);
        Assert.Equal([5f, 6f], values);
        Output? created = null;
        engine.Predict(new Input { Values = [7] }, ref created!);
        Assert.Equal([7f], created.Values);
        Assert.Throws<ArgumentNullException>(() => engine.Predict(null!));
    }

    [Fact]
    public void Missing_columns_are_ignored_unless_asked_for()
    {
        var model = new TransformerChain<ITransformer>();
        Assert.Contains("'Absent'", Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Model.CreatePredictionEngine<Input, Output>(model, ignoreMissingColumns: false)).Message, StringComparison.Ordinal);
        var options = new PredictionEngineOptions { IgnoreMissingColumns = false };
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Model.CreatePredictionEngine<Input, Output>(model, options));
    }

    [Fact]
    public void The_input_schema_may_be_a_view_s()
    {
        var schema = _ml.Data.LoadFromEnumerable([new Sized()]).Schema;
        using var engine = _ml.Model.CreatePredictionEngine<Input, Input>(new TransformerChain<ITransformer>(), schema);
        Assert.Equal("Vector<Single, 2>", engine.OutputSchema["Values"].Type.ToString());
    }

    [Fact]
    public void Only_a_row_to_row_mapper_predicts()
        => Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Model.CreatePredictionEngine<Input, Output>(new IdentityTransformer()));

    private sealed class Input
    {
        public float[] Values = [];
        public string Text = "";
    }

    private sealed class Output
    {
        public float[] Values = [];
        public string Text = "";
        public int Absent = 7;
    }

    private sealed class Sized
    {
        [VectorType(2)]
        public float[] Values = [1, 2];
    }
}
