using System.Text.RegularExpressions;

namespace MLNet.CrossEntropy.Tests;

/// <summary>Numerics &lt;- Information, Losses &lt;- Optimization &lt;- Trainers: who may know of whom, read from the source.</summary>
public partial class DependencyRuleTests
{
    private static readonly string Product = Path.Combine(Root(), "src", "MLNet.CrossEntropy");

    /// <summary>A folder, and what its source must not mention.</summary>
    public static TheoryData<string, string[]> Rules => new()
    {
        { "Numerics", ["Microsoft.ML", "CrossEntropy.Information", "CrossEntropy.Losses", "CrossEntropy.Optimization", "CrossEntropy.Data", "CrossEntropy.Trainers"] },
        { "Information", ["Microsoft.ML", "CrossEntropy.Losses", "CrossEntropy.Optimization", "CrossEntropy.Data", "CrossEntropy.Trainers"] },
        { "Losses", ["Microsoft.ML", "CrossEntropy.Information", "CrossEntropy.Optimization", "CrossEntropy.Data", "CrossEntropy.Trainers"] },
        { "Optimization", ["Microsoft.ML", "CrossEntropy.Information", "CrossEntropy.Data", "CrossEntropy.Trainers"] },
        { "Data", ["CrossEntropy.Information", "CrossEntropy.Trainers"] },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_layer_knows_only_the_layers_below_it(string folder, string[] unknown)
    {
        var files = Directory.GetFiles(Path.Combine(Product, folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => unknown.Where(Code(file).Contains).Select(name => $"{Path.GetFileName(file)} mentions {name}")));
    }

    [Fact]
    public void Only_Data_reads_through_cursors()
        => Assert.Empty(OffendersOutside("Data", ["GetRowCursor", "DataViewRowCursor"]));

    [Fact]
    public void Only_NativeModels_reaches_into_internals()
        => Assert.Empty(OffendersOutside(Path.Combine("Trainers", "NativeModels."), ["UnsafeAccessor", "BindingFlags.NonPublic"]));

    private static IEnumerable<string> OffendersOutside(string allowed, string[] words)
    {
        string[] files = [.. Directory.GetFiles(Product, "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Product, file))];
        string[] inside = [.. files.Where(file => file.StartsWith(allowed, StringComparison.Ordinal))];
        Assert.Contains(inside, file => Array.Exists(words, Code(Path.Combine(Product, file)).Contains));
        return files.Except(inside).Where(file => Array.Exists(words, Code(Path.Combine(Product, file)).Contains));
    }

    /// <summary>The file without its comments: prose may mention anything.</summary>
    private static string Code(string file) => Comment().Replace(File.ReadAllText(file), "");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MLNetCE.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds MLNetCE.sln.");
    }

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
