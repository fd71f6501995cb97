namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>Data views and options at random, for the public trainers.</summary>
public class TrainerFuzzTests
{
    [Fact]
    public void A_trainer_gives_a_better_model_or_an_error_that_says_why() => Fuzz.Run(250, random => Draw(random).Run());

    private static TrainerCase Draw(Random random)
    {
        int rows = random.Next(1, 40), features = random.Next(1, 6), classes = random.Next(2, 5);
        var (isBinary, isMultiLabel) = (random.Next(4) == 0, random.Next(4) == 0);
        if (isBinary && !isMultiLabel)
            classes = 2;
        double Wide(double most) => Math.Pow(10, (2 * random.NextDouble() - 1) * most);
        double most = random.Of(0, 1, 3, 15, 37), weightRange = random.Of(0, 0, 1, 20, 37), classRange = random.Of(1, 30, 300);
        double[] scales = [.. Enumerable.Range(0, features).Select(_ => random.Next(4) == 0 ? 0 : Wide(most))];
        float Cell(int j)
        {
            var value = random.Next(200) == 0 ? (float)random.Of(Fuzz.Odd) : (float)((random.NextDouble() * 2 - 1) * scales[j]);
            return float.IsFinite(value) && random.Next(3) > 0 ? value : 0;
        }

        double[]? weights = weightRange == 0 ? null
            : [.. Enumerable.Range(0, rows).Select(_ => random.Next(6) == 0 ? 0 : Wide(weightRange))];
        if (weights is not null)
            weights[0] = Wide(weightRange);
        var isSoft = !isBinary && !isMultiLabel && random.Next(4) == 0;
        var countRange = random.Of(0, 3, 37);
        var (solver, brier) = (random.Of(Enum.GetValues<Solver>()), random.Of(false, true));
        if (brier && solver == Solver.Newton)
            solver = Solver.Auto;
        var cache = random.Next(3) > 0 || solver is Solver.Saga or Solver.Newton;
        float? l2 = random.Of<float?>(null, null, 0, 1e-6f, 1, 1e6f, 3e38f);
        var l1 = solver is Solver.Newton ? 0 : random.Of<float?>(0, 0, 0, 1e-3f, 1e6f, null);
        double? rate = solver is Solver.Sgd or Solver.Saga ? random.Of<double?>(null, null, 0.1, 1e30) : null;
        var smoothing = brier ? 0 : random.Of(0, 0, 0.1);
        return new()
        {
            X = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, features).Select(Cell).ToArray())],
            Y = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))],
            Classes = classes,
            IsBinary = isBinary && !isMultiLabel,
            Answers = !isMultiLabel ? null : [.. Enumerable.Range(0, rows).Select(i => Enumerable.Range(0, classes)
                .Select(k => i + k == 0 ? 1 : random.Of(0, 0, 1, 1, 0.3f, float.NaN)).ToArray())],
            IsSparse = random.Next(3) == 0,
            Weights = weights,
            Counts = !isSoft ? null : [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, classes)
                .Select(k => k == 0 || random.Next(2) == 0 ? (float)Wide(countRange) : 0).ToArray())],
            ClassWeights = isMultiLabel || random.Next(3) > 0 ? null : [.. Enumerable.Range(0, classes).Select(_ => Wide(classRange))],
            ValidationRows = random.Next(4) == 0 ? random.Next(1, rows + 1) : 0,
            Configure = options =>
            {
                (options.Solver, options.MinimizeBrier, options.Cache, options.L2Regularization, options.L1Regularization) =
                    (solver, brier, cache, l2, l1);
                (options.LearningRate, options.LabelSmoothing, options.NumberOfThreads) =
                    (rate is { } largest ? largest : null, smoothing, random.Of(1, 2));
                if (solver != Solver.Auto)
                    options.NumberOfEpochs = random.Of(1, 3, 20);
                if (random.Next(3) == 0)
                    DrawOthers(options, random);
            },
        };
    }

    private static void DrawOthers(CrossEntropyTrainerOptions options, Random random)
    {
        options.Tolerance = random.Of<double?>(null, 0, 1e-300, 1);
        options.ValidationFraction = random.Of(0, 0, 0.3);
        if (options.Solver is Solver.Newton or Solver.Auto)
            return;
        options.BatchSize = random.Of<int?>(null, 1, 3, 1_000_000);
        if (options.Solver is Solver.Saga)
            return;
        options.Optimizer = random.Of(
            null, Optimizer.Sgd(0.99, nesterov: true), Optimizer.AdaGrad(), Optimizer.RmsProp(), Optimizer.Adam(), Optimizer.AdamW());
        options.LearningRate = random.Of(
            options.LearningRate, Schedule.Constant(1e-30), Schedule.Exponential(1e20, 0.1), Schedule.OneCycle(1e15, 5), Schedule.Linear(1e300, 0, 3));
    }
}
