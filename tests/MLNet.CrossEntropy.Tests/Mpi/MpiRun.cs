using System.ComponentModel;
using System.Diagnostics;

namespace MLNet.CrossEntropy.Tests.Mpi;

/// <summary>Starts tests/ClusterRank by mpirun.</summary>
internal static class MpiRun
{
    // Far more than anything takes: who has not ended by then hangs.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Why ranks cannot be started; null where they can.</summary>
    public static string? Missing { get; } = Look();

    /// <summary>Why network namespaces cannot stand for hosts; null where they can.</summary>
    public static string? HostsMissing { get; } = Missing ?? LookForHosts();

    /// <summary>What the ranks print, all together, and how mpirun ended.</summary>
    /// <param name="ranks">How many; 0 starts one without mpirun.</param>
    /// <param name="what">The program's argument.</param>
    public static (int ExitCode, string Output, string Errors) Start(int ranks, string what)
    {
        // Its output folder stands beside this test's own: bin/<project>/<configuration>.
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(here.Parent!.Parent!.FullName, "ClusterRank", here.Name, "ClusterRank.dll");
        // With little memory on rank 1 alone.
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        string[] rank = [dotnet, program, what], small = ["-x", "DOTNET_GCHeapHardLimit=6000000", .. rank];
        return ranks == 0 ? Run(rank[0], rank[1..])
            : what == "hosts" ? Run("bash", [Script, dotnet, program, "fit"])
            : what == "memory-fit" ? Run("mpirun", ["--oversubscribe", "-np", "1", .. rank, ":", "-np", "1", .. small, ":", "-np", "1", .. rank])
            : Run("mpirun", ["--oversubscribe", "-np", FormattableString.Invariant($"{ranks}"), .. rank]);
    }

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Mpi", "three-hosts.sh");

    private static string? LookForHosts()
    {
        try
        {
            var (code, _, errors) = Run("bash", [Script]);
            return code == 0 ? null : $"Network namespaces cannot be made: {errors.Split('\n')[0]}";
        }
        catch (Win32Exception)
        {
            return "There is no bash.";
        }
    }

    private static string? Look()
    {
        try
        {
            return Run("mpirun", ["--version"]).Output.Contains("Open MPI", StringComparison.Ordinal)
                ? null
                : "mpirun is not Open MPI's.";
        }
        catch (Win32Exception)
        {
            return "mpirun is not installed (Debian: apt install openmpi-bin).";
        }
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["TERM"] = "dumb";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Longest))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} hangs.\n{output.Result}\n{errors.Result}");
        }

        return (process.ExitCode, output.Result, errors.Result);
    }
}
