namespace MLNet.CrossEntropy.Tests.Documentation;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Set it to 1 to write anew what is generated: the output shown on pages, figures, the list of the public API.</summary>
    public const string UpdateVariable = "UPDATE_DOCUMENTATION";

    public static bool IsToBeUpdated => Environment.GetEnvironmentVariable(UpdateVariable) == "1";

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file)).ReplaceLineEndings("\n");

    public static bool Has(string file) => File.Exists(Path.Combine(Root, file)) || Directory.Exists(Path.Combine(Root, file));

    /// <summary>The files of a folder and all below it, their paths as from the folder, with slashes.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var path = Path.Combine(Root, folder);
        return Directory.GetFiles(path, pattern, SearchOption.AllDirectories).Select(file => Path.GetRelativePath(path, file).Replace('\\', '/')).Order(StringComparer.Ordinal);
    }

    /// <summary>Checks that a generated file is as it should be, or makes it so where that is asked for.</summary>
    public static void Check(string file, string expected)
    {
        if (IsToBeUpdated)
            Write(file, expected);
        Assert.True(Has(file) && Text(file) == expected,
            $"{file} is out of date. If the change is meant, run the tests with {UpdateVariable}=1 and look at what git diff shows.");
    }

    public static void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MLNetCE.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"There is no MLNetCE.sln above {AppContext.BaseDirectory}: the documentation's tests run from the repository's artifacts folder.");
    }
}
