using System.Numerics;
using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.MLNet;

namespace MLNet.CrossEntropy.Tests.MLNet;

public class RowBlockBuilderTests
{
    /// <summary>Rows, features, and the share of values that are not zero.</summary>
    public static TheoryData<int, int, double> Shapes => new()
    {
        { 1, 1, 1 },
        { 3, 5, 0 },
        { 100, 4, 1 },
        { 5_000, 17, 0.24 },
        { 5_000, 17, 0.26 },
        { 9_000, 784, 0.5 },
        { 9_000, 784, 0.1 },
        { 200_000, 3, 1 },
        { 50_000, 40, 0.02 },
        { 40, 100_000, 0.6 },
        { 40, 100_000, 0.1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_blocks_hold_the_rows_whichever_way_they_were_stored(int rows, int features, double density)
    {
        var fromDense = Build(rows, features, density, storeSparse: false);
        var fromSparse = Build(rows, features, density, storeSparse: true);

        Assert.Equal(fromDense.Count, fromSparse.Count);
        var row = 0;
        foreach ((var one, var other) in fromDense.Zip(fromSparse))
        {
            Assert.Equal(one.Values, other.Values);
            Assert.Equal(one.RowStarts, other.RowStarts);
            Assert.Equal(one.Indices, other.Indices);
            for (var i = 0; i < one.Rows; i++, row++)
            {
                Assert.Equal(row, one.Classes![i]);
                Assert.Equal(row + 0.5f, one.Weights![i]);
                AssertRow(one, i, row, density);
            }
        }
        Assert.Equal(rows, row);
    }

    [Fact]
    public void Features_with_means_far_beyond_their_variation_are_kept_around_them()
    {
        var builder = new RowBlockBuilder(features: 4, weighted: false);
        for (var row = 0; row < 6_000; row++)
            builder.Add([1e6f + row % 5, 100 + row % 5, 1e6f, row == 5_000 ? 1e7f : -2_000 + row % 2], [], RowTarget.Class(row % 2), 1);
        var blocks = builder.Build();
        var centre = blocks[0].Centre!;
        Assert.Equal([1e6f + 2, 0, 0, -1_999.5f], centre.Select(mean => MathF.Round(2 * mean) / 2));
        var number = 0;
        foreach (var block in blocks)
        {
            Assert.Same(centre, block.Centre);
            for (var i = 0; i < block.Rows; i++, number++)
            {
                float[] raw = [1e6f + number % 5, 100 + number % 5, 1e6f, number == 5_000 ? 1e7f : -2_000 + number % 2];
                Assert.Equal(raw.Zip(centre, (value, mean) => value - mean), block.Values.AsSpan(4 * i, 4).ToArray());
            }
        }

        Assert.Equal([1e6f, 100f, 1e6f, -2_000f], blocks[0].Around(null).Values[..4]);
    }

    [Fact]
    public void A_model_answers_the_same_around_another_centre()
    {
        float[] weights = [1, 2, 3, 4], biases = [5, 6], from = [1, 0], to = [0, 10];
        Assert.Equal([5f - 1 + 20, 6f - 3 + 40], RowBlock.BiasesAround(weights, biases, from, to));
        Assert.Equal([5f + 1, 6f + 3], RowBlock.BiasesAround(weights, biases, null, from));
        Assert.Equal(biases, RowBlock.BiasesAround(weights, biases, null, null));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Blocks_are_alike_of_a_power_of_two_rows_and_of_moderate_size(int rows, int features, double density)
    {
        var blocks = Build(rows, features, density, storeSparse: false);

        Assert.Single(blocks.Select(block => block.IsSparse).Distinct());
        Assert.Equal(density < RowBlockBuilder.SparseBelow, blocks[0].IsSparse);
        if (blocks.Count > 1)
        {
            Assert.True(BitOperations.IsPow2(blocks[0].Rows));
            Assert.All(blocks.SkipLast(1), block => Assert.Equal(blocks[0].Rows, block.Rows));
            Assert.InRange(blocks[^1].Rows, 1, blocks[0].Rows);
            if (blocks[0].Rows < 1 << 16)
                Assert.InRange(BytesOf(blocks[0]), 1 << 20, 5 << 20);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void No_more_memory_is_kept_than_the_data_needs(int rows, int features, double density)
    {
        var blocks = Build(rows, features, density, storeSparse: false);

        // A dense row is its values; a sparse one its values, their indices and where it starts. Each has a class and a weight.
        long nonZeros = 0;
        for (var row = 0; row < rows; row++)
            nonZeros += Enumerable.Range(0, features).Count(feature => Value(row, feature, density) != 0);
        var values = blocks[0].IsSparse ? 8 * nonZeros + 4L * rows : 4L * rows * features;
        Assert.InRange(blocks.Sum(BytesOf), 0, 1.1 * (values + 8L * rows) + 4 * blocks.Count);
    }

    [Fact]
    public void A_layout_chosen_just_when_a_block_is_full_does_not_let_the_block_grow()
    {
        // 4,096 rows of 64 values: the sample's last row is the first block's last row, too.
        var builder = new RowBlockBuilder(features: 1_000, weighted: false);
        float[] values = [.. Enumerable.Repeat(1f, 64)];
        int[] indices = [.. Enumerable.Range(0, 64)];
        for (var row = 0; row < 10_000; row++)
            builder.Add(values, indices, RowTarget.Class(0), weight: 1);
        Assert.Equal([4_096, 4_096, 1_808], builder.Build().Select(block => block.Rows));
    }

    private static IReadOnlyList<RowBlock> Build(int rows, int features, double density, bool storeSparse)
    {
        var builder = new RowBlockBuilder(features, weighted: true);
        var values = new float[features];
        for (var row = 0; row < rows; row++)
        {
            for (var feature = 0; feature < features; feature++)
                values[feature] = Value(row, feature, density);
            if (storeSparse)
            {
                int[] indices = [.. Enumerable.Range(0, features).Where(feature => values[feature] != 0)];
                builder.Add([.. indices.Select(feature => values[feature])], indices, RowTarget.Class(row), row + 0.5f);
            }
            else
            {
                builder.Add(values, [], RowTarget.Class(row), row + 0.5f);
            }
        }
        return builder.Build();
    }

    /// <summary>A value that is zero or not by a hash of where it stands.</summary>
    private static float Value(int row, int feature, double density)
    {
        var hash = BitOperations.RotateLeft((uint)row * 2654435761u + (uint)feature * 2246822519u, 13) * 3266489917u;
        return (hash >> 8) / (double)(1 << 24) < density ? 1 + hash % 1000 : 0;
    }

    private static void AssertRow(RowBlock block, int at, int row, double density)
    {
        Span<float> expected = new float[block.Features];
        for (var feature = 0; feature < expected.Length; feature++)
            expected[feature] = Value(row, feature, density);
        Span<float> actual = new float[block.Features];
        if (block.IsSparse)
        {
            for (var i = block.RowStarts![at]; i < block.RowStarts[at + 1]; i++)
            {
                Assert.NotEqual(0, block.Values[i]);
                Assert.True(i == block.RowStarts[at] || block.Indices![i - 1] < block.Indices[i]);
                actual[block.Indices![i]] = block.Values[i];
            }
        }
        else
        {
            actual = block.Values.AsSpan(at * block.Features, block.Features);
        }
        Assert.True(expected.SequenceEqual(actual), $"row {row}");
    }

    private static long BytesOf(RowBlock block)
        => 4L * (
            block.Values.Length + (block.Indices?.Length ?? 0) + (block.RowStarts?.Length ?? 0) + block.Classes!.Length
            + block.Weights!.Length);
}
