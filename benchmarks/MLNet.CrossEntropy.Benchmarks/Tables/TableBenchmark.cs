using System.Globalization;
using Microsoft.ML;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// How far above the least objective found a fit ends, and how long it takes: the default and Newton's method beside LBFGS, raw features,
/// the same penalty; beside them what scikit-learn took, as a file says. A class's share that no feature explains is the objective to be
/// below.
/// </summary>
internal static class TableBenchmark
{
    public static void Print(TextWriter output, string[] args)
    {
        var rows = Option(args, "--rows") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 200_000;
        string[] wanted =
            [.. args.Skip(1)
            .Where((arg, i) => !arg.StartsWith("--", StringComparison.Ordinal) && !args[i].StartsWith("--", StringComparison.Ordinal))];
        var tables = GeneratedTables.All(rows);
        if (Option(args, "--data") is not null)
            tables = tables.Concat(RealTables.All(DataFolder.FromArguments(args)));
        output.WriteLine(Comparison.Machine);
        output.WriteLine();
        output.WriteLine("| table | least objective | prior | trainer | fit s | speed | above the least | says |");
        output.WriteLine("|---|---:|---:|---|---:|---:|---:|---|");
        foreach (
            var (name, make)
            in tables.Where(
            table => wanted.Length == 0 || wanted.Any(word => table.Name.Contains(word, StringComparison.OrdinalIgnoreCase))))
            Print(output, make() with { Name = name });
    }

    private static void Print(TextWriter output, Problem problem)
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, log) =>
        {
            if (log.Kind >= Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(log.RawMessage);
        };
        var view = Comparison.View(ml, problem.Rows, problem.Classes);
        var fits = new List<(string Name, double Seconds, double Objective, string Says)>();
        foreach (var (name, fit) in StrictOptimum.Table(ml, problem))
        {
            warnings.Clear();
            try
            {
                var (seconds, model) = Comparison.Time(fit, view);
                fits.Add((name, seconds, StrictOptimum.Objective(problem, model), string.Join(" ", warnings.Distinct())));
            }
            catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
            {
                fits.Add((name, double.NaN, double.NaN, failure.Message));
            }
        }

        fits.AddRange(ScikitLearn.Fits(problem.Name));
        var least = fits.Where(fit => double.IsFinite(fit.Objective)).Min(fit => fit.Objective);
        var pace = fits[0].Seconds;
        foreach (var (name, seconds, objective, says) in fits)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {problem.Name} | {least:F6} | {Prior(problem):F4} | {name} | {seconds:F3} | {pace / seconds:F1}x | " +
                    $"{(objective / least - 1) * 100:F3} % | {says.ReplaceLineEndings(" ")} |"));
        }

        output.Flush();
    }

    /// <summary>The entropy of the class shares: the log-loss of a model that knows nothing else.</summary>
    private static double Prior(Problem problem) => problem.Rows.CountBy(row => row.Label)
        .Sum(pair => -(double)pair.Value / problem.Rows.Count * Math.Log((double)pair.Value / problem.Rows.Count));

    private static string? Option(string[] args, string name)
        => Array.IndexOf(args, name) is >= 0 and var place && place + 1 < args.Length ? args[place + 1] : null;
}
