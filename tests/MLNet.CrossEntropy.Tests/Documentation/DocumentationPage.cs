using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>
/// A page of the documentation whose snippets are the methods of a class: what stands between the lines <c>// begin</c> and <c>// end</c>
/// of a method is shown on the page, letter for letter and in the same order, and what it writes to <see cref="Console"/> is
/// shown below it.
/// </summary>
/// <param name="file">The page, from the root of the repository.</param>
public abstract partial class DocumentationPage(string file) : IDisposable
{
    private const string Indentation = "        ";

    private readonly TemporaryFolder _folder = new();

    public string File { get; } = file;

    /// <summary>What snippets call Console: a snippet's output goes here and not to the process's own, which tests share.</summary>
    protected StringWriter Console { get; } = new() { NewLine = "\n" };

    /// <summary>The methods that hold snippets, in the order of the source.</summary>
    public IReadOnlyList<Snippet> Snippets => [.. Method().Matches(Repository.Text($"tests/MLNet.CrossEntropy.Tests/Documentation/{GetType().Name}.cs"))
        .Select(match => new Snippet(match.Groups["name"].Value, Shown(match.Groups["body"].Value)))];

    /// <summary>Runs a snippet and answers what it printed.</summary>
    public string Run(string name)
    {
        var method = GetType().GetMethod(name, BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)!;
        method.Invoke(this, BindingFlags.DoNotWrapExceptions, null, null, null);
        return Console.ToString();
    }

    /// <summary>Whether the page leaves out what a snippet prints, as where it holds times or ML.NET's own text.</summary>
    public virtual bool PrintsUnseen(string name) => false;

    public void Dispose()
    {
        _folder.Dispose();
        Console.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A file in a folder of the test's own; the page shows the name alone.</summary>
    protected string InFolder(string name) => _folder.File(name);

    /// <summary>A file beside the pages, which show its name alone.</summary>
    protected static string InDocs(string name) => Path.Combine(Repository.Root, "docs", name);

    /// <summary>What the pages call ml, data, train and test.</summary>
    protected static (MLContext ML, IDataView Data, IDataView Train, IDataView Test) Load() => TrainersPage.Flowers();

    /// <summary>A body without its indentation and the folders of its files.</summary>
    private static string Shown(string body)
        => PathCall().Replace(string.Concat(body.Split('\n').SkipLast(1).Select(line => (line.StartsWith(Indentation, StringComparison.Ordinal) ? line[Indentation.Length..] : line) + "\n")), "$1");

    [GeneratedRegex(@"In(?:Folder|Docs)\((""[^""]*"")\)")]
    private static partial Regex PathCall();

    [GeneratedRegex(@" (?<name>\w+)\(\)\n    \{\n(?:(?!\n    \}).)*?        // begin\n(?<body>.*?)        // end\n", RegexOptions.Singleline)]
    private static partial Regex Method();

    /// <summary>A snippet: the method that holds it and the text that is shown.</summary>
    public sealed record Snippet(string Name, string Text);
}
