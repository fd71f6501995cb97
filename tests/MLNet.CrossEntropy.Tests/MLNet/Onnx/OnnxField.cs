using Google.Protobuf;

namespace MLNet.CrossEntropy.Tests.MLNet.Onnx;

/// <summary>One field of a protobuf message: its number, and its value as it stands on the wire.</summary>
internal sealed record OnnxField(int Number, long Integer, float Float, ByteString Bytes)
{
    public string Text => Bytes.ToStringUtf8();

    /// <summary>The numbers of a repeated field, packed or one by one.</summary>
    public IEnumerable<float> Floats => Bytes.IsEmpty ? [Float] : Packed(input => input.ReadFloat());

    /// <summary>The numbers of a repeated field, packed or one by one.</summary>
    public IEnumerable<long> Integers => Bytes.IsEmpty ? [Integer] : Packed(input => input.ReadInt64());

    public static IEnumerable<OnnxField> AllOf(byte[] message) => AllOf(ByteString.CopyFrom(message));

    /// <exception cref="InvalidProtocolBufferException">The bytes are no message.</exception>
    public static IEnumerable<OnnxField> AllOf(ByteString message)
    {
        var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            var field = new OnnxField(WireFormat.GetTagFieldNumber(tag), 0, 0, ByteString.Empty);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint:
                    yield return field with { Integer = input.ReadInt64() };
                    break;
                case WireFormat.WireType.Fixed32:
                    yield return field with { Float = input.ReadFloat() };
                    break;
                case WireFormat.WireType.LengthDelimited:
                    yield return field with { Bytes = input.ReadBytes() };
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    private IEnumerable<T> Packed<T>(Func<CodedInputStream, T> read)
    {
        var input = Bytes.CreateCodedInput();
        while (!input.IsAtEnd)
            yield return read(input);
    }
}
