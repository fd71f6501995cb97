using System.Globalization;
using System.Text.Json;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>
/// A convex problem: rows, the penalty <c>l2/2 ||W||^2</c> on the mean loss, and the least objective there is, where it is known.
/// </summary>
internal sealed record Problem(string Name, List<Example> Rows, int Classes, double L2, double? Optimum)
{
    private static readonly string[] GoldenFits =
    [
        "iris/none/softmax/lam0.01/l1r0/unweighted",
        "iris/standard/softmax/lam0.01/l1r0/unweighted",
        "iris/standard/softmax/lam0.001/l1r0/unweighted",
        "breast_cancer/standard/binary/lam0.01/l1r0/unweighted",
        "breast_cancer/standard/binary/lam0.001/l1r0/unweighted",
    ];

    /// <summary>Problems whose optimum another program found in double precision (the tests' golden file).</summary>
    public static IEnumerable<Problem> Golden()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "sklearn-fits.json")));
        foreach (var fit in file.RootElement.GetProperty("fits").EnumerateArray())
        {
            var id = fit.GetProperty("id").GetString()!;
            if (GoldenFits.Contains(id))
                yield return FromGolden(
                    id, fit, file.RootElement.GetProperty("datasets").GetProperty(fit.GetProperty("dataset").GetString()!));
        }
    }

    /// <summary>a9a with the penalty that ML.NET calls 1.</summary>
    public static Problem Adults(DataFolder data)
    {
        (var train, _) = Adult.Read(data);
        return new Problem("a9a", Example.From(train), train.Classes, 1.0 / train.Rows, Optimum: null);
    }

    /// <summary>The objective (nats) of a binary model, in double.</summary>
    public double Objective(IReadOnlyList<float> weights, float bias) =>
        Mean(example => SoftPlus((example.IsPositive ? -1 : 1) * Logit(example, weights, bias))) + Penalty(weights);

    /// <summary>The objective (nats) of a multiclass model, in double.</summary>
    public double Objective(VBuffer<float>[] weights, float[] biases)
    {
        float[][] dense = [.. weights.Select(row => row.DenseValues().ToArray())];
        return dense.Sum(Penalty) + Mean(example =>
        {
            double[] logits = [.. dense.Select((row, k) => Logit(example, row, biases[k]))];
            var most = logits.Max();
            return most + Math.Log(logits.Sum(z => Math.Exp(z - most))) - logits[example.Label];
        });
    }

    private double Mean(Func<Example, double> loss) => Rows.Sum(loss) / Rows.Count;

    private double Penalty(IReadOnlyList<float> weights) => L2 / 2 * weights.Sum(w => (double)w * w);

    private static double SoftPlus(double z) => Math.Max(z, 0) + Math.Log(1 + Math.Exp(-Math.Abs(z)));

    private static double Logit(Example example, IReadOnlyList<float> weights, double logit)
    {
        foreach (var feature in example.Features.Items())
            logit += (double)weights[feature.Key] * feature.Value;
        return logit;
    }

    private static Problem FromGolden(string id, JsonElement fit, JsonElement data)
    {
        var scaled = fit.GetProperty("scaling").GetString() == "standard";
        double[] mean = Numbers(data.GetProperty("mean")), scale = Numbers(data.GetProperty("scale"));
        var labels = Numbers(data.GetProperty("y"));
        List<Example> rows =
        [
            .. data.GetProperty("X").EnumerateArray().Select((row, i) => new Example
            {
                Label = (uint)labels[i],
                IsPositive = labels[i] == 1,
                Features =
                    new VBuffer<float>(mean.Length, [.. Numbers(row).Select((x, j) => (float)(scaled ? (x - mean[j]) / scale[j] : x))]),
            }),
        ];
        var name =
            string.Create(
            CultureInfo.InvariantCulture,
            $"{id.Split('/')[0]}, {(scaled ? "standardised" : "raw")}, l2 {fit.GetProperty("l2").GetDouble()}");
        return new Problem(name, rows, (int)labels.Max() + 1, fit.GetProperty("l2").GetDouble(), fit.GetProperty("objective").GetDouble());
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];
}
