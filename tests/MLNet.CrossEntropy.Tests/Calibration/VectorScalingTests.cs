using MLNet.CrossEntropy.Calibration;

namespace MLNet.CrossEntropy.Tests.Calibration;

/// <summary>Scales and offsets for each class are the planted ones, and there is a clear answer where there are none.</summary>
public class VectorScalingTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(20)]
    public void Planted_scales_and_offsets_are_found(int classes)
    {
        var random = new Random(classes);
        double[] scales = [.. Enumerable.Range(0, classes).Select(_ => 0.3 + random.NextDouble())];
        double[] offsets = [.. Enumerable.Range(0, classes).Select(_ => 2 * random.NextDouble() - 1)];
        CalibrationRows rows = new(classes);
        foreach (var z in TemperatureScalingTests.RandomLogits(100, classes, seed: 2))
        {
            // Raw logits far from 0 and of very different spreads.
            double[] raw = [.. z.Select((x, k) => 100 + x * Math.Pow(10, k % 4))];
            TemperatureScalingTests.AddExpected(rows, raw, [.. z.Select((x, k) => scales[k] * x + offsets[k])]);
        }

        var fitted = VectorScaling.Fit(rows, Names(classes));
        Assert.Equal(0, fitted.Offsets.Sum(), 1e-9);
        for (var k = 0; k < classes; k++)
        {
            var spread = Math.Pow(10, k % 4);
            Assert.Equal(scales[k], fitted.Scales[k] * spread, 1e-6);
            Assert.Equal(
                offsets[k] - offsets[0], fitted.Offsets[k] + 100 * fitted.Scales[k] - fitted.Offsets[0] - 100 * fitted.Scales[0], 1e-6);
        }
    }

    [Fact]
    public void It_loses_less_than_the_best_temperature()
    {
        var logits = TemperatureScalingTests.RandomLogits(200, 3, seed: 9);
        var random = new Random(1);
        var rows =
            TemperatureScalingTests.Rows(logits, [.. logits.Select(z => random.Next(3) == 0 ? random.Next(3) : Array.IndexOf(z, z.Max()))]);
        var (scales, offsets, _, gradient) = VectorScaling.Fit(rows, Names(3));
        var temperature = TemperatureScaling.Fit(rows).Scale;
        Assert.True(rows.Evaluate(scales, offsets).LogLoss < rows.Evaluate([temperature, temperature, temperature], new double[3]).LogLoss);
        Assert.InRange(gradient, 0, 1e-8);

        // No step in any direction goes further down.
        var best = rows.Evaluate(scales, offsets).LogLoss;
        for (var k = 0; k < 3; k++)
        {
            foreach (var h in (double[])[1e-3, -1e-3])
            {
                Assert.True(rows.Evaluate(Moved(scales, k, h), offsets).LogLoss > best);
                Assert.True(rows.Evaluate(scales, Moved(offsets, k, h)).LogLoss > best);
            }
        }
    }

    [Fact]
    public void A_class_without_rows_is_named()
    {
        var rows = TemperatureScalingTests.Rows([[1, 0, 0], [0, 1, 0], [0, 1, 0]], [0, 1, 0]);
        Assert.StartsWith(
            "There are no rows of 'c2': ", Assert.Throws<InvalidOperationException>(() => VectorScaling.Fit(rows, Names(3))).Message);
    }

    [Fact]
    public void Separable_rows_have_no_optimum()
    {
        // Two classes overlap; the third is told from them by its own logit, which would grow for ever.
        var rows = TemperatureScalingTests.Rows(
            [[1, 0, 0], [0, 1, 0.2], [0.5, 0.2, 0.1], [0, 1, 0.3], [1, 0, 0.3], [0, 0, 2], [0.3, 0.1, 3]], [0, 1, 1, 0, 0, 2, 2]);
        Assert.Contains(
            "tells a class from the others beyond doubt",
            Assert.Throws<InvalidOperationException>(() => VectorScaling.Fit(rows, Names(3))).Message);
    }

    [Fact]
    public void Constant_logits_have_no_scales()
    {
        var rows = TemperatureScalingTests.Rows([[2, 1], [2, 1]], [0, 1]);
        Assert.StartsWith(
            "In every row the logits", Assert.Throws<InvalidOperationException>(() => VectorScaling.Fit(rows, Names(2))).Message);
    }

    [Fact]
    public void A_class_whose_logit_is_constant_keeps_its_scale()
    {
        var rows = TemperatureScalingTests.Rows([[0, 1], [0, -1], [0, 2], [0, 0.5]], [1, 0, 0, 1]);
        var (scales, offsets, _, _) = VectorScaling.Fit(rows, Names(2));
        Assert.Equal(1, scales[0]);
        Assert.Equal(0, offsets.Sum(), 1e-12);
    }

    private static string[] Names(int classes) => [.. Enumerable.Range(0, classes).Select(k => $"c{k}")];

    private static double[] Moved(double[] values, int index, double by)
    {
        double[] moved = [.. values];
        moved[index] += by;
        return moved;
    }
}
