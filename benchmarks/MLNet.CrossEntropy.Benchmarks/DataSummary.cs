using System.Globalization;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>One line a data set, to see that it was read as it should be.</summary>
internal static class DataSummary
{
    public static void Print(TextWriter output, DataFolder data)
    {
        output.WriteLine("| data | rows | features | classes | non-zeros | sum of values |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|");
        (var train, var test) = FashionMnist.Read(data);
        foreach ((var name, var set) in new[] { ("fashion-mnist train", train), ("fashion-mnist test", test) })
            Line(name, set.Rows, set.Features, set.Classes, set.Values.Count(v => v != 0), set.Values.Sum(v => (double)v));
        (var adult, var adultTest) = Adult.Read(data);
        (var news, var newsTest) = Newsgroups.Read(data);
        foreach ((var name, var set) in new[]
        {
            ("a9a train", adult), ("a9a test", adultTest), ("20newsgroups train", news), ("20newsgroups test", newsTest),
        })
        {
            Line(name, set.Rows, set.Features, set.Classes, set.Values.Length, set.Values.Sum(v => (double)v));
        }

        void Line(string name, int rows, int features, int classes, int nonZeros, double sum) => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {rows} | {features} | {classes} | {nonZeros} | {sum:F3} |"));
    }
}
