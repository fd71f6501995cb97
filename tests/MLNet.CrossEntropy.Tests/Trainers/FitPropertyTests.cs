using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>What must hold for any training data.</summary>
/// <remarks>
/// The penalty makes the objective strongly convex in the weights, so that weights lie within <c>||grad|| / l2</c> of the optimum's (Boyd
/// and Vandenberghe 2004, section 9.1.2): each fit's certificate says how close two fits of one problem must be.
/// </remarks>
public class FitPropertyTests
{
    // Losses of float logits tell objectives apart to about 2^-24 of themselves, which on a curvature of up to 4 (features up to 3) is a
    // gradient of sqrt(2 * 4 * 6e-8). The biases, which are not penalised, add their part to the weights' distance.
    private const double LargestGradient = 7e-4;
    private const double BiasesShare = 2;
    private const double Rounding = 1e-5;
    private const double CloseProbabilities = 1e-4;

    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(0x5EED, 0x1D).WithMaxTest(20);

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void A_row_of_weight_two_is_the_row_twice(string trainer) => Holds(rows =>
    {
        var repeated = rows.Pick(rows.Weights.SelectMany((weight, i) => Enumerable.Repeat(i, (int)weight)));
        AssertClose(AtOptimum(trainer, repeated, weighted: false), AtOptimum(trainer, rows));
    });

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_scale_of_the_weights_does_not_matter(string trainer) => Holds(rows =>
        AssertClose(AtOptimum(trainer, rows), AtOptimum(trainer, rows with { Weights = [.. rows.Weights.Select(weight => 4 * weight)] })));

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_order_of_rows_does_not_matter(string trainer) => Holds(rows =>
    {
        int[] order = [.. Enumerable.Range(0, rows.X.Length)];
        new Random(order.Length).Shuffle(order);
        AssertClose(AtOptimum(trainer, rows), AtOptimum(trainer, rows.Pick(order)));
    });

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_order_of_classes_does_not_matter(string trainer) => Holds(rows =>
    {
        // For the binary trainer the order of two classes is what is true: its model turns around.
        var of = trainer == "sigmoid" ? rows with { Classes = 2, Y = [.. rows.Y.Select(label => label == 1 ? 1 : 0)] } : rows;
        int[] place = [.. Enumerable.Range(0, of.Classes).Select(k => (k + 1) % of.Classes)];
        Optimum before = AtOptimum(trainer, of), after = AtOptimum(trainer, of with { Y = [.. of.Y.Select(label => place[label])] });
        var features = rows.Features;
        AssertClose(before, after with
        {
            Weights = trainer == "sigmoid"
                ? [.. after.Weights.Select(weight => -weight)]
                : [.. place.SelectMany(k => after.Weights.Skip(k * features).Take(features))],
        });
    });

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void A_constant_feature_and_a_shift_of_the_others_change_no_probability(string trainer) => Holds(rows =>
    {
        var expected = Probabilities(trainer, rows);
        AssertClose(expected, Probabilities(trainer, rows.Map(row => [.. row, 3])));
        AssertClose(expected, Probabilities(trainer, rows.Map(row => [.. row.Select(value => value + 8)])));
    });

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void Sparse_vectors_of_the_same_values_give_the_bits_of_dense_ones(string trainer) => Holds(rows =>
        Assert.Equal(Parameters(trainer, rows.View(), _ => { }), Parameters(trainer, rows.View(sparse: true), _ => { })));

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void Features_that_are_always_zero_make_the_rows_sparse_and_change_nothing(string trainer) => Holds(rows =>
    {
        // Nine zeros for each value: the rows are stored and fitted in another way, to the same optimum.
        const int every = 10;
        var dense = AtOptimum(trainer, rows);
        var sparse = AtOptimum(trainer, rows.Map(row => [.. row.SelectMany(value => Enumerable.Repeat(0f, every - 1).Append(value))]));
        AssertClose(dense, sparse with { Weights = [.. sparse.Weights.Where((_, w) => w % every == every - 1)] });
        Assert.All(sparse.Weights.Where((_, w) => w % every != every - 1), weight => Assert.Equal(0, weight));
    });

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void Streamed_rows_give_the_bits_of_cached_ones(string trainer) => Holds(rows =>
    {
        Assert.Equal(With(cache: true), With(cache: false));

        float[] With(bool cache) => Parameters(trainer, rows.View(), options => (options.Cache, options.Solver) = (cache, Solver.Sgd));
    });

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void The_number_of_threads_changes_no_bit(string trainer) => Holds(rows =>
    {
        foreach (var solver in Enum.GetValues<Solver>())
        {
            Assert.Equal(With(threads: 1), With(threads: 3));

            float[] With(int threads) =>
                Parameters(trainer, rows.View(), options => (options.NumberOfThreads, options.Solver) = (threads, solver));
        }
    });

    private static void Holds(Action<LabelledRows> property)
        => Check.One(Config, Prop.ForAll(ArbMap.Default.GeneratorFor<int>().Select(LabelledRows.Draw).ToArbitrary(), property));

    private static Optimum AtOptimum(string trainer, LabelledRows rows, bool weighted = true)
    {
        var fitted = FitToTheOptimum(trainer, rows, weighted);
        var gradient = EveryTrainer.Report(fitted).Certificate.GradientNorm;
        Assert.InRange(gradient, 0, LargestGradient);
        return new Optimum(EveryTrainer.Parameters(fitted)[..(EveryTrainer.Outputs(trainer, rows.Classes) * rows.Features)], gradient);
    }

    private static float[][] Probabilities(string trainer, LabelledRows rows)
        => EveryTrainer.Probabilities(FitToTheOptimum(trainer, rows, weighted: true), rows.View());

    private static ITransformer FitToTheOptimum(string trainer, LabelledRows rows, bool weighted) =>
        EveryTrainer.Fit(trainer, rows.View(), options =>
    {
        EveryTrainer.ToTheOptimum(options);
        options.ExampleWeightColumnName = weighted ? "Weight" : null;
    });

    /// <summary>A short fit, wherever it ends.</summary>
    private static float[] Parameters(string trainer, IDataView data, Action<CrossEntropyTrainerOptions> configure) =>
        EveryTrainer.Parameters(EveryTrainer.Fit(trainer, data, options =>
    {
        options.ExampleWeightColumnName = "Weight";
        options.NumberOfEpochs = 3;
        configure(options);
    }));

    private static void AssertClose(Optimum expected, Optimum actual)
    {
        var distance = BiasesShare * (expected.GradientNorm + actual.GradientNorm) / EveryTrainer.L2AtTheOptimum + Rounding;
        Assert.Equal(expected.Weights.Length, actual.Weights.Length);
        Assert.All(expected.Weights.Zip(actual.Weights), pair => Assert.Equal(pair.First, pair.Second, distance));
    }

    private static void AssertClose(float[][] expected, float[][] actual)
        => Assert.All(
            expected.SelectMany(row => row).Zip(actual.SelectMany(row => row)), pair =>
            Assert.Equal(pair.First, pair.Second, CloseProbabilities));

    /// <summary>The weights of a fit to the optimum, <c>[outputs, features]</c>, and what is left of the gradient.</summary>
    private sealed record Optimum(float[] Weights, double GradientNorm);
}
