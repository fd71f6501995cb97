using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class HeldOutFoldsTests
{
    [Fact]
    public void Every_row_is_held_out_once_and_every_fold_has_its_share_of_each_class()
    {
        var table = RowTable.Gaussian(103, 2, classes: 3);
        var folds = new HeldOutFolds(table.Dense(), outputs: 3, count: 5, seed: 1);
        var times = new int[103];
        for (var fold = 0; fold < 5; fold++)
        {
            int[] held = Rows(folds.Rows(fold, isHeldOut: true)), others = Rows(folds.Rows(fold, isHeldOut: false));
            Assert.Equal(Enumerable.Range(0, 103), held.Concat(others).Order());
            foreach (var row in held)
                times[row]++;
            for (var k = 0; k < 3; k++)
                Assert.InRange(held.Count(row => table.Y[row] == k) - table.Y.Count(y => y == k) / 5.0, -1, 1);
            Assert.InRange(held.Length, 103 / 5 - 1, 103 / 5 + 2);
        }

        Assert.All(times, count => Assert.Equal(1, count));
        Assert.NotEqual(
            Rows(folds.Rows(0, isHeldOut: true)), Rows(new HeldOutFolds(table.Dense(), 3, 5, seed: 2).Rows(0, isHeldOut: true)));
    }

    [Fact]
    public void Groups_are_never_split_and_rows_without_one_stand_alone()
    {
        var table = RowTable.Gaussian(90, 2, classes: 2);
        ulong[] groups = [.. Enumerable.Range(0, 90).Select(i => (ulong)(i < 60 ? 1 + i / 4 : 0))];
        RowBlock[] blocks = [table.Dense(rowsPerBlock: 90)[0] with { Groups = groups }];
        var folds = new HeldOutFolds(blocks, outputs: 2, count: 4, seed: 3);
        int[] foldOf = [.. Enumerable.Range(0, 90)
            .Select(row => Enumerable.Range(0, 4).Single(fold => Rows(folds.Rows(fold, isHeldOut: true)).Contains(row)))];
        Assert.All(Enumerable.Range(0, 15), group => Assert.Single(foldOf.Skip(4 * group).Take(4).Distinct()));
        Assert.Equal(4, foldOf.Skip(60).Distinct().Count());
    }

    [Fact]
    public void Weights_stay_and_count_for_the_shares()
    {
        float[] weights = [.. Enumerable.Range(0, 40).Select(i => i < 8 ? 4f : 1f)];
        var table = RowTable.Gaussian(40, 2, classes: 1) with { Weights = weights };
        var folds = new HeldOutFolds(table.Dense(), outputs: 1, count: 4, seed: 1);
        for (var fold = 0; fold < 4; fold++)
        {
            Assert.InRange(folds.Rows(fold, isHeldOut: true).Sum(block => block.Weights!.Sum()), 16 - 4, 16 + 4);
            foreach (var row in Rows(folds.Rows(fold, isHeldOut: true)))
                Assert.Equal(weights[row], folds.Rows(fold, isHeldOut: true).SelectMany(block => block.Weights!).ElementAt(row));
        }
    }

    private static int[] Rows(IReadOnlyList<RowBlock> blocks)
    {
        float[] weights = [.. blocks.SelectMany(block => block.Weights!)];
        return [.. Enumerable.Range(0, weights.Length).Where(row => weights[row] > 0)];
    }
}
