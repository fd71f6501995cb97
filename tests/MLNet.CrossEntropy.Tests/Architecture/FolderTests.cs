using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace MLNet.CrossEntropy.Tests.Architecture;

/// <summary>Which folder may know of which, by the types that the compiled code refers to: one direction, no cycles.</summary>
public sealed partial class FolderTests
{
    /// <summary>A folder, and the folders right below it; those below these are meant, too.</summary>
    private static readonly Dictionary<string, string[]> Below = new()
    {
        ["Numerics"] = [],
        ["Information"] = ["Numerics"],
        ["Tables"] = ["Numerics"],
        ["Losses"] = ["Numerics"],
        ["Linear"] = ["Losses"],
        ["MLNet"] = ["Linear", "Tables"],
        ["Trainers"] = ["MLNet"],
        ["Evaluation"] = ["MLNet", "Information"],
        ["Comparison"] = ["Evaluation"],
        ["Calibration"] = ["Evaluation"],
        ["Reporting"] = ["Comparison", "Calibration", "Trainers"],
        [""] = ["Reporting"],
    };

    private static readonly string[] WithoutMLNet = ["Numerics", "Information", "Tables", "Losses", "Linear"];

    private static readonly System.Reflection.Assembly Product = typeof(SoftmaxCrossEntropyTrainer).Assembly;

    private static readonly Lazy<Reference[]> References = new(() => [.. ReadReferences()]);

    [Fact]
    public void Every_folder_has_its_place()
        => Assert.Empty(Sources.Folders.Except(Below.Keys));

    [Fact]
    public void A_folder_refers_to_those_below_it_alone()
    {
        Assert.NotEmpty(References.Value);
        AssertNone(References.Value
            .Where(reference => reference.ToFolder is { } to && to != reference.FromFolder && !AllBelow(reference.FromFolder).Contains(to))
            .Select(reference => $"{reference.FromFolder}/{reference.From} refers to {reference.ToFolder}/{reference.To}"));
    }

    [Fact]
    public void Mathematics_has_never_heard_of_MLNet()
    {
        Assert.Contains(References.Value, reference => reference.IsMLNet);
        AssertNone(References.Value
            .Where(reference => reference.IsMLNet && WithoutMLNet.Contains(reference.FromFolder))
            .Select(reference => $"{reference.FromFolder}/{reference.From} refers to {reference.To}"));
    }

    [Fact]
    public void The_product_has_never_heard_of_MPI()
    {
        var mpi = typeof(MpiCluster).Assembly;
        Assert.Contains(mpi.GetReferencedAssemblies(), name => name.Name == Product.GetName().Name);
        Assert.DoesNotContain(Product.GetReferencedAssemblies(), name => name.Name == mpi.GetName().Name);
        AssertNone(Sources.Files.Where(file => file.Text.Contains("DllImport", StringComparison.Ordinal)).Select(file => file.Path));
        // Of the product it knows what users know.
        Assert.DoesNotContain(
            Product.GetCustomAttributesData(), attribute => attribute.ConstructorArguments is [{ Value: "MLNet.CrossEntropy.Mpi" }]);
    }

    [Fact]
    public void Only_MLNet_reads_through_cursors()
        => Assert.Empty(OffendersOutside("MLNet/", ["GetRowCursor", "DataViewRowCursor"]));

    [Fact]
    public void Only_NativeModels_reaches_into_internals()
        => Assert.Empty(OffendersOutside("MLNet/NativeModels.", ["UnsafeAccessor", "BindingFlags.NonPublic"]));

    /// <summary>Shows all offenders, not the first few.</summary>
    private static void AssertNone(IEnumerable<string> offenders)
    {
        var found = string.Join('\n', offenders.Distinct().Order(StringComparer.Ordinal));
        Assert.True(found.Length == 0, found);
    }

    private static HashSet<string> AllBelow(string folder)
        => [.. Below[folder].SelectMany(below => AllBelow(below).Append(below))];

    private static IEnumerable<Reference> ReadReferences()
    {
        var product = new ArchLoader().LoadAssembly(Product).Build();
        foreach (var type in product.Types)
        {
            if (Sources.FolderOf(Outermost(type)) is not { } folder)
                continue;
            // Type parameters have no namespace.
            foreach (
                var target in type.Dependencies.Select(dependency => dependency.Target).Distinct()
                .Where(target => target.Namespace is not null))
            {
                var isOurs = target.Namespace.FullName.StartsWith("MLNet.CrossEntropy", StringComparison.Ordinal);
                var isMLNet = target.Namespace.FullName.StartsWith("Microsoft.ML", StringComparison.Ordinal)
                    && Sources.FolderOf(Outermost(target)) is null;
                yield return new(Outermost(type), folder, Outermost(target), isOurs ? Sources.FolderOf(Outermost(target)) : null, isMLNet);
            }
        }
    }

    /// <summary>The full name of the type at the top of a file that the type, nested or generic, is part of.</summary>
    private static string Outermost(IType type) => type.FullName.Split('+', '`', '<', '/')[0];

    private static IEnumerable<string> OffendersOutside(string allowed, string[] words)
    {
        var offenders = Sources.Files.Where(file => Array.Exists(words, Comment().Replace(file.Text, "").Contains))
            .Select(file => file.Path).ToArray();
        Assert.Contains(offenders, path => path.StartsWith(allowed, StringComparison.Ordinal));
        return offenders.Where(path => !path.StartsWith(allowed, StringComparison.Ordinal));
    }

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();

    private sealed record Reference(string From, string FromFolder, string To, string? ToFolder, bool IsMLNet);
}
