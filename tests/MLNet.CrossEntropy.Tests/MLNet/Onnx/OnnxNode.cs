using Google.Protobuf;

namespace MLNet.CrossEntropy.Tests.MLNet.Onnx;

/// <summary>One operation of a graph.</summary>
internal sealed record OnnxNode(string Operation, string[] Inputs, string[] Outputs, Dictionary<string, ILookup<int, OnnxField>> Attributes)
{
    public static OnnxNode Parse(ByteString message)
    {
        var fields = OnnxField.AllOf(message).ToLookup(field => field.Number);
        return new OnnxNode(
            fields[4].Single().Text,
            [.. fields[1].Select(field => field.Text)],
            [.. fields[2].Select(field => field.Text)],
            fields[5].Select(attribute => OnnxField.AllOf(attribute.Bytes).ToLookup(field => field.Number)).ToDictionary(attribute => attribute[1].Single().Text));
    }

    public float Float(string attribute) => Attributes[attribute][2].Sum(field => field.Float);

    public string Text(string attribute) => Attributes[attribute][4].Single().Text;

    public float[] Floats(string attribute) => [.. Attributes[attribute][7].SelectMany(field => field.Floats)];

    public string[] Texts(string attribute) => [.. Attributes[attribute][9].Select(field => field.Text)];

    public long[] Integers(string attribute) => [.. Attributes[attribute][8].SelectMany(field => field.Integers)];
}
