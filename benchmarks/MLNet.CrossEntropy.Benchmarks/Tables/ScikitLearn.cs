using System.Globalization;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// scikit-learn's fits of the real tables, measured by <c>benchmarks/scikit_learn.py</c> and kept in <c>results/scikit-learn.csv</c> with
/// their date: its times belong to the machine that the first line of the file names, its objectives to all.
/// </summary>
internal static class ScikitLearn
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "scikit-learn.csv"));

    /// <summary>The fits of a table; none where there are no figures.</summary>
    public static IEnumerable<(string Name, double Seconds, double Objective, string Says)> Fits(string table) => Lines
        .Select(line => line.Split(','))
        .Where(cells => cells[0] == table)
        .Select(cells => (
            $"scikit-learn {cells[4]} {cells[1]}", Number(cells[2]), Number(cells[3]), $"{cells[5]}, {Lines[0].TrimStart('#', ' ')}"));

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
