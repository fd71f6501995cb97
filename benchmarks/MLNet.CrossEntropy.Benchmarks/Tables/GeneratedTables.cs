using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// Tables on which a fit is hard, each for one reason: labels are drawn from the softmax of <c>V z</c>, where z are standard normal, and
/// the features are z in disguise.
/// </summary>
internal static class GeneratedTables
{
    private const int Features = 20;

    public static IEnumerable<(string Name, Func<Problem> Make)> All(int rows)
    {
        foreach (var classes in new[] { 2, 5 })
        {
            var name = classes == 2 ? "2 classes" : "5 classes";
            yield return (
                $"scales 1e-6..1e9, {name}", () => Of(rows, classes, (j, z, _) => z * Math.Pow(10, -6 + 15.0 * j / (Features - 1))));
            yield return (
                $"scales 0.1..1e9, {name}", () => Of(rows, classes, (j, z, _) => z * Math.Pow(10, -1 + 10.0 * j / (Features - 1))));
            yield return ($"lognormal tails, {name}", () => Of(rows, classes, (_, z, _) => Math.Exp(4 * z)));
            yield return ($"nearly separable, {name}", () => Of(rows, classes, (_, z, _) => z, strength: 30));
            yield return ($"means to 1e6, {name}", () => Of(rows, classes, (j, z, _) => z + Math.Pow(10, 6.0 * j / (Features - 1))));
            yield return ($"outliers of 1e8, {name}", () => Of(rows, classes, (_, z, random) => random.Next(rows) == 0 ? 1e8 : z));
            yield return ($"one value of 1e4, {name}", () => WithOneOutlier(Of(rows, classes, (_, z, _) => z)));
            yield return ($"near-duplicate columns, {name}", () => Duplicated(Of(rows, classes, (_, z, _) => z)));
            yield return ($"constant columns, {name}", () => Of(rows, classes, (j, z, _) => j % 4 == 0 ? 1000 * j : z));
            yield return ($"sorted by class, {name}", () => Sorted(Of(rows, classes, (_, z, _) => z)));
            yield return ($"one-hot of 10,000, {name}", () => OneHot(rows, classes, 10_000));
            yield return ($"5 rows of a class, {name}", () => RareClass(Math.Max(1000, rows / 2), classes, 5));
            yield return ($"60 rows, {name}", () => Of(60, classes, (_, z, _) => z));
        }

        yield return ("periodic one-hot, 900 rows, 3 classes", Periodic);
    }

    private static Problem Of(int rows, int classes, Func<int, double, Random, double> feature, double strength = 2)
    {
        var random = new Random(1);
        var weights = Weights(random, classes, strength);
        return Problem(classes, Enumerable.Range(0, rows).Select(_ =>
        {
            double[] z = [.. Enumerable.Range(0, Features).Select(_ => Normal(random))];
            var label = Draw(random, weights, z);
            return Row(label, new VBuffer<float>(Features, [.. z.Select((value, j) => (float)feature(j, value, random))]));
        }));
    }

    private static Problem RareClass(int rows, int classes, int rare)
    {
        var problem = Of(rows, classes, (_, z, _) => z);
        // The last class is left to a few rows; the others of it become the first.
        var left = rare;
        foreach (var row in problem.Rows.Where(row => row.Label == classes - 1 && left-- <= 0))
            (row.Label, row.IsPositive) = (0, false);
        return problem;
    }

    private static Problem OneHot(int rows, int classes, int values)
    {
        var random = new Random(1);
        double[][] effects =
            [.. Enumerable.Range(0, classes).Select(_ => Enumerable.Range(0, values).Select(_ => Normal(random)).ToArray())];
        return Problem(classes, Enumerable.Range(0, rows).Select(_ =>
        {
            // As often as 1/rank: many values are seen once or never.
            var value = (int)Math.Min(values - 1, Math.Pow(values, random.NextDouble()) - 1);
            var label = Draw(random, [.. effects.Select(effect => effect[value])]);
            return Row(label, new VBuffer<float>(values, 1, [1f], [value]));
        }));
    }

    private static Problem Periodic() => Problem(3, Enumerable.Range(0, 900).Select(i =>
        Row(i % 3, new VBuffer<float>(23, 2, [1f, 1f], [i % 3, 3 + i / 3 % 20]))));

    private static Problem WithOneOutlier(Problem problem)
    {
        float[] values = [.. problem.Rows[problem.Rows.Count * 3 / 4].Features.DenseValues()];
        values[3] = 1e4f;
        problem.Rows[problem.Rows.Count * 3 / 4].Features = new VBuffer<float>(values.Length, values);
        return problem;
    }

    private static Problem Duplicated(Problem problem)
    {
        var random = new Random(2);
        foreach (var row in problem.Rows)
        {
            float[] values = [.. row.Features.DenseValues()];
            for (var j = 1; j < values.Length; j += 2)
                values[j] = (float)(values[j - 1] + 1e-4 * Normal(random));
            row.Features = new VBuffer<float>(values.Length, values);
        }

        return problem;
    }

    private static Problem Sorted(Problem problem)
        => new("", [.. problem.Rows.OrderBy(row => row.Label)], problem.Classes, problem.L2, Optimum: null);

    private static Problem Problem(int classes, IEnumerable<Example> rows)
    {
        List<Example> all = [.. rows];
        return new Problem("", all, classes, 1.0 / all.Count, Optimum: null);
    }

    private static Example Row(int label, VBuffer<float> features) =>
        new() { Label = (uint)label, IsPositive = label == 1, Features = features };

    private static double[][] Weights(Random random, int classes, double strength)
        => [.. Enumerable.Range(0, classes)
            .Select(_ => Enumerable.Range(0, Features).Select(_ => strength * Normal(random) / Math.Sqrt(Features)).ToArray())];

    private static int Draw(Random random, double[][] weights, double[] z)
        => Draw(random, [.. weights.Select(row => row.Zip(z, (w, x) => w * x).Sum())]);

    public static int Draw(Random random, double[] logits)
    {
        var most = logits.Max();
        var left = random.NextDouble() * logits.Sum(logit => Math.Exp(logit - most));
        for (var k = 0; k < logits.Length - 1; k++)
        {
            left -= Math.Exp(logits[k] - most);
            if (left < 0)
                return k;
        }

        return logits.Length - 1;
    }

    /// <summary>By Box and Muller.</summary>
    public static double Normal(Random random)
        => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
