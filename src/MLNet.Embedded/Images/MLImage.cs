using PictureFiles;

namespace Microsoft.ML.Data;

/// <summary>
/// A picture in memory, four bytes a pixel, colours multiplied by alpha. PNG is decoded by managed code, JPEG by the system's libjpeg-turbo;
/// other formats, which Microsoft.ML's decoder takes too, are refused with a reason.
/// </summary>
public sealed class MLImage : IDisposable
{
    private byte[] _pixels;
    private readonly int _width;
    private readonly int _height;
    private readonly MLPixelFormat _format;
    private string _tag;

    internal MLImage(int width, int height, MLPixelFormat format, byte[] pixels)
    {
        _width = width;
        _height = height;
        _format = format;
        _pixels = pixels;
    }

    public int Width => Alive(_width);

    public int Height => Alive(_height);

    public MLPixelFormat PixelFormat => Alive(_format);

    public int BitsPerPixel => Alive(32);

    /// <summary>All pixels, row by row, each in the order of <see cref="PixelFormat"/>.</summary>
    public ReadOnlySpan<byte> Pixels => Alive(_pixels);

    /// <summary>Anything; LoadImages puts the file's path here.</summary>
    public string Tag
    {
        get => Alive(_tag);
        set => _tag = Alive(value);
    }

    public static MLImage CreateFromStream(Stream imageStream)
    {
        ArgumentNullException.ThrowIfNull(imageStream);
        using var copy = new MemoryStream();
        imageStream.CopyTo(copy);
        return Decode(copy.GetBuffer().AsSpan(0, (int)copy.Length), "Invalid input stream contents", nameof(imageStream));
    }

    public static MLImage CreateFromFile(string imagePath)
    {
        ArgumentNullException.ThrowIfNull(imagePath);
        // Microsoft.ML does not tell a missing file from a damaged one either.
        byte[] bytes = File.Exists(imagePath) ? File.ReadAllBytes(imagePath) : [];
        return Decode(bytes, "Invalid path", nameof(imagePath));
    }

    public static MLImage CreateFromPixels(int width, int height, MLPixelFormat pixelFormat, ReadOnlySpan<byte> imagePixelData)
    {
        if (pixelFormat is not (MLPixelFormat.Bgra32 or MLPixelFormat.Rgba32))
            throw new ArgumentException("Unsupported pixel format", nameof(pixelFormat));
        if (width <= 0)
            throw new ArgumentException("Invalid width value.", nameof(width));
        if (height <= 0)
            throw new ArgumentException("Invalid height value.", nameof(height));
        if (imagePixelData.Length != width * height * 4)
            throw new ArgumentException($"Invalid {nameof(imagePixelData)} buffer size.");
        return new MLImage(width, height, pixelFormat, imagePixelData.ToArray());
    }

    public void Dispose() => _pixels = null;

    private static MLImage Decode(ReadOnlySpan<byte> file, string message, string parameter)
    {
        try
        {
            Picture picture = PictureFile.Decode(file, out byte[] alpha);
            byte[] pixels = new byte[4 * picture.Width * picture.Height];
            for (int i = 0; i < pixels.Length / 4; i++)
            {
                // The decoder lays pixels over white; the part that white has in them is 255 - alpha.
                int opacity = alpha?[i] ?? 255;
                for (int c = 0; c < 3; c++)
                    pixels[4 * i + 2 - c] = (byte)Math.Max(0, picture.Rgb[3 * i + c] - (255 - opacity));
                pixels[4 * i + 3] = (byte)opacity;
            }
            return new MLImage(picture.Width, picture.Height, MLPixelFormat.Bgra32, pixels);
        }
        catch (PictureException exception)
        {
            throw new ArgumentException($"{message}: {exception.Reason}", parameter, exception);
        }
    }

    private T Alive<T>(T value) => _pixels is null ? throw new InvalidOperationException("Object is disposed.") : value;
}
