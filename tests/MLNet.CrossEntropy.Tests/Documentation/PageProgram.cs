using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>The blocks of a page as its reader puts them together: into one Program.cs of a new console project, types at the end.</summary>
internal static partial class PageProgram
{
    private const char Separator = '\f';

    /// <summary>What <c>dotnet new console</c> brings, and a Console of the page's own: the process's is shared by all tests.</summary>
    private const string Surroundings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;

        internal static class Console
        {
            public static readonly StringWriter Out = new() { NewLine = "\n" };

            public static void WriteLine(object value) => Out.WriteLine(value);
        }
        """;

    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.ConsoleApplication,
        nullableContextOptions: NullableContextOptions.Enable,
        // As the SDK does: an assembly may stand for an older version of itself.
        specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]);

    private static readonly Lazy<MetadataReference[]> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file))]);

    /// <summary>The program of a page.</summary>
    public static string Source(Page page) => Unit(page, "").ToFullString();

    /// <summary>Compiles and runs a page's program; what each of its blocks printed.</summary>
    /// <param name="page">The page.</param>
    /// <param name="folder">Where the program's files go; its data are beside the pages.</param>
    public static IReadOnlyList<string> Run(Page page, Func<string, string> folder)
    {
        var source = FileName().Replace(Unit(page, $"Console.Out.Write('\\f');\n").ToFullString(), match => $"@\"{Place(match.Groups["name"].Value)}\"");
        var compilation = CSharpCompilation.Create(
            $"Page.{page.File.Replace('/', '.')}", [CSharpSyntaxTree.ParseText(source), CSharpSyntaxTree.ParseText(Surroundings)], References.Value, Options);
        using var image = new MemoryStream();
        var problems = compilation.Emit(image).Diagnostics.Where(problem => problem.Severity >= DiagnosticSeverity.Warning);
        Assert.True(!problems.Any(), $"{page.File} does not compile: {string.Join("\n", problems)}\n{source}");
        var program = Assembly.Load(image.ToArray());
        program.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null);
        var printed = program.GetType("Console")!.GetField("Out")!.GetValue(null)!.ToString()!;
        return printed.Split(Separator)[..^1];

        string Place(string name) => name.EndsWith(".csv", StringComparison.Ordinal) ? Path.Combine(Repository.Root, "docs", name) : folder(name);
    }

    /// <summary>Usings first, then statements, each block's followed by <paramref name="afterBlock"/>, then types.</summary>
    private static CompilationUnitSyntax Unit(Page page, string afterBlock)
    {
        CompilationUnitSyntax[] blocks = [.. page.Program.Select(block => SyntaxFactory.ParseCompilationUnit(block.Code + afterBlock))];
        var members = blocks.SelectMany(block => block.Members).ToLookup(member => member is GlobalStatementSyntax);
        return SyntaxFactory.CompilationUnit()
            .WithUsings([.. blocks.SelectMany(block => block.Usings)])
            .WithMembers([.. members[true], .. members[false]]);
    }

    [GeneratedRegex(@"""(?<name>[\w-]+\.(csv|json|html|md|zip|onnx|checkpoint))""")]
    private static partial Regex FileName();
}
