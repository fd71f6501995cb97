using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Runs other programs: the SDK, and tests/LoadsWithoutUs, which knows ML.NET and nothing of this library.</summary>
internal static class OtherProcess
{
    /// <summary>What the program prints: the values of <paramref name="column"/> for each row, then which of ours it loaded.</summary>
    public static string[] Score(string model, string column, IEnumerable<float[]> rows)
    {
        // Its output folder stands beside this test's own: bin/<project>/<configuration>.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(here.Parent!.Parent!.FullName, "LoadsWithoutUs", here.Name, "LoadsWithoutUs.dll");
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(program)!, "*CrossEntropy*"));

        string[] arguments = [program, model, column, .. rows.Select(row => FormattableString.Invariant($"{string.Join(';', row)}"))];
        return Run(here.FullName, "dotnet", arguments).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Runs a program to its end in a folder and answers what it printed; it must end well.</summary>
    public static string Run(string folder, string program, params string[] arguments)
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
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.\n{output}\n{errors.Result}");
        return output;
    }
}
