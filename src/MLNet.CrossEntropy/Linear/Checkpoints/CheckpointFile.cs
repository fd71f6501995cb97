using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MLNet.CrossEntropy.Numerics;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The file of a checkpoint: 8 letters, the format's version (int32), the length of the payload (int64), the payload, and the
/// SHA-256 of all before it; little-endian. The payload is the identity of the fit, a text, and its state.
/// </summary>
internal static class CheckpointFile
{
    private const int Version = 3;
    private const int HeaderLength = 8 + sizeof(int) + sizeof(long);

    private static readonly byte[] Letters = "CE-CKPT\n"u8.ToArray();

    /// <summary>Writes a file, anew, down to the disk.</summary>
    public static void Write(string path, string identity, Action<StateStream> serialize)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        stream.Write(new byte[HeaderLength]);
        var state = new StateStream(stream, isReading: false);
        state.Text(ref identity);
        serialize(state);

        // The payload's length is known at the end; the header comes last, so that a torn file has none.
        var header = new byte[HeaderLength];
        Letters.CopyTo(header, 0);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(12), stream.Length - HeaderLength);
        stream.Position = 0;
        stream.Write(header);
        stream.Position = 0;
        var hash = SHA256.HashData(stream);
        stream.Write(hash);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Reads a file that <see cref="Write"/> made; nothing is handed on before all of it has been checked.</summary>
    /// <exception cref="InvalidDataException">It is no checkpoint, of another version, damaged, or of another fit.</exception>
    public static void Read(string path, string identity, Action<StateStream> serialize)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        CheckHeader(stream);
        CheckHash(stream);
        stream.Position = HeaderLength;
        var state = new StateStream(stream, isReading: true);
        var found = "";
        state.Text(ref found);
        if (found != identity)
            throw new InvalidDataException($"it is of another fit: {FitIdentity.Difference(found, identity)}");
        serialize(state);
        if (stream.Position != stream.Length - SHA256.HashSizeInBytes)
            throw new InvalidDataException("it holds more than the state of this fit");
    }

    private static void CheckHeader(FileStream stream)
    {
        var header = new byte[HeaderLength];
        if (stream.Length < HeaderLength + SHA256.HashSizeInBytes)
            throw new InvalidDataException($"it has {stream.Length} bytes, too few for a checkpoint: it is torn, or none");
        stream.ReadExactly(header);
        if (!header.AsSpan(0, Letters.Length).SequenceEqual(Letters))
            throw new InvalidDataException($"it is no checkpoint: it begins with {Convert.ToHexString(header, 0, Letters.Length)}, "
                + $"not '{Encoding.ASCII.GetString(Letters).TrimEnd()}'");
        var version = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8));
        if (version != Version)
            throw new InvalidDataException($"it has version {version} of the format, and this library reads version {Version}");
        var length = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(12));
        if (length != stream.Length - HeaderLength - SHA256.HashSizeInBytes)
            throw new InvalidDataException($"its length is {stream.Length} bytes where its header promises a payload of {length}: it "
                + "is torn");
    }

    private static void CheckHash(FileStream stream)
    {
        stream.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (var left = stream.Length - SHA256.HashSizeInBytes; left > 0;)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            hash.AppendData(buffer, 0, read);
            left -= read;
        }

        var expected = new byte[SHA256.HashSizeInBytes];
        stream.ReadExactly(expected);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected))
            throw new InvalidDataException("its checksum is wrong: it is damaged");
    }
}

/// <summary>
/// Hands the state of a fit to a stream or back: whoever has state names each part once, in a fixed order, and the same lines
/// write it and read it, so that the two cannot come apart.
/// </summary>
internal sealed class StateStream(Stream stream, bool isReading)
{
    // Spans of bytes have an int for their length, which large buffers of floats exceed.
    private const int Piece = 1 << 20;

    /// <summary>Whether state comes from the stream; else it goes there.</summary>
    public bool IsReading { get; } = isReading;

    /// <summary>A single value.</summary>
    public void Value<T>(ref T value)
        where T : unmanaged => Bytes(MemoryMarshal.AsBytes(new Span<T>(ref value)));

    /// <summary>Values whose number is known on both sides.</summary>
    /// <exception cref="InvalidDataException">The stream has another number of them.</exception>
    public void Values<T>(Span<T> values)
        where T : unmanaged
    {
        Length(values.Length);
        for (var from = 0; from < values.Length; from += Piece)
            Bytes(MemoryMarshal.AsBytes(values.Slice(from, Math.Min(Piece, values.Length - from))));
    }

    /// <summary>Values whose number is known on both sides.</summary>
    /// <exception cref="InvalidDataException">The stream has another number of them.</exception>
    public void Values<T>(NativeBuffer<T> values)
        where T : unmanaged
    {
        Length(values.Length);
        for (long from = 0; from < values.Length; from += Piece)
            Bytes(MemoryMarshal.AsBytes(values.Span(from, (int)Math.Min(Piece, values.Length - from))));
    }

    /// <summary>A text.</summary>
    public void Text(ref string text)
    {
        var bytes = IsReading ? [] : Encoding.UTF8.GetBytes(text);
        var length = bytes.Length;
        Value(ref length);
        if (IsReading)
            bytes = new byte[length];
        Bytes(bytes);
        text = Encoding.UTF8.GetString(bytes);
    }

    private void Length(long expected)
    {
        var length = expected;
        Value(ref length);
        if (length != expected)
            throw new InvalidDataException($"There are {length} values where {expected} belong.");
    }

    private void Bytes(Span<byte> bytes)
    {
        if (IsReading)
            stream.ReadExactly(bytes);
        else
            stream.Write(bytes);
    }
}
