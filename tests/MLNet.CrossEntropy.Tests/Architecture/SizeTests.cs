using Xunit.Abstractions;

namespace MLNet.CrossEntropy.Tests.Architecture;

/// <summary>A file is one concept that a reader takes in at once.</summary>
public sealed class SizeTests(ITestOutputHelper output)
{
    private const int LongFile = 350;
    private const int LongestFile = 450;
    private const int LongestLine = 140;

    [Fact]
    public void Files_are_short()
    {
        var lines = Sources.Files.Select(file => (file.Path, Lines: file.Text.Count(c => c == '\n'))).OrderByDescending(file => file.Lines)
            .ToArray();
        foreach (var (path, count) in lines.Where(file => file.Lines > LongFile))
            output.WriteLine($"Would a reader split {path}? It has {count} lines.");
        Assert.DoesNotContain(lines, file => file.Lines > LongestFile);
    }

    [Fact]
    public void Lines_are_short()
        => Assert.Empty(
            Sources.Files.SelectMany(
            file => file.Text.Split('\n').Where(line => line.Length > LongestLine).Select(line => $"{file.Path}: {line.Trim()}")));
}
