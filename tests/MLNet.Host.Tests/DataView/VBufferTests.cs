using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public class VBufferTests
{
    private static VBuffer<float> Sparse => new(6, 2, [3f, 4f], [1, 4]);

    private static VBuffer<float> Dense => new(4, [1f, 2f, 3f, 4f]);

    [Fact]
    public void Sparse_and_dense_say_what_they_hold()
    {
        Assert.False(Sparse.IsDense);
        Assert.Equal([3f, 4f], Sparse.GetValues());
        Assert.Equal([1, 4], Sparse.GetIndices());
        Assert.Equal([0f, 3f, 0f, 0f, 4f, 0f], Sparse.DenseValues());
        Assert.Equal("Sparse vector of size 6, 2 explicit values", Sparse.ToString());
        Assert.True(Dense.IsDense);
        Assert.True(Dense.GetIndices().IsEmpty);
        Assert.Equal("Dense vector of size 4", Dense.ToString());
        Assert.Equal(0, default(VBuffer<float>).Length);
        Assert.True(default(VBuffer<float>).IsDense);
    }

    [Fact]
    public void Items_are_the_explicit_ones_or_all()
    {
        Assert.Equal([KeyValuePair.Create(1, 3f), KeyValuePair.Create(4, 4f)], Sparse.Items());
        Assert.Equal([0, 1, 2, 3, 4, 5], Sparse.Items(all: true).Select(item => item.Key));
        Assert.Equal([0f, 3f, 0f, 0f, 4f, 0f], Sparse.Items(all: true).Select(item => item.Value));
        Assert.Equal([1f, 2f, 3f, 4f], Dense.Items().Select(item => item.Value));
    }

    [Fact]
    public void An_absent_item_is_the_default()
    {
        Assert.Equal(3f, Sparse.GetItemOrDefault(1));
        Assert.Equal(0f, Sparse.GetItemOrDefault(2));
        Assert.Equal(2f, Dense.GetItemOrDefault(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sparse.GetItemOrDefault(6));
    }

    [Fact]
    public void Copies_share_nothing_with_their_source()
    {
        float[] values = [1, 2];
        var source = new VBuffer<float>(2, values);
        VBuffer<float> copy = default;
        source.CopyTo(ref copy);
        values[0] = 9;
        Assert.Equal([1f, 2f], copy.DenseValues());
    }

    [Fact]
    public void A_copy_reuses_buffers_that_are_large_enough()
    {
        var destination = new VBuffer<float>(4, new float[4]);
        var alias = destination;
        Dense.CopyTo(ref destination);
        Assert.Equal([1f, 2f, 3f, 4f], alias.DenseValues());
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(4, 1)]
    [InlineData(6, 0)]
    public void A_range_of_a_sparse_vector_is_that_range_of_its_dense_form(int start, int length)
    {
        VBuffer<float> range = default;
        Sparse.CopyTo(ref range, start, length);
        Assert.Equal(Sparse.DenseValues().Skip(start).Take(length), range.DenseValues());
    }

    [Fact]
    public void A_sparse_vector_is_made_dense_on_request()
    {
        VBuffer<float> dense = default;
        Sparse.CopyToDense(ref dense);
        Assert.True(dense.IsDense);
        Assert.Equal(Sparse.DenseValues(), dense.DenseValues());

        float[] span = [9, 9, 9, 9, 9, 9, 9, 9];
        Sparse.CopyTo(span, 1);
        Assert.Equal([9f, 0f, 3f, 0f, 0f, 4f, 0f, 9f], span);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sparse.CopyTo(span, 3));
    }

    [Fact]
    public void An_editor_writes_in_place_and_may_truncate()
    {
        VBuffer<int> buffer = default;
        VBufferEditor<int> editor = VBufferEditor.Create(ref buffer, 5, 3);
        Assert.True(editor.CreatedNewValues);
        Assert.True(editor.CreatedNewIndices);
        (editor.Values[0], editor.Values[1], editor.Indices[0], editor.Indices[1]) = (7, 8, 0, 3);
        buffer = editor.CommitTruncated(2);
        Assert.Equal([7, 0, 0, 8, 0], buffer.DenseValues());

        editor = VBufferEditor.CreateFromBuffer(ref buffer);
        Assert.False(editor.CreatedNewValues);
        editor.Values[1] = 9;
        buffer = editor.Commit();
        Assert.Equal([7, 0, 0, 9, 0], buffer.DenseValues());
    }

    [Fact]
    public void Old_values_are_kept_only_on_request()
    {
        VBuffer<int> buffer = new(2, [1, 2]);
        VBufferEditor<int> editor = VBufferEditor.Create(ref buffer, 4, keepOldOnResize: true);
        Assert.True(editor.CreatedNewValues);
        Assert.Equal([1, 2], editor.Values[..2]);
    }

    [Fact]
    public void Too_few_values_or_indices_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<int>(3, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<int>(3, 2, [1, 2], [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VBuffer<int>(1, 2, [1, 2], [0, 1]));
    }
}
