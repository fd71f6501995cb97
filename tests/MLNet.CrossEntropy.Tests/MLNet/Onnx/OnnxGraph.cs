using Google.Protobuf;

namespace MLNet.CrossEntropy.Tests.MLNet.Onnx;

/// <summary>A graph: nodes in the order in which they are computed, tensors that are constants, names of inputs and outputs.</summary>
internal sealed record OnnxGraph(OnnxNode[] Nodes, Dictionary<string, float[]> Initializers, string[] Inputs, string[] Outputs)
{
    public static OnnxGraph Parse(ByteString message)
    {
        var fields = OnnxField.AllOf(message).ToLookup(field => field.Number);
        return new OnnxGraph(
            [.. fields[1].Select(node => OnnxNode.Parse(node.Bytes))],
            fields[5].Select(tensor => OnnxField.AllOf(tensor.Bytes).ToLookup(field => field.Number))
                .ToDictionary(tensor => tensor[8].Single().Text, tensor => tensor[4].SelectMany(field => field.Floats).ToArray()),
            [.. fields[11].Select(NameOf)],
            [.. fields[12].Select(NameOf)]);

        static string NameOf(OnnxField value) => OnnxField.AllOf(value.Bytes).Single(field => field.Number == 1).Text;
    }

    /// <summary>The one node that computes <paramref name="operation"/>.</summary>
    public OnnxNode this[string operation] => Nodes.Single(node => node.Operation == operation);
}
