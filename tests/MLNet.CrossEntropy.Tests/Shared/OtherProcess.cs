using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Runs other programs: the SDK, and tests/LoadsWithoutUs, which knows ML.NET and nothing of this library.</summary>
internal static class OtherProcess
{
    /// <summary>What the program prints: the values of <paramref name="column"/> for each row, then which of ours it loaded.</summary>
    public static string[] Score(string model, string column, IEnumerable<float[]> rows)
    {
        var program = ProgramOf("LoadsWithoutUs");
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(program)!, "*CrossEntropy*"));

        string[] arguments = [program, model, column, .. rows.Select(row => FormattableString.Invariant($"{string.Join(';', row)}"))];
        return Run(AppContext.BaseDirectory, "dotnet", arguments).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs a program to its end in a folder and answers what it printed; it must end well.</summary>
    public static string Run(string folder, string program, params string[] arguments) => Run(folder, program, arguments, null);

    /// <summary>The same with a variable of the environment set.</summary>
    public static string Run(string folder, string program, string[] arguments, (string Name, string Value)? variable)
    {
        using var process = Start(folder, program, arguments, variable);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.\n{output}\n{errors.Result}");
        return output;
    }

    /// <summary>Runs a program and kills it, as the machine might, when it has printed a line; false where it came to its end.</summary>
    public static bool KillAt(string line, string program, params string[] arguments)
    {
        using var process = Start(AppContext.BaseDirectory, program, arguments);
        var isKilled = false;
        while (process.StandardOutput.ReadLine() is { } printed)
        {
            if (printed != line)
                continue;
            process.Kill();
            isKilled = true;
        }

        process.WaitForExit();
        return isKilled;
    }

    /// <summary>
    /// The program of another project of the tests, whose output folder stands beside this one: bin/project/configuration.
    /// </summary>
    public static string ProgramOf(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, $"{project}.dll");
    }

    private static Process Start(string folder, string program, string[] arguments, (string Name, string Value)? variable = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // This process may run inside a build, whose settings are not the other's; and what it starts must not outlive it.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        // A process that is killed would leave the pipes of debuggers behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (variable is { } set)
            start.Environment[set.Name] = set.Value;
        return Process.Start(start)!;
    }
}
