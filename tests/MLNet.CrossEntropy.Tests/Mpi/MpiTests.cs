namespace MLNet.CrossEntropy.Tests.Mpi;

/// <summary>Ranks as processes of their own, started by mpirun on this machine.</summary>
public sealed class MpiTests
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

    [MpiFact]
    public void A_rank_that_throws_ends_all_with_one_error_that_names_it()
    {
        var (code, output, errors) = MpiRun.Start(3, "throw");
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("bits", output, StringComparison.Ordinal);
        Assert.Equal("FormatException: row 17 cannot be read", Assert.Single(Failures(errors)).Split("failed: ")[1]);
        Assert.StartsWith("Rank 1 of 3", Failures(errors)[0], StringComparison.Ordinal);
    }

    [MpiFact]
    public void A_rank_that_is_killed_ends_all()
    {
        var (code, output, errors) = MpiRun.Start(3, "kill");
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("bits", output, StringComparison.Ordinal);
        Assert.Contains("process rank 1", errors, StringComparison.Ordinal);
        Assert.Contains("signal 9", errors, StringComparison.Ordinal);
    }

    [MpiFact]
    public void A_rank_without_memory_ends_all()
    {
        var (code, output, errors) = MpiRun.Start(3, "memory");
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("bits", output, StringComparison.Ordinal);
        Assert.Contains("memory", errors, StringComparison.OrdinalIgnoreCase);
    }

    [MpiFact]
    public void A_rank_that_gives_up_before_the_fit_ends_all()
    {
        var (code, output, errors) = MpiRun.Start(3, "caught");
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("bits", output, StringComparison.Ordinal);
        Assert.Contains("Rank 1 of 3 left the cluster", errors, StringComparison.Ordinal);
    }

    [MpiFact]
    public void Ranks_that_disagree_are_refused()
    {
        var (code, output, errors) = MpiRun.Start(2, "options");
        Assert.NotEqual(0, code);
        Assert.DoesNotContain("bits", output, StringComparison.Ordinal);
        Assert.Contains("Rank 1 of 2 has LabelSmoothing: 0.1, and rank 0 has LabelSmoothing: 0", errors, StringComparison.Ordinal);
    }

    /// <summary>What all ranks have printed, once; each must have printed the same bits.</summary>
    private static string[] Lines((int ExitCode, string Output, string Errors) run, int ranks)
    {
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        string[] lines = [.. run.Output.Split('\n').Select(line => line.Trim())
            .Select(line => line[Math.Max(0, Math.Max(line.IndexOf("bits ", StringComparison.Ordinal), line.IndexOf("metrics ", StringComparison.Ordinal)))..])
            .Where(line => line.Length > 0 && (line.StartsWith("bits", StringComparison.Ordinal) || line.StartsWith("metrics", StringComparison.Ordinal)))];
        Assert.Equal(ranks, lines.Count(line => line.StartsWith("bits", StringComparison.Ordinal)));
        return [.. lines.Distinct().Order(StringComparer.Ordinal)];
    }

    private static string[] Failures(string errors) =>
        [.. errors.Split('\n').Select(line => line.Trim()).Where(line => line.Contains("failed: ", StringComparison.Ordinal))];
}
