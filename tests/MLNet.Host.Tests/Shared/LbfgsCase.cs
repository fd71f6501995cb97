using System.Text.Json;
using Microsoft.ML;

namespace MLNet.Host.Tests.Shared;

/// <summary>One recorded training of ML.NET: options, normalisation, and what came of it.</summary>
internal sealed class LbfgsCase(JsonElement[] section, int index, Dataset data)
{
    public JsonElement Golden { get; } = section[index];

    public string Scaling => Golden.GetProperty("scaling").GetString()!;

    public bool IsWeighted => Golden.GetProperty("options").TryGetProperty("ExampleWeightColumnName", out _);

    /// <summary>Whether the run was stopped before convergence, by an iteration limit or a loose tolerance.</summary>
    public bool IsCutShort => Golden.GetProperty("options").EnumerateObject()
        .Any(option => option.Name is "MaximumNumberOfIterations" or "OptimizationTolerance");

    public double Objective => Golden.GetProperty("objective_float64").Number();

    /// <summary>The least value the objective has, found in float64; null where it is not known (non-negative weights).</summary>
    public double? Optimum => Golden.TryGetProperty("optimum_float64", out var optimum) && optimum.ValueKind == JsonValueKind.Object
        ? optimum.GetProperty("objective").Number()
        : null;

    /// <summary>
    /// How far above the optimum ML.NET itself may end: its runs of one problem differ with the number of threads, the more
    /// so with an L1 penalty or raw features.
    /// </summary>
    public double ToleratedExcess => 1.5e-5 + 2 * section
        .Where(other => other.GetProperty("scaling").GetString() == Scaling && Problem(other) == Problem(Golden) && other.TryGetProperty("objective_excess", out _))
        .Where(other => other.GetProperty("objective_excess").ValueKind == JsonValueKind.Number)
        .Where(other => !new LbfgsCase(section, Array.IndexOf(section, other), data).IsCutShort)
        .Max(other => other.GetProperty("objective_excess").Number());

    public static TheoryData<int, string> Names(JsonElement[] section)
    {
        var names = new TheoryData<int, string>();
        for (var i = 0; i < section.Length; i++)
            names.Add(i, $"{section[i].GetProperty("scaling").GetString()} {section[i].GetProperty("options").GetRawText()}");
        return names;
    }

    public TOptions Options<TOptions>()
        where TOptions : new()
    {
        var options = new TOptions();
        foreach (var option in Golden.GetProperty("options").EnumerateObject())
        {
            var field = typeof(TOptions).GetField(option.Name) ?? throw new InvalidOperationException($"No option {option.Name}.");
            var type = Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType;
            field.SetValue(options, type == typeof(float) ? option.Value.Single() : option.Value.Deserialize(type));
        }

        return options;
    }

    /// <summary>The normaliser of the case, fitted; null when features stay raw.</summary>
    public ITransformer? FitNormalizer(MLContext ml, IDataView view) => Scaling switch
    {
        "none" => null,
        "MeanVariance" => ml.Transforms.NormalizeMeanVariance("Features").Fit(view),
        "MinMax" => ml.Transforms.NormalizeMinMax("Features").Fit(view),
        "MeanVariance_fixZero_false" => ml.Transforms.NormalizeMeanVariance("Features", fixZero: false).Fit(view),
        "MinMax_fixZero_false" => ml.Transforms.NormalizeMinMax("Features", fixZero: false).Fit(view),
        _ => throw new InvalidOperationException($"No scaling {Scaling}."),
    };

    /// <summary>
    /// (sum_i w_i l_i + L2/2 ||W||^2) / sum_i w_i + (L1/N) ||W||_1 in double, where <paramref name="loss"/> is l_i of row i.
    /// </summary>
    public double ObjectiveOf(IReadOnlyList<float> weights, Func<int, double> loss)
    {
        double losses = 0, weightSum = 0;
        for (var i = 0; i < data.Y.Length; i++)
        {
            double weight = IsWeighted ? data.Weights[i] : 1;
            losses += weight * loss(i);
            weightSum += weight;
        }

        double l2 = Golden.GetProperty("l2_per_weight_sum").Number(), l1 = Golden.GetProperty("l1_per_row").Number();
        return losses / weightSum + l2 / 2 * weights.Sum(w => (double)w * w) + l1 * weights.Sum(w => Math.Abs((double)w));
    }

    private static string Problem(JsonElement run) => string.Join(
        ' ',
        run.GetProperty("options").EnumerateObject().Where(option => option.Name is "L1Regularization" or "L2Regularization" or "ExampleWeightColumnName"));
}
