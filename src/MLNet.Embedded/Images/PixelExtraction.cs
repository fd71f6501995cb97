using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Which bytes of a picture, in which order, as what.</summary>
internal sealed class PixelExtraction
{
    private readonly ImagePixelExtractingEstimator.ColorBits _colors;
    private readonly ImagePixelExtractingEstimator.ColorsOrder _order;
    private readonly bool _interleave;
    private readonly float _offset;
    private readonly float _scale;

    /// <summary>The channels asked for, in the order asked for: 'a', 'r', 'g', 'b'.</summary>
    private readonly char[] _channels;

    internal PixelExtraction(
        ImagePixelExtractingEstimator.ColorBits colorsToExtract, ImagePixelExtractingEstimator.ColorsOrder orderOfExtraction, bool interleavePixelColors,
        float offsetImage, float scaleImage, bool outputAsFloatArray)
    {
        _colors = colorsToExtract;
        _order = orderOfExtraction;
        _interleave = interleavePixelColors;
        AsFloat = outputAsFloatArray;
        // Bytes are taken as they are, as Microsoft.ML's documentation promises.
        _offset = outputAsFloatArray ? offsetImage : 0;
        _scale = outputAsFloatArray ? scaleImage : 1;
        _channels = [.. orderOfExtraction.ToString().ToLowerInvariant().Where(channel => (colorsToExtract & BitOf(channel)) != 0)];
        Check.Param(Planes > 0, nameof(colorsToExtract), colorsToExtract, "must have at least one color plane");
        Check.Param(float.IsFinite(_offset), nameof(offsetImage), _offset, "must be finite");
        Check.Param(float.IsFinite(_scale) && _scale != 0, nameof(scaleImage), _scale, "must be finite and not zero");
    }

    internal bool AsFloat { get; }

    internal int Planes => _channels.Length;

    internal static PixelExtraction Load(BinaryReader reader) => new(
        (ImagePixelExtractingEstimator.ColorBits)reader.ReadByte(), (ImagePixelExtractingEstimator.ColorsOrder)reader.ReadByte(), reader.ReadBoolean(),
        reader.ReadSingle(), reader.ReadSingle(), reader.ReadBoolean());

    internal void Save(BinaryWriter writer)
    {
        writer.Write((byte)_colors);
        writer.Write((byte)_order);
        writer.Write(_interleave);
        writer.Write(_offset);
        writer.Write(_scale);
        writer.Write(AsFloat);
    }

    internal int[] Dimensions(int height, int width) => _interleave ? [height, width, Planes] : [Planes, height, width];

    internal void Write(MLImage image, Span<byte> values)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        int count = image.Width * image.Height;
        for (int plane = 0; plane < Planes; plane++)
        {
            int channel = Position(_channels[plane], image.PixelFormat);
            for (int i = 0; i < count; i++)
                values[Place(plane, i, count)] = pixels[4 * i + channel];
        }
    }

    internal void Write(MLImage image, Span<float> values)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        int count = image.Width * image.Height;
        for (int plane = 0; plane < Planes; plane++)
        {
            int channel = Position(_channels[plane], image.PixelFormat);
            for (int i = 0; i < count; i++)
                values[Place(plane, i, count)] = (pixels[4 * i + channel] - _offset) * _scale;
        }
    }

    private int Place(int plane, int pixel, int count) => _interleave ? pixel * Planes + plane : plane * count + pixel;

    private static int Position(char channel, MLPixelFormat format) => (format == MLPixelFormat.Bgra32 ? "bgra" : "rgba").IndexOf(channel, StringComparison.Ordinal);

    private static ImagePixelExtractingEstimator.ColorBits BitOf(char channel) => channel switch
    {
        'a' => ImagePixelExtractingEstimator.ColorBits.Alpha,
        'r' => ImagePixelExtractingEstimator.ColorBits.Red,
        'g' => ImagePixelExtractingEstimator.ColorBits.Green,
        _ => ImagePixelExtractingEstimator.ColorBits.Blue,
    };
}
