using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet;

/// <summary>What is known of a row before any estimator has seen it.</summary>
public sealed class UnscoredRowsTests
{
    private static readonly InMemoryView View = new InMemoryView.Builder()
        .AddText("Kind", ["cat", "", "dog", "cat"])
        .AddNumbers("Share", [0, 0.25, 0.75, 1])
        .AddNumbers("Class", [2, 0, 7, 2])
        .AddScores("Votes", [[0, 3, 1], [2, 0, 2], [0, 0, 0], [0, 5, 0]], 3)
        .Build();

    [Theory]
    [InlineData("Kind", new[] { "cat", null, "dog", "cat" })]
    [InlineData("Share", new[] { "0", "0", "1", "1" })]
    [InlineData("Class", new[] { "2", "0", "7", "2" })]
    [InlineData("Votes", new[] { "1", "0", null, "1" })]
    public void Strata_are_classes_and_of_shares_the_class_of_the_largest(string column, string?[] expected)
    {
        var rows = UnscoredRows.Read(View, null, null, column, false, default);
        Assert.Equal(expected, rows.Strata.Select(s => rows.StratumNames[Assert.Single(s)]));
        Assert.True(UnscoredRows.CanStratifyBy(View.Schema[column].Type));
    }

    [Fact]
    public void Groups_and_names_are_read_where_they_are_asked_for()
    {
        var rows = UnscoredRows.Read(View, "Kind", "Class", null, false, default);
        Assert.Equal((IEnumerable<string?>)["cat", null, "dog", "cat"], rows.Groups!);
        Assert.Equal((IEnumerable<string?>)["2", "0", "7", "2"], rows.Ids!);
        Assert.False(rows.IsStratified);
        Assert.Equal((null, null), (UnscoredRows.Read(View, null, null, null, false, default).Groups, UnscoredRows.Read(View, null, null, null, false, default).Ids));
        Assert.Contains("There is no stratification column 'Sort'", Assert.Throws<ArgumentException>(() => UnscoredRows.Read(View, null, null, "Sort", false, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subset_holds_its_rows_in_order_and_can_be_cancelled()
    {
        using CancellationTokenSource source = new();
        RowSubset subset = new(View, [1, 3], cancellation: source.Token);
        Assert.Equal(["", "cat"], subset.GetColumn<string>("Kind"));
        Assert.Equal(2, subset.GetRowCount());
        Assert.Equal([0.25f, 1], new MLContext(1).Data.Cache(subset).GetColumn<float>("Share"));
        Assert.Contains("ended after 4 rows, and row 5", Assert.Throws<InvalidOperationException>(() => new RowSubset(View, [0, 5]).GetColumn<float>("Share").ToArray()).Message, StringComparison.Ordinal);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => subset.GetColumn<float>("Share").ToArray());
    }
}
