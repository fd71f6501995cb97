using System.Diagnostics;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Runs tests/LoadsWithoutUs, a program that knows ML.NET and nothing of this library.</summary>
internal static class OtherProcess
{
    /// <summary>What the program prints: the values of <paramref name="column"/> for each row, then which of our assemblies it loaded.</summary>
    public static string[] Score(string model, string column, IEnumerable<float[]> rows)
    {
        // Its output folder stands beside this test's own: bin/<project>/<configuration>.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(here.Parent!.Parent!.FullName, "LoadsWithoutUs", here.Name, "LoadsWithoutUs.dll");
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(program)!, "*CrossEntropy*"));

        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[program, model, column, .. rows.Select(row => FormattableString.Invariant($"{string.Join(';', row)}"))])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
