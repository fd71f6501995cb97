using System.Text.RegularExpressions;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>
/// A page of the documentation. Its C# blocks, one after the other, are a program; below a block stands what it prints. A page whose program
/// does not begin with its own usings begins with <see cref="CommonLines"/>, as it tells its readers.
/// </summary>
internal sealed partial record Page(string File)
{
    private const string CommonPage = "docs/trainers.md";

    public static IEnumerable<Page> All => ((string[])
        ["README.md", "CONTRIBUTING.md", .. Repository.Files("docs", "*.md").Select(file => $"docs/{file}"), .. Repository.Files("samples", "*.md").Select(file => $"samples/{file}")])
        .Select(file => new Page(file));

    public string Text => Repository.Text(File);

    public IReadOnlyList<Block> Blocks => [.. CodeAndOutput().Matches(Text).Select(match => new Block(match.Groups["code"].Value, match.Groups["output"].Value))];

    /// <summary>The blocks of the page's program: its own, after the usings and data that all pages begin with.</summary>
    public IReadOnlyList<Block> Program => Blocks is [{ IsStart: false }, ..] ? [CommonLines, .. Blocks] : Blocks;

    /// <summary>How many fences say that they hold C#: each must be a block.</summary>
    public int Fences => Fence().Count(Text);

    /// <summary>The links to other files of the repository, from the page's folder, with the section that they name.</summary>
    public IEnumerable<(string File, string Section)> Links => Link().Matches(Text).Select(match => (match.Groups["file"].Value, match.Groups["section"].Value));

    /// <summary>The names under which links find the page's sections.</summary>
    public IEnumerable<string> Sections => Heading().Matches(Text).Select(match => NotInNames().Replace(match.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    private static Block CommonLines => new Page(CommonPage).Blocks[0];

    /// <summary>Writes on the page what its last blocks printed, where it shows any output.</summary>
    public void Show(IReadOnlyList<string> printed)
    {
        var next = printed.Count - Blocks.Count;
        Repository.Write(File, CodeAndOutput().Replace(Text, match => Shown(match, printed[next++])));
    }

    private static string Shown(Match block, string printed) =>
        block.Groups["output"].Success ? $"```csharp\n{block.Groups["code"].Value}```\n\n```text\n{printed}```\n" : block.Value;

    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n(?:\n```text\n(?<output>.*?)^```\n)?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeAndOutput();

    [GeneratedRegex("^ *(```|~~~) *(csharp|cs|c#)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?!https?:)(?<file>[^)#]*)(#(?<section>[^)]*))?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInNames();
}

/// <summary>A block of C# and what stands below it as its output.</summary>
internal sealed record Block(string Code, string Output)
{
    public bool IsStart => Code.StartsWith("using Microsoft.ML;\n", StringComparison.Ordinal);
}
