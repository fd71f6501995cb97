using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>Steps on dense rows against the same steps written plainly, in double, one row and one weight after the other.</summary>
public sealed class DenseStepTests
{
    private const double L2 = 0.01;
    private const double Rate = 0.01;
    private const int BatchSize = 40;
    private const int Epochs = 4;

    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (var optimizer in AllOptimizers.Keys)
            cases.Add(optimizer, 70, 3);
        foreach (var (features, classes) in new[] { (1, 2), (31, 2), (32, 5), (33, 5), (600, 2), (64, 20), (200, 7) })
            cases.Add("momentum", features, classes);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Are_those_of_a_plain_loop(string optimizer, int features, int classes)
    {
        var problem = RowTable.Gaussian(rows: 150, features, classes);
        var rule = AllOptimizers.Rule(optimizer);
        var fitted = LinearSolver.Fit(problem.Dense(), null, new FitPlan
        {
            Loss = new SoftmaxCrossEntropyLoss(),
            Outputs = classes,
            Solver = Solver.Sgd,
            Optimizer = rule,
            Schedule = Schedule.Constant(Rate),
            Standardize = false,
            InitialWeights = new float[classes * features],
            InitialBiases = new float[classes],
            BatchSize = BatchSize,
            Epochs = Epochs,
            L2 = L2,
            Threads = 2,
        });

        var expected = PlainLoop(problem, rule);
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 1e-6);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], i < classes * features ? fitted.Weights[i] : fitted.Biases[i - classes * features], 1e-3 * largest);
    }

    /// <summary>Weights <c>[classes, features]</c>, then biases.</summary>
    private static double[] PlainLoop(RowTable problem, Optimizer rule)
    {
        int features = problem.Features, weights = problem.Classes * features;
        var parameters = new double[weights + problem.Classes];
        var state = rule.CreateState<double>(parameters.Length);
        var order = new RowOrder(problem.Rows, seed: 0);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            order.NextEpoch();
            for (var from = 0; from < problem.Rows; from += BatchSize)
            {
                var gradient = new double[parameters.Length];
                var batch = order.Batch(from, BatchSize);
                foreach (var i in batch)
                    AddGradient(problem.X[i], problem.Y[i], problem.Classes, parameters, 1.0 / batch.Length, gradient);
                for (var w = 0; w < weights; w++)
                    gradient[w] += L2 * parameters[w];
                rule.Step(parameters, gradient, state, 0, Rate);
                state.Steps++;
            }
        }

        return parameters;
    }

    private static void AddGradient(float[] x, int label, int classes, double[] parameters, double share, double[] gradient)
    {
        double[] terms = [.. Enumerable.Range(0, classes).Select(k =>
            Math.Exp(parameters[classes * x.Length + k] + x.Select((value, j) => value * parameters[k * x.Length + j]).Sum()))];
        for (var k = 0; k < classes; k++)
        {
            var error = share * (terms[k] / terms.Sum() - (k == label ? 1 : 0));
            gradient[classes * x.Length + k] += error;
            for (var j = 0; j < x.Length; j++)
                gradient[k * x.Length + j] += error * x[j];
        }
    }
}
