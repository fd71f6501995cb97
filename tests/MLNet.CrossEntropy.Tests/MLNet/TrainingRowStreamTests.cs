using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;


namespace MLNet.CrossEntropy.Tests.MLNet;

public class TrainingRowStreamTests
{
    /// <summary>Rows, features, density, blocks of the pool.</summary>
    public static TheoryData<int, int, double, int> Shapes => new()
    {
        { 10, 3, 1, 2 },
        { 300_000, 50, 1, 3 },
        { 70_000, 40, 0.1, 1 },
        { 6_000, 3_000, 0.3, 1 },
        { 60_000, 400, 0.16, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_pass_gives_the_rows_in_order_out_of_a_pool_that_does_not_grow(int rows, int features, double density, int poolBlocks)
    {
        var view = new GeneratedView(rows, features, density);
        var stream = new TrainingRowStream(view, view.Columns(), poolBlocks);
        var arrays = new HashSet<float[]>();
        List<int[]> chunkRows = [];
        for (var pass = 0; pass < 4; pass++)
        {
            var row = 0;
            List<int> rowsOfChunks = [];
            foreach (var chunk in stream.Chunks())
            {
                Assert.InRange(chunk.Count, 1, poolBlocks);
                arrays.UnionWith(chunk.Select(block => block.Values));
                foreach (var block in chunk)
                {
                    for (var i = 0; i < block.Rows; i += 97)
                        AssertRow(view, block, i, row + i);
                    row += block.Rows;
                }
                rowsOfChunks.Add(chunk.Sum(block => block.Rows));
            }
            Assert.Equal(rows, row);
            chunkRows.Add([.. rowsOfChunks]);
        }
        Assert.All(chunkRows, counts => Assert.Equal(chunkRows[0], counts));
        Assert.Single(chunkRows[0].SkipLast(1).Append(chunkRows[0][0]).Distinct());
        Assert.Equal(4, view.CursorsOpened);

        // One block beyond the pool is being filled. The layout's sample and a smaller last block cost arrays once; a sparse
        // block, each of another size, a few more until every array has room for the largest.
        Assert.InRange(arrays.Count, 1, density < 0.25 ? 3 * poolBlocks + 3 : poolBlocks + 4);
    }

    [Fact]
    public void After_a_pass_that_was_given_up_the_next_begins_with_the_first_row()
    {
        var view = new GeneratedView(100_000, 50, 1);
        var stream = new TrainingRowStream(view, view.Columns(), 1);
        for (var pass = 0; pass < 2; pass++)
            AssertRow(view, stream.Chunks().First()[0], 3, 3);
        Assert.Null(stream.Tally);
        Assert.Equal(100_000, stream.Chunks().Sum(chunk => chunk.Sum(block => block.Rows)));
        Assert.Equal(100_000, stream.Tally!.Counts.Used);
    }

    [Fact]
    public void Rows_that_fill_the_pool_to_the_last_are_one_chunk()
    {
        // A block has the power of two from 2^19 / 50 rows on.
        var view = new GeneratedView(1 << 14, 50, 1);
        var stream = new TrainingRowStream(view, view.Columns(), 1);
        for (var pass = 0; pass < 2; pass++)
            Assert.Equal(1 << 14, Assert.Single(Assert.Single(stream.Chunks())).Rows);
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_counted_once()
    {
        var view = new GeneratedView(5_000, 4, 1, isBad: row => row % 10 == 3);
        var stream = new TrainingRowStream(view, view.Columns());
        for (var pass = 0; pass < 3; pass++)
        {
            Assert.Equal(4_500, stream.Chunks().Sum(chunk => chunk.Sum(block => block.Rows)));
            Assert.Equal(new TrainingRowCounts { Used = 4_500, NaNFeature = 500 }, stream.Tally!.Counts);
            Assert.Equal("row 3 has NaN in feature 0", stream.Tally.FirstSkipped);
        }
    }

    [Fact]
    public void No_usable_row_is_an_error()
    {
        var view = new GeneratedView(7, 2, 1, isBad: _ => true);
        var error = Assert.Throws<InvalidOperationException>(() => new TrainingRowStream(view, view.Columns()).Chunks().Count());
        Assert.Contains("None of the 7 rows", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRow(GeneratedView view, RowBlock block, int at, int row)
    {
        Span<float> expected = new float[block.Features];
        view.Fill(row, expected);
        Span<float> actual = new float[block.Features];
        if (block.IsSparse)
        {
            for (var i = block.RowStarts![at]; i < block.RowStarts[at + 1]; i++)
                actual[block.Indices![i]] = block.Values[i];
        }
        else
        {
            actual = block.Values.AsSpan(at * block.Features, block.Features);
        }
        Assert.True(expected.SequenceEqual(actual), $"row {row}");
        Assert.Equal(view.Class(row), block.Classes![at]);
    }
}
