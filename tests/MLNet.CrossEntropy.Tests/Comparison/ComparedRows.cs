using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>A row that two models, A and B, have scored; probabilities are whole 64ths, so that they sum to 1 exactly.</summary>
internal sealed record ComparedRow(int Label, int[] A, int[] B, double Weight = 1, int Group = 0, int Id = 0)
{
    public double LossOfA => -Math.Log(A[Label] / 64.0);

    public double LossOfB => -Math.Log(B[Label] / 64.0);

    public double Difference => LossOfA - LossOfB;
}

/// <summary>Rows for comparisons, drawn or given, as data views.</summary>
internal static class ComparedRows
{
    public const int Classes = 3;

    public static ComparedRow[] Draw(int seed, int most = 40)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, random.Next(4, most))
            .Select(i => new ComparedRow(random.Next(Classes), Shares(), Shares(), random.Next(1, 4), random.Next(6), i))];

        int[] Shares()
        {
            int first = random.Next(1, 62), second = random.Next(1, 63 - first);
            return [first, second, 64 - first - second];
        }
    }

    public static InMemoryView View(ComparedRow[] rows, string model) => new InMemoryView.Builder()
        .AddKeys("Label", rows.Select(r => (uint)r.Label + 1), Classes)
        .AddScores("Score", rows.Select(r => Probabilities(model == "A" ? r.A : r.B)), Classes)
        .AddNumbers("Weight", rows.Select(r => r.Weight))
        .AddText("Group", rows.Select(r => $"g{r.Group}"))
        .AddText("Id", rows.Select(r => $"id{r.Id}"))
        .Build();

    /// <summary>A against B, in this order.</summary>
    public static PairedComparison Compare(
        ComparedRow[] rows, ComparisonOptions? options = null, bool weighted = true, string first = "A", string second = "B") =>
        Run(rows, options, weighted, first, second).Pairs[0];

    public static CrossEntropyComparison Run(
        ComparedRow[] rows, ComparisonOptions? options = null, bool weighted = true, string first = "A", string second = "B")
    {
        options ??= new() { BootstrapResamples = 0 };
        options.Baseline = second;
        return new MLContext(1).MulticlassClassification.CompareCrossEntropy(
            new Dictionary<string, IDataView> { [first] = View(rows, first), [second] = View(rows, second) },
            options,
            new() { ExampleWeightColumnName = weighted ? "Weight" : null });
    }

    private static double[] Probabilities(int[] shares) => [.. shares.Select(s => s / 64.0)];
}
