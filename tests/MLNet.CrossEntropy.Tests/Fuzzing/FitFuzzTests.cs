using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>
/// Fits of numbers that nobody should have: finite weights no worse in the objective than those of the beginning and than the class priors,
/// or one clear error.
/// </summary>
public class FitFuzzTests
{
    [Fact]
    public void A_fit_ends_with_weights_that_are_better_or_with_an_error_that_says_why() => Fuzz.Run(400, random =>
    {
        var (rows, plan) = Draw(random);
        FittedLinearModel model;
        try
        {
            model = random.Next(4) == 0 && plan.Solver is Solver.Sgd or Solver.Auto
                ? LinearSolver.Fit(new Source(rows), RowSummary.Of(new RowChunks(new Source(rows)), plan.Loss, plan.Outputs), null, plan)
                : LinearSolver.Fit(rows, null, plan);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            Assert.DoesNotContain("NaN", error.Message, StringComparison.Ordinal);
            return;
        }

        Assert.All(model.Weights.Concat(model.Biases), weight => Assert.True(float.IsFinite(weight)));
        var end = Objective(rows, plan, model.Weights, model.Biases);
        List<(double Value, double Rounding)> starts = [];
        // Who says where to begin and how far to go gets there.
        if (plan.InitialWeights is null || plan.LearningRate is null)
            starts.Add(Objective(rows, plan, new float[model.Weights.Length], Priors(rows, plan)));
        if (plan.InitialWeights is { } begin)
            starts.Add(Objective(rows, plan, begin, plan.InitialBiases!));
        Assert.All(starts, start => Assert.True(
            end.Value <= start.Value + 1e-4 * (1 + Math.Abs(start.Value)) + end.Rounding + start.Rounding,
            $"{end} {string.Join(' ', starts)} {Describe(plan)}"));
        Assert.True(double.IsFinite(model.Certificate.Objective), $"{model.Certificate}");
    });

    private static float[] Priors(List<RowBlock> rows, FitPlan plan)
    {
        using var set = new RowSet(rows);
        return RowSummary.Of([set], plan.Loss, plan.Outputs).PriorBiases;
    }

    private static string Describe(FitPlan plan) => FormattableString.Invariant(
        $"{plan.Loss.Name} {plan.Solver} l2 {plan.L2} l1 {plan.L1} rate {plan.LearningRate} epochs {plan.Epochs} outputs {plan.Outputs}");

    private static (List<RowBlock> Rows, FitPlan Plan) Draw(Random random)
    {
        int rows = random.Next(1, 60), features = random.Next(1, 9), classes = random.Next(2, 5);
        var isSparse = random.Next(3) == 0;
        float Wide(double most) => (float)Math.Pow(10, (2 * random.NextDouble() - 1) * most);
        var most = random.Of(1, 3, 10, 20, 37);
        float[] scales = [.. Enumerable.Range(0, features).Select(_ => random.Next(4) == 0 ? 0 : Wide(most))];
        float[] offsets = [.. scales.Select(scale => random.Next(4) == 0 ? scale * random.Of(10f, 1e3f, 1e6f) : 0)];
        var density = random.Of(0.05, 0.3, 1);
        float Cell(int j)
        {
            if (random.NextDouble() > density)
                return 0;
            var value = (float)(random.NextDouble() * 2 - 1) * scales[j] + offsets[j];
            return random.Next(300) == 0 ? (float)random.Of(Fuzz.Odd) : value;
        }

        float Finite(float value) => float.IsFinite(value) ? value : 1;
        var x = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, features).Select(j => Finite(Cell(j))).ToArray()).ToArray();
        var weightRange = random.Of(0, 0, 0, 2, 20, 37);
        var table = new RowTable
        {
            X = x,
            Y = [.. x.Select(_ => random.Next(classes))],
            Classes = classes,
            Weights = weightRange == 0 ? null : [.. x.Select(_ => random.Next(5) == 0 ? 0 : Wide(weightRange))],
        };
        if (table.Weights is { } weights && weights.All(w => w == 0))
            weights[0] = 1;
        var isBinary = random.Next(3) == 0;
        if (isBinary)
            table = table with { Y = [.. table.Y.Select(y => y % 2)] };
        var outputs = isBinary ? 1 : classes;
        var isWarm = random.Next(4) == 0;
        var warmth = random.Of(0, 5, 30);
        var isBrier = random.Next(4) == 0;
        var solver = random.Of(Solver.Auto, Solver.Auto, Solver.Sgd, Solver.Saga, Solver.Newton);
        var plan = new FitPlan
        {
            Loss = isBinary
                ? isBrier ? new SigmoidBrierLoss() : new SigmoidCrossEntropyLoss(random.Of(0, 0, 0.1))
                : isBrier ? new SoftmaxBrierLoss() : new SoftmaxCrossEntropyLoss(random.Of(0, 0, 0.1)),
            Outputs = outputs,
            Solver = isBrier && solver == Solver.Newton ? Solver.Auto : solver,
            L2 = random.Of(0, 1e-6, 1e-3, 1, 1e6, 3e38),
            L1 = solver == Solver.Newton ? 0 : random.Of(0, 0, 0, 1e-3, 1e6),
            Epochs = solver == Solver.Auto ? 0 : random.Of(1, 3, 20),
            LearningRate = solver is Solver.Sgd or Solver.Saga ? random.Of<double?>(null, null, 0.1, 1e6, 1e30) : null,
            Seed = random.Next(),
            Threads = random.Of(1, 2),
            InitialWeights = isWarm ? [.. Enumerable.Range(0, outputs * features).Select(_ => random.Of(-1, 1) * Wide(warmth))] : null,
            InitialBiases = isWarm ? [.. Enumerable.Range(0, outputs).Select(_ => random.NextSingle())] : null,
        };
        return (isSparse ? table.Sparse(16) : table.Dense(16), plan);
    }

    /// <summary>The objective in double, row by row, and by how much logits may differ that are sums of floats.</summary>
    private static (double Value, double Rounding) Objective(List<RowBlock> blocks, FitPlan plan, float[] weights, float[] biases)
    {
        double loss = 0, total = 0, rounding = 0;
        var features = blocks[0].Features;
        var logits = new double[plan.Outputs];
        using var rows = new RowSet(blocks);
        for (var i = 0; i < rows.Rows; i++)
        {
            var x = Row(rows, i);
            for (var k = 0; k < plan.Outputs; k++)
            {
                logits[k] = biases[k];
                for (var j = 0; j < features; j++)
                    logits[k] += (double)weights[k * features + j] * x[j];
                var size = Math.Abs(biases[k]) + x.Select((value, j) => Math.Abs((double)weights[k * features + j] * value)).Sum();
                rounding = Math.Max(rounding, size * Math.ScaleB(1, -21));
            }

            var target = rows.Target(i, plan.Outputs);
            var weight = rows.Weight(i);
            if (weight == 0)
                continue;
            loss += weight * plan.Loss.LossAndGradient(logits, target, new double[plan.Outputs]);
            total += weight * plan.Loss.TargetWeight(target);
        }

        double squared = weights.Sum(w => (double)w * w), absolute = weights.Sum(w => Math.Abs((double)w));
        return (loss / total + plan.L2 / 2 * squared + plan.L1 * absolute, rounding);
    }

    private static float[] Row(RowSet rows, int row)
    {
        var x = new float[rows.Features];
        if (rows.IsSparse)
        {
            var sparse = rows.Sparse(row);
            for (var e = 0; e < sparse.Length; e++)
                x[sparse.Indices[e]] = sparse.Values[e];
        }
        else
        {
            rows.Values(row).CopyTo(x);
        }

        return x;
    }

    private sealed class Source(List<RowBlock> blocks) : IRowSource
    {
        public IEnumerable<IReadOnlyList<RowBlock>> Chunks() => blocks.Chunk(2);
    }
}
