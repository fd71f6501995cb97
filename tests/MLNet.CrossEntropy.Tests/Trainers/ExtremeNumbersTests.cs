using MLNet.CrossEntropy.Tests.Fuzzing;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>
/// Numbers at the ends of what a float can hold: a model that is no worse than where the fit began and than the class priors, or an error
/// that names them. <see cref="TrainerFuzzTests"/> looks for more.
/// </summary>
public class ExtremeNumbersTests
{
    public static IEnumerable<object[]> TrainersAndSolvers =>
        from isBinary in (bool[])[false, true] from solver in Enum.GetValues<Solver>() select new object[] { isBinary, solver };

    [Theory]
    [MemberData(nameof(TrainersAndSolvers))]
    public void One_cell_that_is_all_but_nothing_among_zeros(bool isBinary, Solver solver)
    {
        float[][] x = [.. Enumerable.Range(0, 20).Select(_ => new float[5])];
        x[7][3] = 1e-30f;
        foreach (var isSparse in (bool[])[false, true])
            Assert.Null((Case(x, isBinary, solver) with { IsSparse = isSparse }).Run());
    }

    [Theory]
    [MemberData(nameof(TrainersAndSolvers))]
    public void Features_of_enormous_scale(bool isBinary, Solver solver)
    {
        foreach (var scale in (float[])[1e15f, 1e20f, 1e30f, 3e38f])
        {
            foreach (var columns in (int[])[1, 2, 4])
            {
                foreach (var isSparse in (bool[])[false, true])
                {
                    var error = (Case(Draw(30, 4, (_, j, x) => j < columns ? scale * x : x), isBinary, solver) with { IsSparse = isSparse })
                        .Run();
                    if (error is not null)
                        Assert.Matches(@"feature [0-3] \('column[0-3]'\) \(counted from 0\)", error);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(TrainersAndSolvers))]
    public void One_enormous_value_among_ordinary_ones(bool isBinary, Solver solver)
    {
        foreach (var value in (float[])[1e15f, 1e20f, 1e30f, 3e38f])
        {
            var error = Case(Draw(30, 4, (i, j, x) => (i, j) == (11, 2) ? value : x), isBinary, solver).Run();
            if (error is not null)
                Assert.Contains("feature 2 ('column2') (counted from 0)", error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(TrainersAndSolvers))]
    public void Weights_count_by_their_ratios_alone(bool isBinary, Solver solver)
    {
        foreach (var (largest, smallest) in (ReadOnlySpan<(double, double)>)[(3e38, 3e38), (3e38, 1), (3e38, 1e38), (1e-30, 1e-31)])
        {
            var rows = Case(Draw(30, 4, (_, _, x) => x), isBinary, solver);
            Assert.Null((rows with { Weights = [.. rows.Y.Select((_, i) => i % 3 == 0 ? smallest : largest)] }).Run());
        }
    }

    [Theory]
    [InlineData(Solver.Auto)]
    [InlineData(Solver.Sgd)]
    [InlineData(Solver.Saga)]
    [InlineData(Solver.Newton)]
    public void Counts_near_the_largest_float_are_weights_like_others(Solver solver)
    {
        var rows = Case(Draw(30, 4, (_, _, x) => x), isBinary: false, solver);
        float[][] Counts(float others) =>
            [.. rows.Y.Select(y => Enumerable.Range(0, 3).Select(k => k == y ? 3e38f : others).ToArray())];
        Assert.Null((rows with { Counts = Counts(0) }).Run());
        // Their sum is beyond a float.
        Assert.Equal(
            "Row 0 (counted from 0) weighs 5e+38 by the counts of column 'Label'; training takes weights up to 3.4e+38. Divide them all by "
                + "the same number: only their ratios matter.", (rows with { Counts = Counts(1e38f) }).Run());
        Assert.StartsWith(
            "Row 0 (counted from 0) weighs 3e+48 by column 'Weight' times the counts of column 'Label'",
            (rows with { Counts = Counts(0), Weights = [.. rows.Y.Select(_ => 1e10)] }).Run(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TrainersAndSolvers))]
    public void Class_weights_count_by_their_ratios_alone(bool isBinary, Solver solver)
    {
        foreach (var (first, others) in (ReadOnlySpan<(double, double)>)[(3e38, 1), (1e300, 1e300), (1e-300, 3e-300), (0, 1e30)])
        {
            var rows = Case(Draw(30, 4, (_, _, x) => x), isBinary, solver);
            Assert.Null((rows with { ClassWeights = [.. Enumerable.Range(0, rows.Classes).Select(k => k == 0 ? first : others)] }).Run());
        }
    }

    [Theory]
    [InlineData(false, 1e6f)]
    [InlineData(true, 1e6f)]
    [InlineData(false, 3e38f)]
    [InlineData(true, 3e38f)]
    public void A_penalty_beyond_all_use_gives_the_class_priors(bool isBinary, float l2)
    {
        foreach (var solver in (Solver[])[Solver.Auto, Solver.Sgd, Solver.Saga])
        {
            Assert.Null((Case(Draw(30, 4, (_, _, x) => x), isBinary, solver) with
            {
                Configure = options => (options.Solver, options.MinimizeBrier, options.L2Regularization) = (solver, true, l2),
            }).Run());
        }
    }

    /// <summary>Of a feature that is one value in all rows, or in all that weigh anything.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_large_penalty_on_a_feature_that_says_nothing(bool isBinary)
    {
        var rows = Case(Draw(12, 2, (i, j, x) => j == 1 ? 1e-7f * x : i is 5 or 6 ? 1 : 0), isBinary, Solver.Sgd);
        foreach (var l2 in (float[])[1e6f, 1e11f, 5e13f, 1e20f])
        {
            var penalised = rows with { Configure = options => (options.Cache, options.L2Regularization) = (false, l2) };
            Assert.Null(penalised.Run());
            Assert.Null((penalised with { Weights = [.. rows.Y.Select((_, i) => i == 9 ? 1e34 : Math.Pow(10, i))] }).Run());
        }
    }

    /// <summary>Rows that say the contrary of the one that outweighs them all.</summary>
    [Theory]
    [MemberData(nameof(TrainersAndSolvers))]
    public void One_row_outweighs_all_others(bool isBinary, Solver solver)
    {
        foreach (var scale in (float[])[1, 5_000])
        {
            var rows = Case(Draw(24, 3, (i, _, x) => i == 4 ? x : scale * x), isBinary, solver);
            foreach (var others in (double[])[1e-3, 1e-20, 1e-43])
            {
                foreach (var isSparse in (bool[])[false, true])
                {
                    Assert.Null((rows with
                    {
                        IsSparse = isSparse,
                        Weights = [.. rows.Y.Select((_, i) => i == 4 ? 1 : others)],
                        Configure = options => (options.Solver, options.Cache) = (solver, solver is not (Solver.Auto or Solver.Sgd)),
                    }).Run());
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(TrainersAndSolvers))]
    public void Next_to_nothing_among_zeros_of_a_class_that_weighs_next_to_nothing(bool isBinary, Solver solver)
    {
        float[][] x = [.. Enumerable.Range(0, 4).Select(i => new float[5])];
        (x[0][2], x[2][2]) = (7.9e-20f, -1.1e-19f);
        var rows = Case(x, isBinary, solver) with
        {
            IsSparse = true,
            Y = [1, 1, 1, 1],
            Configure = options => (options.Solver, options.L2Regularization) = (solver, 0),
        };
        Assert.Null((rows with { ClassWeights = isBinary ? [1, 1e-6] : [1, 1e-6, 1] }).Run());
        var error = (rows with { ClassWeights = isBinary ? [1e300, 1e-300] : [1e300, 1e-300, 1] }).Run();
        Assert.StartsWith("The 4 training rows weigh ", error, StringComparison.Ordinal);
        Assert.EndsWith("Let ClassWeights give weight to the classes that rows have.", error, StringComparison.Ordinal);
    }

    /// <summary>Two or three classes that are told apart by every feature, more or less.</summary>
    private static TrainerCase Case(float[][] x, bool isBinary, Solver solver)
    {
        var classes = isBinary ? 2 : 3;
        return new()
        {
            X = x,
            Y = [.. x.Select((_, i) => i % classes)],
            Classes = classes,
            IsBinary = isBinary,
            Configure = options => options.Solver = solver,
        };
    }

    private static float[][] Draw(int rows, int features, Func<int, int, float, float> map)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, features)
            .Select(j => Math.Clamp(map(i, j, 2 * random.NextSingle() - 1 + (i % 6 == j ? 0.5f : 0)), -3e38f, 3e38f)).ToArray())];
    }
}
