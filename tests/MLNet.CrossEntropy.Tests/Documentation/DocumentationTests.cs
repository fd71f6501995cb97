using System.Text.RegularExpressions;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>What the pages show is compiled and run, and prints what they say it prints.</summary>
public sealed partial class DocumentationTests
{
    private static readonly DocumentationPage[] Pages = [.. typeof(DocumentationTests).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(DocumentationPage))).Select(type => (DocumentationPage)Activator.CreateInstance(type)!)];

    public static TheoryData<string> Files => [.. Repository.Pages];

    public static TheoryData<string, string> Snippets
    {
        get
        {
            TheoryData<string, string> snippets = [];
            foreach (var page in Pages)
                foreach (var snippet in page.Snippets)
                    snippets.Add(page.File, snippet.Name);
            return snippets;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_page_shows_the_snippets_that_are_run_and_no_others(string file)
    {
        string[] run = [.. Pages.Where(page => page.File == file).SelectMany(page => page.Snippets).Select(snippet => snippet.Text)];
        Assert.Equal(run, Blocks(file).Where(block => !IsProgram(block.Code)).Select(block => block.Code));
        Assert.Equal(Blocks(file).Count(), Fence().Count(Repository.Text(file)));
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public void A_snippet_runs_and_prints_what_its_page_shows(string file, string name)
    {
        using var page = (DocumentationPage)Activator.CreateInstance(Pages.Single(page => page.File == file).GetType())!;
        var printed = page.Run(name);
        if (Repository.IsToBeUpdated)
            Show(file, page.Snippets.Single(snippet => snippet.Name == name).Text, printed);
        (var code, var output) = Blocks(file).Single(block => block.Code == page.Snippets.Single(snippet => snippet.Name == name).Text);
        Assert.True(printed == (output ?? printed), $"{file} shows another output below the snippet {name}, which printed:\n{printed}\ninstead of:\n{output}\n(the code: {code})");
        Assert.True(output is not null || printed.Length == 0 || page.PrintsUnseen(name), $"{file} does not show what the snippet {name} prints:\n{printed}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Links_lead_to_files_that_exist(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        Assert.All(Link().Matches(Repository.Text(file)).Select(match => match.Groups["target"].Value),
            target => Assert.True(Repository.Has(Path.Combine(folder, target)), $"{file} links to {target}, which does not exist."));
    }

    [Fact]
    public void The_packages_readme_shows_the_pipeline_and_links_to_no_file_that_it_lacks()
    {
        const string File = "src/MLNet.CrossEntropy/PackageReadme.md";
        Assert.Equal(Blocks("README.md"), Blocks(File));
        Assert.DoesNotMatch(Link(), Repository.Text(File));
    }

    /// <summary>The whole programs of a page, usings and all, and what it says they print.</summary>
    internal static IEnumerable<(string Code, string? Output)> Programs(string file) => Blocks(file).Where(block => IsProgram(block.Code));

    private static bool IsProgram(string code) => code.StartsWith("using Microsoft.ML;\n", StringComparison.Ordinal);

    private static IEnumerable<(string Code, string? Output)> Blocks(string file)
        => Block().Matches(Repository.Text(file)).Select(match => (match.Groups["code"].Value, match.Groups["output"].Success ? match.Groups["output"].Value : null));

    /// <summary>Writes the output of a snippet into its page, where that shows any.</summary>
    private static void Show(string file, string code, string printed)
        => Repository.Write(file, Block().Replace(Repository.Text(file), match => match.Groups["code"].Value == code && match.Groups["output"].Success
            ? $"```csharp\n{code}```\n\n```text\n{printed}```\n" : match.Value));

    /// <summary>A snippet and, where it follows at once, its output.</summary>
    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n(?:\n```text\n(?<output>.*?)^?```\n)?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("^ *(```|~~~) *(csharp|cs|c#)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?!https?:)(?<target>[^)#]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
