using System.Globalization;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Real tables as they come: raw features, the training rows alone.</summary>
internal static class RealTables
{
    public static IEnumerable<(string Name, Func<Problem> Make)> All(DataFolder data)
    {
        yield return ("shuttle", () => Of("shuttle", Example.From(Delimited(data, "shuttle", "shuttle.trn.numeric.csv.gz", label: 9)), 7));
        yield return ("w8a", () => Of("w8a", Example.From(Adult.Read(data, "w8a", "w8a.gz", features: 300)), 2));
        yield return ("a9a", () => Problem.Adults(data));
        yield return ("fashion-mnist, pixels 0..1", () => Of("fashion-mnist", Example.From(FashionMnist.Read(data).Train), 10));
    }

    private static Problem Of(string name, List<Example> rows, int classes) => new(name, rows, classes, 1.0 / rows.Count, Optimum: null);

    /// <summary>Numbers between commas, one of which is the class, counted from 1.</summary>
    private static DenseSet Delimited(DataFolder data, string folder, string file, int label)
    {
        var values = new List<float>();
        var labels = new List<int>();
        foreach (var line in data.Lines(folder, file))
        {
            var cells = line.Split(',');
            labels.Add(int.Parse(cells[label], CultureInfo.InvariantCulture) - 1);
            values.AddRange(cells.Where((_, j) => j != label).Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)));
        }

        return new DenseSet([.. values], [.. labels], values.Count / labels.Count, labels.Max() + 1);
    }
}
