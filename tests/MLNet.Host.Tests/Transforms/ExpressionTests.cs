using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNet.Host.Tests.Transforms;

/// <summary>Formulas of one column, slot by slot where it is a vector: what a sigmoid of scores needs.</summary>
public class ExpressionTests
{
    private static readonly float[] Values = [0, 1, -1, 0.3f, -17.5f, 20, 104, -104, 1e4f, -1e4f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("x : 1 / (1 + exp(-x))")]
    [InlineData("(x) => 1/(1+exp(-x))")]
    public void A_sigmoid_is_computed_in_single_with_the_exponential_rounded_from_double(string expression)
    {
        float[] expected = [.. Values.Select(x => 1 / (1 + (float)Math.Exp(-x)))];
        var scalars = Transform("Y", expression, "X");
        Assert.Equal(NumberDataViewType.Single, scalars.Schema["Y"].Type);
        Assert.Equal(expected, scalars.GetColumn<float>("Y"));

        var vectors = Transform("Y", expression, "V");
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), vectors.Schema["Y"].Type);
        Assert.Equal(expected, vectors.GetColumn<float[]>("Y").Select(y => y[0]));
        Assert.All(vectors.GetColumn<float[]>("Y"), y => Assert.Equal(0.5f, y[1]));
    }

    [Fact]
    public void A_comparison_is_Boolean_and_false_for_NaN()
    {
        Assert.Equal(Values.Select(x => x > 0), Transform("Y", "x : x > 0", "X").GetColumn<bool>("Y"));
        var vectors = Transform("Y", "x : x > 0", "V");
        Assert.Equal(new VectorDataViewType(BooleanDataViewType.Instance, 2), vectors.Schema["Y"].Type);
        Assert.Equal(Values.Select(x => x > 0), vectors.GetColumn<bool[]>("Y").Select(y => y[0]));
    }

    [Fact]
    public void Operators_bind_as_usual_and_to_the_left()
    {
        Assert.Equal(Values.Select(x => x - 2 - 1), Transform("Y", "x : x - 2 - 1", "X").GetColumn<float>("Y"));
        Assert.Equal(Values.Select(x => -(x * 2) / 4 + x), Transform("Y", "x : -(x * 2) / 4 + x", "X").GetColumn<float>("Y"));
        Assert.Equal(Values.Select(x => (float)Math.Log((float)Math.Exp(x) * 2)), Transform("Y", "x : log(exp(x) * 2)", "X").GetColumn<float>("Y"));
        Assert.Equal(Values.Select(x => 8 / x / 2 <= x), Transform("Y", "x : 8 / x / 2 <= x", "X").GetColumn<bool>("Y"));
    }

    [Fact]
    public void Slot_names_are_kept_and_promised()
    {
        var table = _ml.Transforms.Concatenate("V", "A", "B").Fit(Table()).Transform(Table());
        var estimator = _ml.Transforms.Expression("V", "x : x > 0", "V");
        var transformed = estimator.Fit(table).Transform(table);
        VBuffer<ReadOnlyMemory<char>> names = default;
        transformed.Schema["V"].GetSlotNames(ref names);
        Assert.Equal(["A", "B"], names.DenseValues().Select(name => name.ToString()));

        SchemaShape? shape = null;
        estimator.Append(new ReadingEstimator(onShape: seen => shape = seen)).Fit(table);
        var promised = shape!.Single(column => column.Name == "V");
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, promised.Kind);
        Assert.Equal(BooleanDataViewType.Instance, promised.ItemType);
        Assert.Equal(["SlotNames"], promised.Annotations.Select(annotation => annotation.Name));
    }

    [Fact]
    public void An_expression_that_is_none_is_refused_by_Fit_and_a_missing_column_by_name()
    {
        Assert.ThrowsAny<Exception>(() => Transform("Y", "x : x +", "X"));
        Assert.Contains("'Nothing'", Assert.Throws<ArgumentOutOfRangeException>(() => Transform("Y", "x : x", "Nothing")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_expression_computes_the_same_when_loaded()
    {
        var table = Table();
        var chain = _ml.Transforms.Expression("P", "x : 1 / (1 + exp(-x))", "V").Append(_ml.Transforms.Expression("V", "x : x > 0", "V")).Fit(table);
        using var stream = new MemoryStream();
        _ml.Model.Save(chain, table.Schema, stream);
        stream.Position = 0;
        IDataView before = chain.Transform(table), after = new MLContext().Model.Load(stream, out _).Transform(table);
        Assert.Equal(before.GetColumn<float[]>("P"), after.GetColumn<float[]>("P"));
        Assert.Equal(before.GetColumn<bool[]>("V"), after.GetColumn<bool[]>("V"));
    }

    private IDataView Transform(string output, string expression, string input)
    {
        var table = Table();
        return _ml.Transforms.Expression(output, expression, input).Fit(table).Transform(table);
    }

    private IDataView Table() => _ml.Data.LoadFromEnumerable(Values.Select(x => new Example { X = x, V = [x, 0], A = x, B = -x }));

    private sealed class Example
    {
        public float X { get; set; }

        [VectorType(2)]
        public float[] V { get; set; } = [0, 0];

        public float A { get; set; }

        public float B { get; set; }
    }
}
