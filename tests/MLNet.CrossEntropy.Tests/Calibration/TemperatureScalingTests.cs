using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MLNet.CrossEntropy.Calibration;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Calibration;

/// <summary>The temperature is the oracle's, and there is a clear answer where there is none.</summary>
public class TemperatureScalingTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.Count)];

    private static JsonArray Golden => GoldenFile.Load("sklearn-metrics.json")["temperature"]!.AsArray();

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_optimum_is_the_oracles(int index)
    {
        var golden = Golden[index]!;
        var rows = Rows(golden["logits"].Matrix(), [.. golden["y"].Numbers().Select(y => (int)y)]);
        (var scale, var iterations, var gradient) = TemperatureScaling.Fit(rows);
        Assert.Equal(golden["temperature"].Number(), 1 / scale, 1e-10);
        Assert.InRange(iterations, 1, 20);
        Assert.Equal(0, gradient, 1e-11);

        (var logLoss, var error) = Evaluate(rows, 1);
        Assert.Equal(golden["nll_before"].Number(), logLoss, 1e-12);
        Assert.Equal(golden["ece15_before"].Number(), error, 1e-12);
        (logLoss, error) = Evaluate(rows, scale);
        Assert.Equal(golden["nll_after"].Number(), logLoss, 1e-12);
        Assert.Equal(golden["ece15_after"].Number(), error, 1e-9);
    }

    [Fact]
    public void A_planted_temperature_is_found_however_large_the_logits()
    {
        var temperatures = Gen.Choose(-400, 400).Select(x => Math.Pow(10, x / 100.0));
        Check.One(Config.QuickThrowOnFailure.WithReplay(5, 7).WithMaxTest(50), Prop.ForAll(temperatures.ToArbitrary(), temperature =>
        {
            var logits = RandomLogits(40, 4, (int)(1000 * temperature));
            CalibrationRows rows = new(4);
            foreach (var z in logits)
                AddExpected(rows, [.. z.Select(x => x * temperature)], z);
            return Math.Abs(1 / TemperatureScaling.Fit(rows).Scale - temperature) <= 1e-8 * temperature;
        }));
    }

    [Fact]
    public void Weight_two_is_the_row_twice()
    {
        var logits = RandomLogits(30, 3, seed: 4);
        CalibrationRows weighted = new(3), repeated = new(3);
        for (var i = 0; i < logits.Length; i++)
        {
            weighted.Add(logits[i], i % 3, 1 + i % 2);
            for (var n = 0; n <= i % 2; n++)
                repeated.Add(logits[i], i % 3, 1);
            weighted.Add(logits[i], Array.IndexOf(logits[i], logits[i].Max()), 2);
            repeated.Add(logits[i], Array.IndexOf(logits[i], logits[i].Max()), 2);
        }
        Assert.Equal(TemperatureScaling.Fit(repeated).Scale, TemperatureScaling.Fit(weighted).Scale, 1e-9);
    }

    [Fact]
    public void A_model_that_is_always_right_has_no_temperature()
    {
        var rows = Rows([[2, 1, 0], [0, 0, 5], [1, 1, 0]], [0, 2, 1]);
        Assert.StartsWith(
            "The model is right in every row", Assert.Throws<InvalidOperationException>(() => TemperatureScaling.Fit(rows)).Message);
    }

    [Fact]
    public void Constant_logits_have_no_temperature()
    {
        var rows = Rows([[2, 2, 2], [1e9, 1e9, 1e9]], [0, 1]);
        Assert.StartsWith(
            "In every row the logits of all classes are the same",
            Assert.Throws<InvalidOperationException>(() => TemperatureScaling.Fit(rows)).Message);
    }

    [Fact]
    public void Logits_that_point_the_wrong_way_have_no_temperature()
    {
        // The mean logit of the rows' own classes is below, then just as high as that of all.
        foreach (var last in (double[])[2, 3])
        {
            var rows = Rows([[2, 0], [0, 1], [last, 0]], [1, 0, 0]);
            Assert.StartsWith(
                "The rows' own classes have no higher logits",
                Assert.Throws<InvalidOperationException>(() => TemperatureScaling.Fit(rows)).Message);
        }
        Assert.InRange(TemperatureScaling.Fit(Rows([[2, 0], [0, 1], [4, 0]], [1, 0, 0])).Scale, 0.01, 1);
    }

    [Fact]
    public void One_class_alone_is_enough_for_a_temperature()
    {
        var rows = Rows([[2, 0], [3, 0], [0, 1]], [0, 0, 0]);
        double scale = TemperatureScaling.Fit(rows).Scale, h = 1e-5;
        Assert.True(Evaluate(rows, scale).LogLoss < Math.Min(Evaluate(rows, scale + h).LogLoss, Evaluate(rows, scale - h).LogLoss));
    }

    internal static CalibrationRows Rows(double[][] logits, int[] labels)
    {
        CalibrationRows rows = new(logits[0].Length);
        for (var i = 0; i < labels.Length; i++)
            rows.Add(logits[i], labels[i], 1);
        return rows;
    }

    /// <summary>
    /// A row for each class, weighted by the probability that <paramref name="truth"/> gives it: the optimum has these probabilities.
    /// </summary>
    internal static void AddExpected(CalibrationRows rows, double[] logits, double[] truth)
    {
        var sum = truth.Sum(Math.Exp);
        for (var k = 0; k < truth.Length; k++)
            rows.Add(logits, k, Math.Exp(truth[k]) / sum);
    }

    internal static double[][] RandomLogits(int rows, int classes, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, classes).Select(_ => 4 * random.NextDouble() - 2).ToArray())];
    }

    private static (double LogLoss, double CalibrationError) Evaluate(CalibrationRows rows, double scale)
        => rows.Evaluate([.. Enumerable.Repeat(scale, rows.Classes)], new double[rows.Classes]);
}
