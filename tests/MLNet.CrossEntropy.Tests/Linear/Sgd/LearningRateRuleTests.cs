using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>
/// The rate that is found for sparse rows, beside the best of a grid of powers of two: never below the rate that is safe in any case, and the
/// objective that it leads to is not far above that of the grid's best.
/// </summary>
public sealed class LearningRateRuleTests
{
    // Two rates of the grid apart cost so much at most on a short fit of rows that a weak penalty lets it separate.
    private const double FarAbove = 1.5;

    [Theory]
    [InlineData(2, 0.01, 16, 3)]
    [InlineData(2, 0.01, 32, 4)]
    [InlineData(2, 1, 16, 8)]
    [InlineData(5, 0.01, 16, 3)]
    [InlineData(5, 1, 32, 4)]
    public void The_rate_of_words_leads_near_the_best_objective(int classes, double penalty, int batchSize, int epochs)
    {
        const int Rows = 4_000;
        var words = Words(Rows, classes);
        var plan = Plan(classes) with { L2 = penalty / Rows, BatchSize = batchSize, Epochs = epochs };
        var best = Enumerable.Range(-4, 8).Min(power => Objective(words, plan with { LearningRate = Math.Pow(2, power) }));
        for (var seed = 1; seed <= 3; seed++)
            Assert.InRange(Objective(words, plan with { Seed = seed }), 0, FarAbove * best);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(300)]
    [InlineData(900)]
    public void The_rate_that_is_safe_is_a_floor(int rows)
    {
        // The order of the rows has a period, and their classes say nothing that the colour does not.
        RowBlock[] periodic =
        [
            RowBlock.Sparse(rows, 23, [.. Enumerable.Range(0, rows + 1).Select(i => 2 * i)],
                [.. Enumerable.Range(0, rows).SelectMany(i => new[] { i % 3, 3 + i / 3 % 20 })],
                [.. Enumerable.Repeat(1f, 2 * rows)]) with
            { Classes = [.. Enumerable.Range(0, rows).Select(i => i % 3)] },
        ];
        var plan = Plan(3) with { L2 = 1.0 / rows, Epochs = 1 };
        using var set = new RowSet(periodic);
        var summary = RowSummary.Of([set], plan.Loss, 3);
        var scaling = FeatureScaling.Of([set], summary).WithPenalty(plan, isSparse: true);
        var floor = LearningRateRule.ForSparse(set, scaling, plan.Loss.Curvature);
        for (var seed = 1; seed <= 20; seed++)
            Assert.True(LinearSolver.Fit(periodic, null, plan with { Solver = Solver.Saga, Seed = seed }).History[0].LearningRate >= floor);
    }

    private static FitPlan Plan(int classes) =>
        new() { Loss = new SoftmaxCrossEntropyLoss(), Outputs = classes, Solver = Solver.Sgd };

    private static double Objective(IReadOnlyList<RowBlock> rows, FitPlan plan) => LinearSolver.Fit(rows, null, plan).Certificate.Objective;

    /// <summary>Texts of rows of norm 1: words as frequent as 1 / rank, and one in eight of the words that the class prefers.</summary>
    private static RowBlock[] Words(int rows, int classes)
    {
        const int Vocabulary = 8_000, Preferred = Vocabulary / 20;
        var random = new Random(1);
        int[][] preferred = [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, Preferred).Select(_ => random.Next(Vocabulary)).ToArray())];
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))], starts = new int[rows + 1];
        List<int> indices = [];
        List<float> values = [];
        for (var i = 0; i < rows; i++)
        {
            var words = new SortedSet<int>(Enumerable.Range(0, random.Next(10, 70)).Select(_ => random.Next(8) == 0
                ? preferred[labels[i]][random.Next(Preferred)]
                : (int)Math.Min(Vocabulary - 1, Math.Pow(Vocabulary, random.NextDouble()) - 1)));
            indices.AddRange(words);
            values.AddRange(Enumerable.Repeat(1 / MathF.Sqrt(words.Count), words.Count));
            starts[i + 1] = indices.Count;
        }

        return [RowBlock.Sparse(rows, Vocabulary, starts, [.. indices], [.. values]) with { Classes = labels }];
    }
}
