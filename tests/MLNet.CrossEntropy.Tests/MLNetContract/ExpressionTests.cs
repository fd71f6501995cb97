using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNetContract;

/// <summary>Formulas of each slot of a column: a multi-label model makes its probabilities and answers of its logits by them.</summary>
public class ExpressionTests
{
    private static readonly float[] Values =
        [0, 1, -1, 0.3f, -17.5f, 20, 104, -104, 1e4f, -1e4f, float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_sigmoid_is_computed_in_single_with_the_exponential_rounded_from_double()
    {
        var transformed = Transform("x : 1 / (1 + exp(-x))");
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), transformed.Schema["V"].Type);
        Assert.Equal(Values.Select(x => 1 / (1 + (float)Math.Exp(-x))), transformed.GetColumn<float[]>("V").Select(y => y[0]));
        Assert.All(transformed.GetColumn<float[]>("V"), y => Assert.Equal(0.5f, y[1]));
    }

    [Fact]
    public void A_comparison_is_Boolean_and_false_for_NaN()
    {
        var transformed = Transform("x : x > 0");
        Assert.Equal(new VectorDataViewType(BooleanDataViewType.Instance, 2), transformed.Schema["V"].Type);
        Assert.Equal(Values.Select(x => x > 0), transformed.GetColumn<bool[]>("V").Select(y => y[0]));
    }

    [Fact]
    public void Slot_names_are_kept_and_promised()
    {
        var table = Table();
        var estimator = _ml.Transforms.Expression("V", "x : x > 0", "V");
        VBuffer<ReadOnlyMemory<char>> names = default;
        estimator.Fit(table).Transform(table).Schema["V"].GetSlotNames(ref names);
        Assert.Equal(["A", "B"], names.DenseValues().Select(name => name.ToString()));

        var promised = estimator.GetOutputSchema(SchemaText.ShapeOf(table.Schema)).Single(column => column.Name == "V");
        Assert.Equal((SchemaShape.Column.VectorKind.Vector, BooleanDataViewType.Instance), (promised.Kind, promised.ItemType));
        Assert.Equal(["SlotNames"], promised.Annotations.Select(annotation => annotation.Name));
    }

    private IDataView Transform(string expression)
    {
        var table = Table();
        return _ml.Transforms.Expression("V", expression, "V").Fit(table).Transform(table);
    }

    private IDataView Table()
    {
        var table = _ml.Data.LoadFromEnumerable(Values.Select(x => new { A = x, B = 0f }).ToArray());
        return _ml.Transforms.Concatenate("V", "A", "B").Fit(table).Transform(table);
    }
}
