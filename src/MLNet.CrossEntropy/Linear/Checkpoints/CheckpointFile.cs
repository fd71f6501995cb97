using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MLNet.CrossEntropy.Linear;

/// <summary>
/// The file of a checkpoint: 8 letters, the format's version (int32), the length of the payload (int64), the payload, and the
/// SHA-256 of all before it; little-endian. The payload is the identity of the fit, a text, and its state.
/// </summary>
internal static class CheckpointFile
{
    private const int Version = 4;
    private const int HeaderLength = 8 + sizeof(int) + sizeof(long);

    private static readonly byte[] Letters = "CE-CKPT\n"u8.ToArray();

    /// <summary>Writes a file, anew, down to the disk.</summary>
    public static void Write(string path, string identity, Action<StateStream> serialize)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        stream.Write(new byte[HeaderLength]);
        var state = new StateStream(stream);
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
        var length = LengthOf(path);
        if (length < HeaderLength + SHA256.HashSizeInBytes)
            throw new InvalidDataException($"it has {length} bytes, too few for a checkpoint: it is torn, or none");
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        CheckHeader(stream);
        CheckHash(stream);
        stream.Position = HeaderLength;
        var state = new StateStream(stream, stream.Length - HeaderLength - SHA256.HashSizeInBytes);
        var found = "";
        state.Text(ref found);
        if (found != identity)
            throw new InvalidDataException($"it is of another fit: {FitIdentity.Difference(found, identity)}");
        serialize(state);
        if (state.Left > 0)
            throw new InvalidDataException("it holds more than the state of this fit");
    }

    /// <summary>
    /// The bytes of what a path leads to, to be asked before it is opened: a pipe has none, and to open it is to wait for ever; nor has a
    /// device that never ends.
    /// </summary>
    public static long LengthOf(string path)
    {
        var file = new FileInfo(path);
        return (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length;
    }

    private static void CheckHeader(FileStream stream)
    {
        var header = new byte[HeaderLength];
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
