using System.Buffers.Binary;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>Fashion-MNIST: grey pictures of 28 x 28, pixels divided by 255, 10 classes (idx files).</summary>
internal static class FashionMnist
{
    private const int Pixels = 28 * 28;

    public static (DenseSet Train, DenseSet Test) Read(DataFolder data) => (Read(data, "train"), Read(data, "t10k"));

    private static DenseSet Read(DataFolder data, string part)
    {
        var pixels = ReadIdx(data, $"{part}-images-idx3-ubyte.gz", headerBytes: 16);
        var labels = ReadIdx(data, $"{part}-labels-idx1-ubyte.gz", headerBytes: 8);
        var values = new float[pixels.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = pixels[i] / 255f;
        return new DenseSet(values, [.. labels.Select(label => (int)label)], Pixels, Classes: 10);
    }

    /// <summary>The bytes after an idx header, whose second word is the number of items.</summary>
    private static byte[] ReadIdx(DataFolder data, string file, int headerBytes)
    {
        using var stream = data.OpenGzip("fashion-mnist", file);
        var header = new byte[headerBytes];
        stream.ReadExactly(header);
        var count = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
        var bytes = new byte[headerBytes == 16 ? count * Pixels : count];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
