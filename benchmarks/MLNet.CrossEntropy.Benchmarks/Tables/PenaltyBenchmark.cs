using System.Globalization;
using Microsoft.ML;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// What a fit that chooses its penalty is worth: its test log-loss beside the best of a grid of penalties, c / N with c from 0.01 to 1e8,
/// and beside ML.NET's trainers as they come; and what the choice costs, in fits at the penalty 1 / N.
/// </summary>
internal static class PenaltyBenchmark
{
    private const int Decades = 11;

    public static void Print(TextWriter output, string[] args)
    {
        string[] wanted = [.. args.Skip(1).Where((arg, i) => !arg.StartsWith("--", StringComparison.Ordinal) && args[i] != "--data")];
        var tables = PenaltyTables.Generated();
        if (args.Contains("--data"))
            tables = tables.Concat(PenaltyTables.Real(DataFolder.FromArguments(args)));
        output.WriteLine(Comparison.Machine);
        output.WriteLine();
        output.WriteLine("| table | l2 N chosen | test CE | best of the grid | at l2 N | above it | l2 N = 1 | LBFGS | SDCA | fit s | in fits at 1/N |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (name, make) in tables)
        {
            if (wanted.Length == 0 || wanted.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
                Print(output, name, make());
        }
    }

    private static void Print(TextWriter output, string name, (Problem Train, Problem Test) table)
    {
        var ml = new MLContext(seed: 1);
        var (train, test) = table;
        IDataView trainView = Comparison.View(ml, train.Rows, train.Classes), testView = Comparison.View(ml, test.Rows, train.Classes);
        double Judge(ITransformer model) => Comparison.Judge(ml, model.Transform(testView), train.Classes).LogLoss;
        var (seconds, model) = Comparison.Time(StrictOptimum.Ours(ml, train.Classes, l2: null), trainView);
        var report = TrainingReport.Of(model)!;
        var chosen = Judge(model);
        var (fixedSeconds, _) = Comparison.Time(StrictOptimum.Ours(ml, train.Classes, 1f / train.Rows.Count), trainView);
        var grid = Enumerable.Range(-2, Decades).Select(power =>
        {
            var c = Math.Pow(10, power);
            return (C: c, Loss: Judge(StrictOptimum.Ours(ml, train.Classes, (float)(c / train.Rows.Count))(trainView)));
        }).ToArray();
        var best = grid.MinBy(point => point.Loss);
        var peers = StrictOptimum.Peers(ml, train.Classes).Select(fit => Judge(fit(trainView))).ToArray();
        var unit = report.PenaltyPath!.Any(trial => trial.IsChosen && trial.IsOfScaledFeatures) ? " (scaled)" : "";
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {report.L2Regularization * train.Rows.Count:G2}{unit} | {chosen:F4} | {best.Loss:F4} | {best.C:G2} "
                + $"| {(chosen / best.Loss - 1) * 100:F1} % | {grid[2].Loss:F4} | {peers[0]:F4} | {peers[1]:F4} | {seconds:F3} "
                + $"| {seconds / fixedSeconds:F1} |"));
        output.Flush();
    }
}
