namespace MLNet.CrossEntropy.Tests.MLNet.Onnx;

/// <summary>Computes an exported graph for one row, as the ONNX and ONNX-ML operator documents define the few operations in it.</summary>
internal static class OnnxRunner
{
    public static Dictionary<string, float[]> Run(OnnxGraph graph, string input, float[] row)
    {
        var values = new Dictionary<string, float[]>(graph.Initializers) { [input] = row };
        foreach (var node in graph.Nodes.Where(node => node.Inputs.All(values.ContainsKey) && node.Operation != "LabelEncoder"))
        {
            var results = Compute(node, [.. node.Inputs.Select(name => values[name])]);
            foreach ((var name, var result) in node.Outputs.Zip(results))
                values.Add(name, result);
        }
        return values;
    }

    private static float[][] Compute(OnnxNode node, float[][] inputs)
    {
        var x = inputs[0];
        return node.Operation switch
        {
            "Identity" or "Cast" or "Unsqueeze" => [x],
            "Add" => [[.. x.Select(value => value + inputs[1].Single())]],
            "Mul" => [[.. x.Select(value => value * inputs[1].Single())]],
            "Sigmoid" => [[.. x.Select(value => (float)(1 / (1 + Math.Exp(-value))))]],
            "Binarizer" => [[.. x.Select(value => value > node.Float("threshold") ? 1f : 0)]],
            "Scaler" => [[.. x.Select((value, j) => (value - node.Floats("offset")[j]) * node.Floats("scale")[j])]],
            "LinearRegressor" => [Linear(node, x)],
            "LinearClassifier" => Classify(node, x),
            _ => throw new NotSupportedException($"Operation {node.Operation} is not expected in an exported linear classifier."),
        };
    }

    /// <summary>The class of the highest score, and the scores.</summary>
    private static float[][] Classify(OnnxNode node, float[] x)
    {
        var logits = Linear(node, x);
        var winner = node.Integers("classlabels_ints")[Array.IndexOf(logits, logits.Max())];
        if (node.Text("post_transform") == "NONE")
            return [[winner], logits];
        Assert.Equal("SOFTMAX", node.Text("post_transform"));
        var sum = logits.Sum(z => Math.Exp(z - logits.Max()));
        return [[winner], [.. logits.Select(z => (float)(Math.Exp(z - logits.Max()) / sum))]];
    }

    private static float[] Linear(OnnxNode node, float[] x)
        => [.. node.Floats("coefficients").Chunk(x.Length).Zip(node.Floats("intercepts"), (w, b) => (float)(b + w.Zip(x).Sum(pair => (double)pair.First * pair.Second)))];
}
