namespace MLNet.CrossEntropy.Tests.MLNet.Onnx;

/// <summary>
/// The parts of an ONNX file that the tests look at, read from the wire: the converter keeps the classes generated from
/// onnx.proto to itself. Field numbers are those of onnx.proto (ONNX 1.7, IR version 7).
/// </summary>
internal sealed record OnnxModel(long IrVersion, string Producer, Dictionary<string, long> OperatorSets, OnnxGraph Graph)
{
    public static OnnxModel Parse(byte[] file)
    {
        long irVersion = 0;
        var producer = "";
        var operatorSets = new Dictionary<string, long>();
        OnnxGraph? graph = null;
        foreach (var field in OnnxField.AllOf(file))
        {
            switch (field.Number)
            {
                case 1:
                    irVersion = field.Integer;
                    break;
                case 2:
                    producer = field.Text;
                    break;
                case 7:
                    graph = OnnxGraph.Parse(field.Bytes);
                    break;
                case 8:
                    OnnxField[] set = [.. OnnxField.AllOf(field.Bytes)];
                    operatorSets.Add(set.SingleOrDefault(part => part.Number == 1)?.Text ?? "", set.Single(part => part.Number == 2).Integer);
                    break;
            }
        }
        return new OnnxModel(irVersion, producer, operatorSets, graph ?? throw new InvalidDataException("There is no graph in the model."));
    }
}
