using System.Globalization;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Real tables as they come: raw features, the training rows alone.</summary>
internal static class RealTables
{
    public static IEnumerable<(string Name, Func<Problem> Make)> All(DataFolder data)
    {
        yield return ("shuttle", () => Shuttle(data, "shuttle.trn.numeric.csv.gz"));
        yield return ("w8a", () => Of("w8a", Example.From(Adult.Read(data, "w8a", "w8a.gz", features: 300)), 2));
        yield return ("a9a", () => Problem.Adults(data));
        yield return ("fashion-mnist, pixels 0..1", () => Of("fashion-mnist", Example.From(FashionMnist.Read(data).Train), 10));
    }

    public static Problem Shuttle(DataFolder data, string file) =>
        Of("shuttle", Example.From(Delimited(data.Lines("shuttle", file), label: 9, cell => int.Parse(cell, CultureInfo.InvariantCulture) - 1)), 7);

    public static Problem Letters(DataFolder data) =>
        Of("letter", Example.From(Delimited(data.PlainLines("tabular", "letter.csv").Skip(1), label: 0, cell => cell[0] - 'A')), 26);

    private static Problem Of(string name, List<Example> rows, int classes) => new(name, rows, classes, 1.0 / rows.Count, Optimum: null);

    /// <summary>Numbers between commas, one of which is the class, counted from 1.</summary>
    private static DenseSet Delimited(IEnumerable<string> lines, int label, Func<string, int> labelOf)
    {
        var values = new List<float>();
        var labels = new List<int>();
        foreach (var line in lines)
        {
            var cells = line.Split(',');
            labels.Add(labelOf(cells[label]));
            values.AddRange(cells.Where((_, j) => j != label).Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)));
        }

        return new DenseSet([.. values], [.. labels], values.Count / labels.Count, labels.Max() + 1);
    }
}
