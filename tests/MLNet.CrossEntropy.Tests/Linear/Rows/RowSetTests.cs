using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Numerics;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

/// <summary>What follows pointers into rows is refused rows that there are not.</summary>
public sealed class RowSetTests
{
    private static readonly RowTable Table = RowTable.Gaussian(50, 4, 3);

    public static TheoryData<bool, int> Numbers()
    {
        var data = new TheoryData<bool, int>();
        foreach (var dense in new[] { true, false })
        {
            foreach (var row in new[] { -1, 50, 63, 64, int.MaxValue, int.MinValue })
                data.Add(dense, row);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_row_that_is_not_there_is_refused(bool dense, int row)
    {
        using var rows = new RowSet(dense ? Table.Dense(16) : Table.Sparse(16));
        List<Action> looks =
        [
            () => rows.Class(row), () => rows.Target(row, 3), () => rows.Group(row),
            dense ? () => rows.Values(row) : () => rows.Sparse(row),
        ];
        if (dense)
            looks.Add(() => rows.Dense(row, 1, new nint[1]));
        else
            looks.Add(() => rows.Fetch(row));

        Assert.All(looks, look => Assert.Contains("There are 50 rows", Assert.Throws<ArgumentOutOfRangeException>(look).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Rows_beyond_the_last_are_refused_and_those_before_are_right()
    {
        using var rows = new RowSet(Table.Dense(16));
        var pointers = new nint[50];

        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Dense(40, 11, pointers));
        rows.Dense(0, 50, pointers);
        Assert.Equal(Table.X.SelectMany(x => x), Enumerable.Range(0, 50).SelectMany(row => First(pointers[row], 4)));
    }

    [Fact]
    public void Rows_that_are_gone_are_refused()
    {
        var rows = new RowSet(Table.Dense(16));
        rows.Dispose();

        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Values(0));
    }

    [Theory]
    [InlineData(true, 5, true, "4 dense features, not 5 sparse")]
    [InlineData(true, 3, false, "4 dense features, not 3 dense")]
    [InlineData(false, 4, false, "4 sparse features, not 4 dense")]
    public void Another_form_is_refused(bool dense, int features, bool isSparse, string message)
    {
        using var rows = new RowSet(dense ? Table.Dense() : Table.Sparse());
        rows.Require(4, !dense);

        Assert.Contains(message, Assert.Throws<ArgumentException>(() => rows.Require(features, isSparse)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_step_refuses_rows_of_another_form_too_many_and_such_as_are_not_there(bool dense)
    {
        using var rows = new RowSet(dense ? Table.Dense() : Table.Sparse());
        using var others = new RowSet(dense ? RowTable.Gaussian(50, 7, 3).Dense() : RowTable.Gaussian(50, 7, 3).Sparse());
        using var team = new WorkerTeam(1);
        var loss = new SoftmaxCrossEntropyLoss();
        var summary = RowSummary.Of([rows], loss, 3);
        using var objective = new LinearObjective([rows], summary, loss, new ElasticNet(0, 0), FeatureScaling.None(4), team);
        using var batch = new MiniBatch(objective, 8, 4, null);

        batch.Load(rows, [0, 49], []);
        Assert.Throws<ArgumentException>(() => batch.Load(others, [0], []));
        Assert.Throws<ArgumentException>(() => batch.Load(rows, [0, 1, 2, 3, 4, 5, 6, 7, 8], []));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            batch.Load(rows, [50], []);
            batch.ComputeErrors(0);
        });
    }

    private static unsafe float[] First(nint row, int count) => new ReadOnlySpan<float>((float*)row, count).ToArray();
}
