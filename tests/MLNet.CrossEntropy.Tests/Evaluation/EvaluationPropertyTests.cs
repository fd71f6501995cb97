using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Evaluation;

/// <summary>What must hold for any scored data.</summary>
public sealed class EvaluationPropertyTests
{
    private const int Classes = 4;
    private static readonly Config Config = Config.QuickThrowOnFailure.WithReplay(0x5EED, 0x1D).WithMaxTest(60);

    private static Arbitrary<Sample[]> Samples => ArbMap.Default.GeneratorFor<int>().Select(seed => Draw(seed)).ToArbitrary();

    [Fact]
    public void The_order_of_rows_does_not_matter() => Holds(rows =>
    {
        Sample[] shuffled = [.. rows];
        new Random(rows.Length).Shuffle(shuffled);
        AssertEqual(Evaluate(rows), Evaluate(shuffled), standardErrors: true);
    });

    [Fact]
    public void A_row_of_weight_2_is_the_row_twice() => Holds(rows =>
    {
        Sample[] twice = [.. rows.SelectMany(r => r.Weight == 2 ? new[] { r with { Weight = 1 }, r with { Weight = 1 } } : [r])];
        AssertEqual(Evaluate(rows), Evaluate(twice), standardErrors: false);
    });

    [Fact]
    public void The_scale_of_the_weights_does_not_matter() => Holds(rows =>
        AssertEqual(Evaluate(rows), Evaluate([.. rows.Select(r => r with { Weight = 4 * r.Weight })]), standardErrors: true));

    [Fact]
    public void Two_halves_merge_to_the_whole() => Holds(rows =>
    {
        MetricAccumulators whole = Accumulate(rows), merged = Accumulate(rows[..(rows.Length / 3)]);
        merged.Merge(Accumulate(rows[(rows.Length / 3)..]));
        AssertEqual(ToMetrics(whole), ToMetrics(merged), standardErrors: true);
    });

    [Fact]
    public void Every_row_is_accounted_for() => Holds(rows =>
    {
        MulticlassCrossEntropyMetrics metrics = Evaluate(rows);
        Assert.Equal(rows.Length, metrics.Rows.Total);
        Assert.Equal(metrics.Rows.Used, metrics.Classes.Sum(c => c.Support));
        double mean = metrics.Classes.Where(c => c.Support > 0).Sum(c => c.WeightedSupport * c.LogLoss) / metrics.WeightSum;
        Assert.Equal(mean, metrics.LogLoss, 1e-12);
    });

    [Fact]
    public void Mean_and_standard_error_are_those_of_two_slow_passes() => Holds(rows =>
    {
        double weight = rows.Sum(r => r.Weight);
        double mean = rows.Sum(r => r.Weight * r.Loss) / weight;
        double variance = rows.Sum(r => r.Weight * (r.Loss - mean) * (r.Loss - mean)) / weight;
        double effective = weight * weight / rows.Sum(r => r.Weight * r.Weight);

        MulticlassCrossEntropyMetrics metrics = Evaluate(rows);
        Assert.Equal(mean, metrics.LogLoss, 1e-12);
        Assert.Equal(effective, metrics.EffectiveRows, 1e-9);
        Assert.Equal(Math.Sqrt(variance / (effective - 1)), metrics.LogLossStandardError, 1e-12);
        Assert.Equal(metrics.LogLoss + 1.9599639845400545 * metrics.LogLossStandardError, metrics.LogLossInterval.Upper, 1e-12);
    });

    private static void Holds(Action<Sample[]> property) => Check.One(Config, Prop.ForAll(Samples, property));

    private static Sample[] Draw(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, random.Next(3, 40)).Select(_ =>
        {
            int[] parts = [.. Enumerable.Range(0, Classes).Select(_ => random.Next(1, 64))];
            double sum = parts.Sum();
            return new Sample(random.Next(Classes), [.. parts.Select(p => (double)(float)(p / sum))], random.Next(1, 4));
        })];
    }

    private static MulticlassCrossEntropyMetrics Evaluate(Sample[] rows) =>
        new MLContext(1).MulticlassClassification.EvaluateCrossEntropy(
            ScoredData.Multiclass([.. rows.Select(r => (double)r.Label)], [.. rows.Select(r => r.Probabilities)], [.. rows.Select(r => r.Weight)]),
            exampleWeightColumnName: "Weight");

    private static MetricAccumulators Accumulate(Sample[] rows)
    {
        MetricAccumulators sums = new(Classes, 1e-15);
        foreach (Sample row in rows)
        {
            sums.Add(new EvaluatedRow
            {
                Label = row.Label,
                Predicted = Array.IndexOf(row.Probabilities, row.Probabilities.Max()),
                Weight = row.Weight,
                Loss = row.Loss,
                IsClipped = false,
                Probabilities = row.Probabilities,
            });
        }
        return sums;
    }

    private static MulticlassCrossEntropyMetrics ToMetrics(MetricAccumulators sums) =>
        new(new RowCounter(), sums, ["a", "b", "c", "d"], new MulticlassEvaluationOptions(), "");

    private static void AssertEqual(CrossEntropyMetrics expected, CrossEntropyMetrics actual, bool standardErrors)
    {
        Assert.Equal(expected.LogLoss, actual.LogLoss, 1e-12);
        Assert.Equal(expected.Accuracy, actual.Accuracy, 1e-12);
        Assert.Equal(expected.LabelEntropy, actual.LabelEntropy, 1e-12);
        Assert.Equal(expected.LogLossReduction, actual.LogLossReduction, 1e-11);
        foreach ((ClassMetrics e, ClassMetrics a) in expected.Classes.Zip(actual.Classes))
            Assert.Equal(e.LogLoss, a.LogLoss, 1e-12);
        if (standardErrors)
            Assert.Equal(expected.LogLossStandardError, actual.LogLossStandardError, 1e-12);
    }

    private sealed record Sample(int Label, double[] Probabilities, double Weight)
    {
        public double Loss => -Math.Log(Probabilities[Label]);
    }
}
