using FsCheck;
using FsCheck.Fluent;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Tests.Numerics;

/// <summary>The one place where kernels get pointers from.</summary>
public sealed class NativeBufferTests
{
    [Fact]
    public void A_part_is_given_exactly_where_there_is_one()
    {
        using var buffer = new NativeBuffer<float>(1_000);
        var numbers = Gen.Choose(-10, 1_010).Two().ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(numbers, part =>
        {
            var (start, length) = part;
            Assert.Equal(start >= 0 && length >= 0 && start + length <= 1_000, Gives(buffer, start, length));
        }));
    }

    [Theory]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(long.MinValue, 1)]
    [InlineData(0, long.MinValue)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Numbers_that_overflow_give_no_part(long start, long length)
    {
        using var buffer = new NativeBuffer<float>(1_000);

        Assert.False(Gives(buffer, start, length));
    }

    [Fact]
    public void Parts_are_the_memory_that_they_say()
    {
        using var buffer = new NativeBuffer<double>(10);
        buffer.Span(3, 4).Fill(7);

        Assert.Equal([0, 0, 0, 7, 7, 7, 7, 0, 0, 0], buffer.AsSpan().ToArray());
        Assert.Equal(7, buffer[6]);
    }

    [Fact]
    public void A_buffer_that_is_gone_gives_nothing()
    {
        var buffer = new NativeBuffer<float>(10);
        buffer.Dispose();

        Assert.False(Gives(buffer, 0, 1));
        Assert.True(buffer.AsSpan().IsEmpty);
        buffer.Dispose();
    }

    private static unsafe bool Gives(NativeBuffer<float> buffer, long start, long length)
    {
        try
        {
            return buffer.At(start, length) != null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }
}
