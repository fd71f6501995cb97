using System.Text.Json.Nodes;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>
/// The reference objective, slow and plain: mean cross-entropy of a linear softmax or sigmoid model in double. Parameters are
/// <c>[W (outputs x features), b (outputs)]</c> in one array.
/// </summary>
internal sealed record LinearProblem(double[][] Rows, int[] Labels, int Outputs, double[] RowWeights)
{
    public int Features => Rows[0].Length;

    /// <summary>How many parameters are weights; the biases follow them.</summary>
    public int Weights => Outputs * Features;

    public int Parameters => Weights + Outputs;

    /// <summary>A problem of scikit-learn's golden fits, its features scaled as the fit says.</summary>
    public static LinearProblem FromFit(JsonNode file, JsonNode fit)
    {
        var data = file["datasets"]![fit["dataset"]!.GetValue<string>()]!;
        var x = data["X"].Matrix();
        int[] y = [.. data["y"].Numbers().Select(v => (int)v)];
        if (fit["scaling"]!.GetValue<string>() == "standard")
        {
            var mean = data["mean"].Numbers();
            var scale = data["scale"].Numbers();
            x = [.. x.Select(row => row.Select((v, f) => (v - mean[f]) / scale[f]).ToArray())];
        }

        var weights = fit["weighting"]?.GetValue<string>() switch
        {
            null => [.. y.Select(_ => 1.0)],
            "sample_weight" => data["sample_weight"].Numbers(),
            _ => [.. y.Select(c => fit["class_weight"].Numbers()[c])],
        };
        var outputs = fit["kind"]!.GetValue<string>() == "binary" ? 1 : y.Max() + 1;
        return new LinearProblem(x, y, outputs, weights);
    }

    /// <summary>The weighted mean cross-entropy in nats, and its gradient.</summary>
    public double Loss(ReadOnlySpan<double> parameters, Span<double> gradient)
    {
        gradient.Clear();
        double total = 0;
        var weightSum = RowWeights.Sum();
        var features = Features;
        var weights = Weights;
        Span<double> z = stackalloc double[Outputs];
        for (var i = 0; i < Rows.Length; i++)
        {
            var x = Rows[i];
            for (var k = 0; k < Outputs; k++)
            {
                z[k] = parameters[weights + k];
                var row = parameters.Slice(k * features, features);
                for (var f = 0; f < row.Length; f++)
                    z[k] += row[f] * x[f];
            }

            var weight = RowWeights[i] / weightSum;
            total += weight * (Outputs == 1 ? Sigmoid(z, Labels[i]) : Softmax(z, Labels[i]));
            for (var k = 0; k < Outputs; k++)
            {
                var share = weight * z[k];
                gradient[weights + k] += share;
                var row = gradient.Slice(k * features, features);
                for (var f = 0; f < row.Length; f++)
                    row[f] += share * x[f];
            }
        }

        return total;
    }

    /// <summary>The loss of one row; its logits are replaced by their gradient.</summary>
    private static double Softmax(Span<double> z, int y)
    {
        var max = double.NegativeInfinity;
        foreach (var v in z)
            max = Math.Max(max, v);
        double sum = 0;
        foreach (var v in z)
            sum += Math.Exp(v - max);
        var logSumExp = max + Math.Log(sum);
        var loss = logSumExp - z[y];
        for (var k = 0; k < z.Length; k++)
            z[k] = Math.Exp(z[k] - logSumExp) - (k == y ? 1 : 0);
        return loss;
    }

    private static double Sigmoid(Span<double> z, int y)
    {
        var loss = Math.Max(z[0], 0) - (z[0] * y) + Math.Log(1 + Math.Exp(-Math.Abs(z[0])));
        z[0] = (1 / (1 + Math.Exp(-z[0]))) - y;
        return loss;
    }
}
