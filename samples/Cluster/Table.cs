using System.Globalization;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

namespace Cluster;

/// <summary>A seeded table in several files: ten numbers a row, and which of three outcomes followed.</summary>
internal static class Table
{
    public const int Features = 10;

    public static string File(string folder, int index) => Path.Combine(folder, $"part-{index}.txt");

    public static void Write(string folder, int files, int rows)
    {
        Directory.CreateDirectory(folder);
        for (var file = 0; file < files; file++)
        {
            var random = new Random(file);
            using var writer = new StreamWriter(File(folder, file));
            for (var row = (long)rows * file / files; row < (long)rows * (file + 1) / files; row++)
            {
                var outcome = random.Next(3);
                writer.Write("abc"[outcome]);
                for (var j = 0; j < Features; j++)
                {
                    var value = 3 * random.NextDouble() + (j % 3 == outcome ? 0.4 : 0);
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"\t{value:F3}"));
                }

                writer.WriteLine();
            }
        }
    }
}

/// <summary>A row of the table.</summary>
internal sealed class Visit
{
    [LoadColumn(0)]
    public string Outcome { get; set; } = "";

    [LoadColumn(1, Table.Features)]
    [VectorType(Table.Features)]
    public float[] Features { get; set; } = [];
}

/// <summary>Prints the passes of a fit.</summary>
internal sealed class Passes : IProgress<EpochReport>
{
    public void Report(EpochReport value) =>
        Console.WriteLine($"step {value.Epoch}: objective {value.Objective:F6}, {value.Elapsed.TotalSeconds:F2} s");
}
