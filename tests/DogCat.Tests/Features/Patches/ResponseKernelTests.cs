using DogCat.Features.Patches;

namespace DogCat.Tests.Features.Patches;

public class ResponseKernelTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(4, 3)]
    [InlineData(12, 109)]
    public void Agrees_with_three_plain_loops_in_double(int rows, int inputs)
    {
        var random = new Random(7);
        var patches = Numbers(rows * inputs);
        var panel = Numbers(inputs * ResponseKernel.PanelWidth);
        var sums = Numbers(ResponseKernel.PanelWidth);
        double[] expected = [.. sums.Select(s => (double)s)];
        for (var k = 0; k < expected.Length; k++)
        {
            for (var r = 0; r < rows; r++)
            {
                double answer = 0;
                for (var i = 0; i < inputs; i++)
                    answer += (double)patches[r * inputs + i] * panel[i * ResponseKernel.PanelWidth + k];
                expected[k] += Math.Max(0, answer);
            }
        }
        ResponseKernel.AddResponses(patches, inputs, panel, sums);
        // Each of inputs + rows roundings is at most 2^-24 of a partial sum, and no partial sum exceeds rows x inputs.
        var tolerance = (inputs + rows) * Math.Pow(2, -24) * rows * inputs;
        for (var k = 0; k < expected.Length; k++)
            Assert.Equal(expected[k], sums[k], tolerance);

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        var sums = new float[ResponseKernel.PanelWidth];
        Assert.Throws<ArgumentOutOfRangeException>(() => ResponseKernel.AddResponses(new float[3 * 5], 5, new float[5 * ResponseKernel.PanelWidth], sums));
        Assert.Throws<ArgumentOutOfRangeException>(() => ResponseKernel.AddResponses(new float[4 * 5], 5, new float[4 * ResponseKernel.PanelWidth], sums));
        Assert.Throws<ArgumentOutOfRangeException>(() => ResponseKernel.AddResponses(new float[4 * 5], 5, new float[5 * ResponseKernel.PanelWidth], sums.AsSpan(1)));
    }
}
