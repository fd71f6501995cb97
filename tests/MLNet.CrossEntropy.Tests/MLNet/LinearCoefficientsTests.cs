using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.MLNet;

/// <summary>Coefficients carry the right names, and say what the model does.</summary>
public class LinearCoefficientsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void The_logits_of_the_coefficients_are_the_models()
    {
        var data = NamedIris.View();
        var model = NamedIris.Pipeline(_ml, data);
        var coefficients = _ml.Model.LinearCoefficients(model);
        Assert.Equal(NamedIris.Features, coefficients.FeatureNames);
        Assert.Null(coefficients.StandardDeviations);

        var scored = model.Transform(data);
        float[][] features = [.. scored.GetColumn<float[]>("Features")];
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        for (var i = 0; i < features.Length; i += 20)
        {
            double[] logits =
                [.. NamedIris.Classes.Select(
                name => coefficients[name].Bias + features[i].Zip(coefficients[name].Weights)
                .Sum(pair => (double)pair.First * pair.Second))];
            for (var k = 1; k < logits.Length; k++)
                Assert.Equal(Math.Log(scores[i][k]) - Math.Log(scores[i][0]), logits[k] - logits[0], 1e-3);
        }
    }

    [Fact]
    public void Numbers_that_are_none_and_names_of_any_letters_can_be_written()
    {
        var parameters = NativeModels.MaximumEntropy(_ml, [1, float.NaN, float.PositiveInfinity, 3e38f], [float.NegativeInfinity, 0], null);
        var written = LinearCoefficients.Of(parameters, ["\ud800", "\0\""], ["<a>", "b\u2028"]);
        var json = JsonNode.Parse(written.ToJson())!;
        Assert.Equal("NaN", (string?)json["classes"]![0]!["weights"]![1]);
        Assert.Equal("-Infinity", (string?)json["classes"]![0]!["bias"]);
        Assert.Equal("\0\"", (string?)json["classes"]![1]!["name"]);
        Assert.Equal(4, written.ToCsv().Count(c => c == '\n'));
        Assert.Contains("NaN", written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Features_are_ranked_by_weight_or_by_weight_times_deviation()
    {
        var data = NamedIris.View();
        var model = NamedIris.Pipeline(_ml, data);
        var byWeight = _ml.Model.LinearCoefficients(model).Classes[0];
        Assert.Equal(byWeight.Weights.Max(Math.Abs), Math.Abs(byWeight.Top(1).Single().Weight));
        Assert.Equal(Math.Abs(byWeight.Top(4)[3].Weight), byWeight.Top(4)[3].Importance);
        Assert.Equal(byWeight.Top(4).Take(2), byWeight.Top(2));

        var scaled = _ml.Model.LinearCoefficients(model, data);
        for (var j = 0; j < NamedIris.Features.Length; j++)
        {
            double[] values = [.. Dataset.Iris.Examples.Select(row => (double)row.Features[j])];
            var mean = values.Average();
            Assert.Equal(Math.Sqrt(values.Average(x => (x - mean) * (x - mean))), scaled.StandardDeviations![j], 1e-9);
        }
        foreach (var c in scaled.Classes)
        {
            var top = c.Top(4);
            Assert.All(top, t => Assert.Equal(Math.Abs(c.Weights[t.Index]) * scaled.StandardDeviations![t.Index], t.Importance));
            Assert.Equal(top.OrderByDescending(t => t.Importance), top);
        }
        // A petal says far more than a sepal of which iris it is.
        Assert.StartsWith("petal", scaled["setosa"].Top(1).Single().Feature);
        Assert.Throws<ArgumentOutOfRangeException>(() => byWeight.Top(0));
    }

    [Fact]
    public void Deviations_are_of_finite_values_and_of_implied_zeros()
    {
        var data = NamedIris.View();
        var model = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(data);
        IDataView odd = new InMemoryView.Builder()
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 4), (VBuffer<float>[])
            [
                new(4, [1, float.NaN, 0, 5]),
                new(4, 2, [3, 5], [0, 3]),
                new(4, [5, 2, float.PositiveInfinity, 5]),
            ])
            .Build();
        double[] deviations = [.. _ml.Model.LinearCoefficients(model, odd).StandardDeviations!];
        Assert.Equal(Math.Sqrt(35 / 3.0 - 9), deviations[0], 1e-12);
        Assert.Equal([1, 0, 0], deviations[1..]);
    }

    [Fact]
    public void Csv_and_json_hold_every_number()
    {
        var data = NamedIris.View();
        var coefficients = _ml.Model.LinearCoefficients(NamedIris.Pipeline(_ml, data), data);

        var lines = coefficients.ToCsv().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["feature", .. NamedIris.Classes], lines[0].Split(','));
        Assert.Equal(["(bias)", .. NamedIris.Features], lines[1..].Select(line => line.Split(',')[0]));
        Assert.Equal(
            coefficients.Classes[2].Weights, lines[2..].Select(line => float.Parse(line.Split(',')[3], CultureInfo.InvariantCulture)));
        Assert.Equal(coefficients.Classes[1].Bias, float.Parse(lines[1].Split(',')[2], CultureInfo.InvariantCulture));

        var json = JsonNode.Parse(coefficients.ToJson())!;
        Assert.Equal(NamedIris.Features, json["features"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal(coefficients.StandardDeviations, json["standardDeviations"].Numbers());
        Assert.Equal(
            coefficients.Classes[1].Weights.Select(w => (double)w), json["classes"]![1]!["weights"].Numbers()
            .Select(w => (double)(float)w));
        Assert.Equal(NamedIris.Classes[1], json["classes"]![1]!["name"]!.GetValue<string>());
        Assert.Null(JsonNode.Parse(_ml.Model.LinearCoefficients(NamedIris.Pipeline(_ml, data)).ToJson())!["standardDeviations"]);
    }

    [Fact]
    public void Names_with_commas_and_quotes_are_quoted()
    {
        var data = NamedIris.View();
        var model = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(data);
        var csv = LinearCoefficients.Of(model.Model, ["yes, \"it\" is"], ["a,b", "c\nd", "e", "f"]).ToCsv();
        Assert.StartsWith("feature,\"yes, \"\"it\"\" is\"\n(bias),", csv);
        Assert.Contains("\n\"a,b\",", csv);
        Assert.Contains("\n\"c\nd\",", csv);
    }

    [Fact]
    public void The_table_shows_the_bias_and_the_top_features_of_each_class()
    {
        var data = NamedIris.View();
        var coefficients = _ml.Model.LinearCoefficients(NamedIris.Pipeline(_ml, data), data);
        var table = coefficients.ToString();
        Assert.Equal(3, table.Split("\nclass ").Length);
        var first = FormattableString.Invariant($"class setosa\n  (bias)      {coefficients.Classes[0].Bias,14:G6}    x st. dev.\n");
        Assert.StartsWith(first, table);
        var top = coefficients.Classes[0].Top(1).Single();
        Assert.StartsWith(
            FormattableString.Invariant($"  {top.Feature.PadRight(12)}{top.Weight,14:G6}{top.Importance,14:G4}\n"), table[first.Length..]);

        var wide = _ml.BinaryClassification.Trainers.SigmoidCrossEntropy("IsSecond").Fit(Dataset.BreastCancer.View(_ml));
        Assert.EndsWith("  ... and 20 more features\n", LinearCoefficients.Of(wide.Model).ToString());
    }

    [Fact]
    public void A_class_that_is_not_there_is_told_which_are()
    {
        var coefficients = _ml.Model.LinearCoefficients(NamedIris.Pipeline(_ml, NamedIris.View()));
        Assert.Equal(
            "There is no class 'rose'; the classes are 'setosa', 'versicolor', 'virginica'.",
            Assert.Throws<KeyNotFoundException>(() => coefficients["rose"]).Message);
    }
}
