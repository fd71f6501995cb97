using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>How long ML.NET's LBFGS and ours take to an objective within 0.01 % of the least there is.</summary>
internal static class StrictOptimum
{
    private const double Within = 1e-4;

    public static void Print(TextWriter output, DataFolder data)
    {
        output.WriteLine(Comparison.Machine);
        output.WriteLine("Optima: of the golden file; a9a's is the least of all fits, with a bound on what is left.");
        foreach (var problem in Problem.Golden().Append(Problem.Adults(data)))
        {
            var ml = new MLContext(seed: 1);
            var view = Comparison.View(ml, problem.Rows, problem.Classes);
            (string Name, double Seconds, double Objective)[] fits =
                [.. Fits(ml, problem).Select(fit => Measure(fit.Name, fit.Fit, problem, view))];
            var optimum = problem.Optimum ?? Best(output, ml, problem, view, fits.Min(fit => fit.Objective));
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{problem.Name}: least objective {optimum:F9}"));
            output.WriteLine();
            output.WriteLine("| trainer | fit ms | objective above the least | within 0.01 % | speed |");
            output.WriteLine("|---|---:|---:|---|---:|");
            foreach ((var name, var seconds, var objective) in fits)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {1e3 * seconds:F2} | {(objective / optimum - 1) * 100:F5} % | " +
                        $"{(objective <= optimum * (1 + Within) ? "yes" : "no")} | {fits[0].Seconds / seconds:F1}x |"));
            }
        }
    }

    /// <summary>The fits of a hard table.</summary>
    public static IEnumerable<(string Name, Func<IDataView, ITransformer> Fit)> Table(MLContext ml, Problem problem) =>
    [
        ("LBFGS", Lbfgs(ml, problem, tolerance: 1e-7f)),
        ("ours", Ours(ml, problem, Solver.Auto)),
        ("ours, Newton", Ours(ml, problem, Solver.Newton)),
    ];

    private static IEnumerable<(string Name, Func<IDataView, ITransformer> Fit)> Fits(MLContext ml, Problem problem)
    {
        foreach (var tolerance in new[] { 1e-7f, 1e-9f })
            yield return (string.Create(CultureInfo.InvariantCulture, $"LBFGS, tolerance {tolerance}"), Lbfgs(ml, problem, tolerance));
        foreach (var epochs in new int?[] { null, 10, 20, 50, 100 })
            yield return (epochs is null ? "ours" : $"ours, {epochs} epochs", Ours(ml, problem, Solver.Auto, epochs));
        yield return ("ours, Newton", Ours(ml, problem, Solver.Newton));
    }

    private static Func<IDataView, ITransformer> Lbfgs(MLContext ml, Problem problem, float tolerance)
    {
        // Its penalty counts for the sum of all rows' losses, ours for their mean.
        var l2 = (float)problem.L2 * problem.Rows.Count;
        if (problem.Classes == 2)
        {
            return ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = nameof(Example.IsPositive),
                L1Regularization = 0,
                L2Regularization = l2,
                OptimizationTolerance = tolerance,
            }).Fit;
        }

        return ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
        {
            L1Regularization = 0,
            L2Regularization = l2,
            OptimizationTolerance = tolerance,
        }).Fit;
    }

    /// <summary>ML.NET's trainers as they come.</summary>
    public static IEnumerable<Func<IDataView, ITransformer>> Peers(MLContext ml, int classes) => classes == 2
        ? [ml.BinaryClassification.Trainers.LbfgsLogisticRegression(nameof(Example.IsPositive)).Fit,
            ml.BinaryClassification.Trainers.SdcaLogisticRegression(nameof(Example.IsPositive)).Fit]
        : [ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy().Fit, ml.MulticlassClassification.Trainers.SdcaMaximumEntropy().Fit];

    private static Func<IDataView, ITransformer> Ours(MLContext ml, Problem problem, Solver solver, int? epochs = null) =>
        Ours(ml, problem.Classes, (float)problem.L2, solver, epochs);

    public static Func<IDataView, ITransformer> Ours(
        MLContext ml, int classes, float? l2, Solver solver = Solver.Auto, int? epochs = null)
    {
        if (classes != 2)
        {
            var softmax =
                new SoftmaxCrossEntropyTrainer.Options { L2Regularization = l2, NumberOfEpochs = epochs, Solver = solver };
            return ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(softmax).Fit;
        }

        return ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        {
            LabelColumnName = nameof(Example.IsPositive),
            L2Regularization = l2,
            NumberOfEpochs = epochs,
            Solver = solver,
        }).Fit;
    }

    private static (string Name, double Seconds, double Objective) Measure(
        string name, Func<IDataView, ITransformer> fit, Problem problem, IDataView view)
    {
        (var seconds, var model) = Comparison.Time(fit, view);
        return (name, seconds, Objective(problem, model));
    }

    private static double Best(TextWriter output, MLContext ml, Problem problem, IDataView view, double least)
    {
        var model = Ours(ml, problem, Solver.Newton)(view);
        var bound = TrainingReport.Of((IPredictionTransformer<object>)model)!.Certificate.GapBound;
        output.WriteLine(
            string.Create(
            CultureInfo.InvariantCulture,
            $"{problem.Name}: Newton's fit lies at {Objective(problem, model):F9}, at most {bound:G2} above the least."));
        return Math.Min(least, Objective(problem, model));
    }

    public static double Objective(Problem problem, ITransformer model)
    {
        switch (((ISingleFeaturePredictionTransformer<object>)model).Model)
        {
            case CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator> binary:
                return problem.Objective(binary.SubModel.Weights, binary.SubModel.Bias);
            case MaximumEntropyModelParameters multiclass:
                VBuffer<float>[]? weights = null;
                multiclass.GetWeights(ref weights, out _);
                return problem.Objective(weights, [.. multiclass.GetBiases()]);
            case var other:
                throw new NotSupportedException($"No objective for a model of type {other.GetType()}.");
        }
    }
}
