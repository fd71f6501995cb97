using PictureFiles.Jpeg;
using PictureFiles.Png;

namespace PictureFiles;

/// <summary>Reads picture files. The format is told by the file's first bytes, never by its name.</summary>
public static class PictureFile
{
    /// <summary>The largest picture taken, in pixels: enough for any camera, small enough for any machine.</summary>
    public const int MaxPixels = 100_000_000;

    /// <summary>The largest file read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    /// <summary>Reads a PNG, or a JPEG where the system's decoder is installed.</summary>
    /// <exception cref="PictureException">The file is missing, unreadable, too large, damaged or of another format.</exception>
    public static Picture Load(string path)
    {
        try
        {
            // A link has a length of its own; what counts is that of the file at its end.
            string file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            long length = new FileInfo(file).Length;
            // Devices and named pipes have no length either, and reading one might never end.
            if (length == 0)
                throw new PictureException("the file is empty");
            if (length > MaxBytes)
                throw new PictureException($"the file has {length:N0} bytes; at most {MaxBytes:N0} are read");
            return Decode(File.ReadAllBytes(file));
        }
        catch (PictureException exception)
        {
            throw new PictureException(path, exception.Reason, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PictureException(path, $"the file cannot be read ({exception.GetType().Name})", exception);
        }
    }

    /// <summary>Decodes the bytes of a PNG or JPEG file.</summary>
    /// <exception cref="PictureException">The bytes are no picture, or a damaged or too large one.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file) => Decode(file, out _);

    /// <summary>As above, and the alpha of each pixel (0 clear, 255 opaque), row by row; null where the file has none. The picture is laid over white.</summary>
    /// <exception cref="PictureException">The bytes are no picture, or a damaged or too large one.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, out byte[]? alpha)
    {
        alpha = null;
        if (file.IsEmpty)
            throw new PictureException("the file is empty");
        if (PngDecoder.IsPng(file))
            return PngDecoder.Decode(file, MaxPixels, out alpha);
        if (TurboJpeg.IsJpeg(file))
            return TurboJpeg.Decode(file, MaxPixels);
        throw new PictureException("neither a PNG nor a JPEG picture (by its first bytes)");
    }

    internal static void CheckSize(long width, long height, int maxPixels)
    {
        if (width <= 0 || height <= 0)
            throw new PictureException($"a picture of {width} x {height} pixels");
        // A side longer than the limit is refused before the product, which could overflow.
        if (width > maxPixels || height > maxPixels || width * height > maxPixels)
            throw new PictureException($"{width:N0} x {height:N0} pixels; at most {maxPixels:N0} pixels are taken");
    }
}
