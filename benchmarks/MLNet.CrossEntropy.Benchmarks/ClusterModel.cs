using System.Globalization;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Foretells a pass on more ranks and other networks from the table that <see cref="ClusterPasses"/> has measured.</summary>
/// <remarks>
/// A pass over N rows on R ranks of P processors computes for <c>N / (R P) a + (V/R + log2 R) n b</c>: a seconds a row, and b for each of
/// the n = K (F + 1) numbers that each of V shares adds up and that ranks add to each other's. a and b are those of least relative squares
/// over the table, for each kind of rows. Messages take <c>2 log2 R (t + 8 n / B)</c> up and down a tree where they are short, long ones
/// <c>2 (R - 1) t + 16 n (R - 1) / R / B</c> in slices, for a latency t and B bytes a second.
/// </remarks>
internal static class ClusterModel
{
    private const double Rows = 1e8;
    private const int Processors = 16;
    private const int ShortBytes = 1 << 16;
    private const int UsualShares = 64;

    private static readonly (string Name, double Latency, double Bandwidth)[] Networks =
    [
        ("10 GbE", 25e-6, 1.1e9),
        ("InfiniBand HDR", 2e-6, 20e9),
    ];

    /// <summary>One line of the measured table.</summary>
    private sealed record Pass(double Ranks, double Processors, double Rows, double Features, double Outputs, double Milliseconds)
    {
        public double Numbers => Outputs * (Features + 1);

        /// <summary>Ranks that share a processor work one after the other.</summary>
        public double Sums => (UsualShares + Ranks * Math.Log2(Ranks)) * Numbers / Processors;

        public double RowsEach => Rows / Processors;

        /// <summary>Reads a line of Markdown; null where it is none of the table's.</summary>
        public static Pass? Read(string line)
        {
            string[] cells = [.. line.Split('|', StringSplitOptions.TrimEntries).Select(cell => cell.Split(',')[0])];
            double[] numbers = [.. cells.Skip(1).SkipLast(1).Select(cell =>
                double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN)];
            return numbers.Length == 8 && !numbers.Any(double.IsNaN)
                ? new Pass(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
                : null;
        }
    }

    /// <summary>The model for 8 to 1,024 ranks.</summary>
    /// <param name="output">Gets the tables.</param>
    /// <param name="measured">A file that holds the lines that <c>cluster</c> printed on 1, 2 and 4 ranks.</param>
    public static void Print(TextWriter output, string measured)
    {
        Pass[] passes = [.. File.ReadLines(measured).Select(Pass.Read).OfType<Pass>()];
        if (passes.Length == 0)
            throw new ArgumentException($"{measured} has no line of the table that `cluster` prints; give the file with its output.");
        output.WriteLine("| features | outputs | us a row | ns a number and share | largest error of the fit |");
        output.WriteLine("|---:|---:|---:|---:|---:|");
        List<(double Features, double Outputs, double Row, double Number)> kinds = [];
        foreach (var kind in passes.GroupBy(pass => (pass.Features, pass.Outputs)))
        {
            var (row, number) = Fit([.. kind]);
            var error = kind.Max(pass => Math.Abs(1e3 * (row * pass.RowsEach + number * pass.Sums) / pass.Milliseconds - 1));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {kind.Key.Features} | {kind.Key.Outputs} | {1e6 * row:G3} | {1e9 * number:G3} | {100 * error:F0} % |"));
            kinds.Add((kind.Key.Features, kind.Key.Outputs, row, number));
        }

        // Wide sparse rows of many outputs were not measured: the same price for each number that a row touches.
        if (kinds.Find(kind => kind.Features > 10_000) is { Outputs: > 0 } wide)
            kinds.Add((wide.Features, 100, 100 / wide.Outputs * wide.Row, wide.Number));
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Rows:G3} rows, ranks of {Processors} processors: s a pass (efficiency)"));
        output.WriteLine();
        output.WriteLine("| features | outputs | network | 8 | 64 | 256 | 1024 |");
        output.WriteLine("|---:|---:|---|---:|---:|---:|---:|");
        foreach (var (features, outputs, row, number) in kinds)
        {
            foreach (var network in Networks)
            {
                var numbers = outputs * (features + 1);
                var alone = Rows * row / Processors;
                var cells = ((int[])[8, 64, 256, 1024]).Select(ranks =>
                {
                    var time = Time(ranks, numbers, row, number, network.Latency, network.Bandwidth);
                    return string.Create(CultureInfo.InvariantCulture, $"{time:G3} ({100 * alone / (ranks * time):F0} %)");
                });
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {features} | {outputs} | {network.Name} | {string.Join(" | ", cells)} |"));
            }
        }
    }

    /// <summary>The seconds of a row and of a number that leave the least squares of relative errors.</summary>
    private static (double Row, double Number) Fit(Pass[] passes)
    {
        double xx = 0, xy = 0, yy = 0, xt = 0, yt = 0;
        foreach (var pass in passes)
        {
            var seconds = pass.Milliseconds / 1e3;
            double x = pass.RowsEach / seconds, y = pass.Sums / seconds;
            (xx, xy, yy, xt, yt) = (xx + x * x, xy + x * y, yy + y * y, xt + x, yt + y);
        }

        var determinant = xx * yy - xy * xy;
        return ((xt * yy - yt * xy) / determinant, (yt * xx - xt * xy) / determinant);
    }

    private static double Time(int ranks, double numbers, double row, double number, double latency, double bandwidth)
    {
        var rounds = Math.Log2(ranks);
        var compute = Rows / ranks / Processors * row + (Math.Max(UsualShares, ranks) / (double)ranks + rounds) * numbers * number;
        var messages = numbers * 8 < ShortBytes
            ? 2 * rounds * (latency + 8 * numbers / bandwidth)
            : 2 * (ranks - 1) * latency + 16 * numbers * (ranks - 1) / ranks / bandwidth;
        return compute + messages;
    }
}
