using MLNet.CrossEntropy.Comparison;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Tests.Comparison;

/// <summary>How rows are dealt to folds.</summary>
public sealed class FoldAssignmentTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Strata_and_folds_are_even_to_one_row(int seed)
    {
        Random random = new(seed);
        int rows = random.Next(10, 200), folds = random.Next(2, 11), strata = random.Next(1, 8);
        var drawn = Rows([.. Enumerable.Range(0, rows).Select(_ => (int)(strata * Math.Pow(random.NextDouble(), 2)))]);
        var fold = FoldAssignment.Draw(drawn, folds, (ulong)seed);
        AssertEven(fold, folds);
        for (var s = 0; s < drawn.StratumNames.Length; s++)
            AssertEven([.. fold.Where((_, i) => drawn.Strata[i][0] == s)], folds);
        Assert.Equal(fold, FoldAssignment.Draw(drawn, folds, (ulong)seed));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Groups_are_never_split_and_as_even_as_they_can_be(int seed)
    {
        Random random = new(seed);
        var folds = random.Next(2, 6);
        string?[] groups =
        [
            .. Enumerable.Range(0, random.Next(20, 60)).SelectMany(g => Enumerable.Repeat($"g{g}", random.Next(1, 6))),
            null, null, null,
        ];
        int[] strata = [.. groups.Select(_ => random.Next(3))];
        var fold = FoldAssignment.Draw(Rows(strata) with { Groups = groups }, folds, (ulong)seed);
        Assert.All(groups.Zip(fold).Where(r => r.First is not null).GroupBy(r => r.First), g => Assert.Single(g.Select(r => r.Second).Distinct()));
        foreach (var s in Enumerable.Range(0, 3))
        {
            int[] counts = [.. Enumerable.Range(0, folds).Select(f => fold.Where((x, i) => x == f && strata[i] == s).Count())];
            // A fold differs from the even share by less than a few of the largest groups.
            Assert.InRange(counts.Max() - counts.Min(), 0, 8);
        }
    }

    [Fact]
    public void Another_seed_deals_otherwise_and_every_pair_of_rows_is_parted_as_often_as_by_chance()
    {
        var rows = Rows([.. Enumerable.Range(0, 20).Select(i => i % 2)]);
        const int Seeds = 2000;
        var together = Enumerable.Range(0, Seeds).Count(seed => FoldAssignment.Draw(rows, 5, (ulong)seed) is var fold && fold[0] == fold[2]);
        // Of 10 rows of a stratum 2 are in each fold: a row's partner is one of 9. Standard deviation 0.007.
        Assert.Equal(1 / 9.0, together / (double)Seeds, 0.03);
    }

    [Fact]
    public void Every_fold_has_rows_or_there_is_an_error()
    {
        Assert.Equal([0, 1, 2], FoldAssignment.Draw(Rows([0, 1, 2]), 3, 1).Order());
        Assert.Contains("There are 3 rows for 4 folds", Assert.Throws<ArgumentException>(() => FoldAssignment.Draw(Rows([0, 1, 2]), 4, 1)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "There are 2 groups of rows for 3 folds",
            Assert.Throws<ArgumentException>(() => FoldAssignment.Draw(Rows([0, 1, 2]) with { Groups = ["a", "b", "a"] }, 3, 1)).Message,
            StringComparison.Ordinal);
    }

    private static void AssertEven(int[] fold, int folds)
    {
        int[] counts = [.. Enumerable.Range(0, folds).Select(f => fold.Count(x => x == f))];
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
    }

    /// <summary>Rows of these strata, which are numbered as they appear.</summary>
    private static UnscoredRows Rows(int[] strata)
    {
        int[] known = [.. strata.Distinct()];
        return new(null, null, [.. strata.Select(s => (int[])[Array.IndexOf(known, s)])], [.. known.Select(s => $"{s}")]);
    }
}
