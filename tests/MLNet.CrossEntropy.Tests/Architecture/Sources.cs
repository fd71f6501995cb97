using System.Text.RegularExpressions;
using MLNet.CrossEntropy.Tests.Documentation;

namespace MLNet.CrossEntropy.Tests.Architecture;

/// <summary>The product's source files, and which folder declares a type.</summary>
internal static partial class Sources
{
    /// <summary>All files: the path below the product's folder, the top folder, the text.</summary>
    public static IReadOnlyList<(string Path, string Folder, string Text)> Files { get; } =
        [.. Repository.Files("src/MLNet.CrossEntropy", "*.cs").Select(path => (path, TopFolder(path), Repository.Text($"src/MLNet.CrossEntropy/{path}")))];

    private static readonly Dictionary<string, string> Folder = Files
        .SelectMany(
            file => Declaration().Matches(file.Text)
            .Select(match => (Type: $"{Namespace().Match(file.Text).Groups["name"]}.{match.Groups["name"]}", file.Folder)))
        .GroupBy(pair => pair.Type, pair => pair.Folder)
        .ToDictionary(group => group.Key, group => group.Distinct().Single());

    /// <summary>The top folders; "" is that of the catalogs.</summary>
    public static IEnumerable<string> Folders => Files.Select(file => file.Folder).Distinct();

    /// <summary>
    /// The folder of the file that declares a type, by its full name; null when no file does, as of types that the compiler makes.
    /// </summary>
    /// <exception cref="InvalidOperationException">Files of two folders declare parts of it.</exception>
    public static string? FolderOf(string type) => Folder.GetValueOrDefault(type);

    private static string TopFolder(string path) => path.Contains('/') ? path[..path.IndexOf('/')] : "";

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(public|internal)\s+((sealed|static|abstract|readonly|unsafe|partial|ref)\s+)*(class|struct|enum|interface|record(\s+struct|\s+class)?|delegate\s+\S+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
