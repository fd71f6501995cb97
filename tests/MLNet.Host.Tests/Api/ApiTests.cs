using System.Reflection;
using Microsoft.ML;

namespace MLNet.Host.Tests;

/// <summary>Whatever host runs, its public API is Microsoft.ML 5.0.0's: all of it, or on the embedded host a part of it.</summary>
public class ApiTests
{
    private static readonly Lazy<Dictionary<string, HashSet<string>>> Listed = new(Read);

    public static TheoryData<string> Types => [.. Assemblies.Distinct().SelectMany(assembly => assembly.GetExportedTypes()).Select(type => type.FullName!).Order()];

    // On the package host the other assemblies of Microsoft.ML are listed and checked likewise.
    private static Assembly[] Assemblies => [typeof(MLContext).Assembly, typeof(IDataView).Assembly, typeof(ITransformer).Assembly];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_public_type_is_as_it_is_listed(string name)
    {
        var type = Assemblies.Select(assembly => assembly.GetType(name)).First(found => found != null)!;
        var header = ApiText.Header(type);
        Assert.True(Listed.Value.TryGetValue(header, out var members), $"Microsoft.ML has no {header}");
        Assert.Empty(ApiText.Members(type).Where(member => !members.Contains(member)).Distinct());
    }

    private static Dictionary<string, HashSet<string>> Read()
    {
        var listed = new Dictionary<string, HashSet<string>>();
        HashSet<string>? members = null;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "api-5.0.0.txt")))
        {
            if (line.StartsWith("  ", StringComparison.Ordinal))
                members!.Add(line[2..]);
            else if (line.Contains(" | ", StringComparison.Ordinal))
                listed[line.Split(" : ")[0]] = members = [];
        }
        return listed;
    }
}
