using System.Globalization;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Sparse rows of two classes, label -1 or +1 (libsvm text). a9a is UCI Adult as 123 binary features.</summary>
internal static class Adult
{
    private const int Features = 123;

    public static (SparseSet Train, SparseSet Test) Read(DataFolder data) =>
        (Read(data, "a9a", "a9a.gz", Features), Read(data, "a9a", "a9a.t.gz", Features));

    public static SparseSet Read(DataFolder data, string folder, string file, int features)
    {
        var rows = new SparseSetBuilder(features, classes: 2);
        foreach (var line in data.Lines(folder, file))
        {
            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var part in parts.AsSpan(1))
            {
                var colon = part.IndexOf(':', StringComparison.Ordinal);
                var index = int.Parse(part.AsSpan(0, colon), CultureInfo.InvariantCulture) - 1;
                rows.Add(index, float.Parse(part.AsSpan(colon + 1), CultureInfo.InvariantCulture));
            }

            rows.EndRow(double.Parse(parts[0], CultureInfo.InvariantCulture) > 0 ? 1 : 0);
        }

        return rows.Build();
    }
}
