using DogCat.Reporting;

namespace DogCat.Tests.Reporting;

public class WorkProgressTests
{
    [Theory]
    [InlineData(0, 6000, 1, "0 of 6,000 pictures")]
    [InlineData(1500, 6000, 3, "1,500 of 6,000 pictures, 500 a second, 9 s left")]
    [InlineData(6000, 6000, 2, "6,000 of 6,000 pictures, 3,000 a second, 0 s left")]
    [InlineData(12, 10, 1, "12 of 10 pictures, 12 a second, 0 s left")]
    public void Progress_tells_rate_and_time_left(int done, int total, int seconds, string expected) =>
        Assert.Equal(expected, WorkProgress.Describe("pictures", done, total, TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Work_of_less_than_a_second_says_nothing()
    {
        var lines = new StringWriter();
        Assert.Equal(5, WorkProgress.Run("Work", "pictures", 1, lines, terminal: null, done => { done(); return 5; }));
        Assert.Equal("", lines.ToString());
    }
}
