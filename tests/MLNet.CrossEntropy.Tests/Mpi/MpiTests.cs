using System.Text.RegularExpressions;

namespace MLNet.CrossEntropy.Tests.Mpi;

/// <summary>Ranks as processes of their own, started by mpirun on this machine.</summary>
public sealed partial class MpiTests
{
    [MpiFact]
    public void Two_and_four_ranks_have_the_bits_of_one()
    {
        var one = Lines(MpiRun.Start(0, "fit"), ranks: 1);
        foreach (var ranks in (int[])[2, 4])
            Assert.Equal(one, Lines(MpiRun.Start(ranks, "fit"), ranks));
    }

    [MpiFact(isAcrossHosts: true)]
    public void Three_hosts_have_the_bits_of_one() =>
        Assert.Equal(Lines(MpiRun.Start(0, "fit"), ranks: 1), Lines(MpiRun.Start(3, "hosts"), ranks: 3));

    /// <summary>What goes wrong on one rank, and what the one error that is shown says of it.</summary>
    [MpiTheory]
    [InlineData(3, "throw-fit", "Rank 1 of 3 (process ", "failed: FormatException: row 17 cannot be read")]
    [InlineData(3, "kill-fit", "process rank 1", "signal 9")]
    [InlineData(3, "kill-share", "process rank 0", "signal 9")]
    [InlineData(3, "kill-evaluate", "process rank 1", "signal 9")]
    [InlineData(3, "memory-fit", "emory")]
    [InlineData(3, "caught", "Rank 1 of 3 left the cluster")]
    [InlineData(2, "options", "Rank 1 of 2 has LabelSmoothing: 0.1, and rank 0 has LabelSmoothing: 0")]
    public void A_rank_that_goes_wrong_ends_all(int ranks, string what, params string[] expected)
    {
        var (code, output, errors) = MpiRun.Start(ranks, what);
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("bits", output, StringComparison.Ordinal);
        Assert.All(expected, text => Assert.Contains(text, errors, StringComparison.Ordinal));
        if (what == "throw-fit")
            Assert.Single(errors.Split('\n'), line => line.Contains("failed: ", StringComparison.Ordinal));
    }

    /// <summary>What all ranks have printed, once; each must have printed the same bits.</summary>
    private static string[] Lines((int ExitCode, string Output, string Errors) run, int ranks)
    {
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        string[] lines = [.. Line().Matches(run.Output).Select(match => match.Value.Trim())];
        Assert.Equal(ranks, lines.Count(line => line.StartsWith("bits", StringComparison.Ordinal)));
        return [.. lines.Distinct().Order(StringComparer.Ordinal)];
    }

    // mpirun may put words of its own before a rank's.
    [GeneratedRegex("(bits|metrics) .*")]
    private static partial Regex Line();
}
