using System.Security.Cryptography;
using Microsoft.ML.Data;
using SkiaSharp;

namespace DogCat;

/// <summary>A picture and what it shows.</summary>
/// <param name="Name">Its file, or its place in the series that it was drawn for.</param>
/// <param name="IsDog">Whether it is labelled a dog, else a cat.</param>
/// <param name="Open">Decodes it; whoever asks disposes of what comes.</param>
/// <param name="ProbabilityOfDog">The known probability of its label, or the share of people who voted for dog; null when neither is
/// known.</param>
internal sealed record Picture(string Name, bool IsDog, Func<MLImage> Open, double? ProbabilityOfDog = null)
{
    /// <summary>"cat" or "dog".</summary>
    public string Label => IsDog ? "dog" : "cat";

    /// <summary>What a file shows is not known here, so that its label means nothing.</summary>
    public static Picture OfFile(string path, bool isDog = false, double? probabilityOfDog = null) =>
        new(path, isDog, () => PictureFile.Read(path), probabilityOfDog);

    /// <summary>Equal for pictures of equal pixels, whatever their files.</summary>
    public static string Fingerprint(MLImage image) => Convert.ToHexString(SHA256.HashData(image.Pixels));

    /// <summary>The same, but refused where a model has learned from it: it says nothing of how good that model is.</summary>
    public Picture UnlessAmong(HashSet<string> learned) => this with
    {
        Open = () => Open() is var image && learned.Contains(Fingerprint(image))
            ? throw new UserException("the model has learned from the same picture") : image,
    };
}

/// <summary>A picture and the probabilities of cat and dog that a model gives it.</summary>
internal sealed record ScoredPicture(Picture Picture, float[] Score)
{
    public bool SaysDog => Score[1] > Score[0];
}

/// <summary>A file or folder that was left out, and why.</summary>
internal sealed record SkippedFile(string Path, string Reason);

/// <summary>
/// Picture files as Skia reads them. ML.NET's <c>LoadImages</c> does too, but it ends at the first file that it cannot read, takes a
/// picture that was cut off for a whole one, and leaves photographs lying on their side.
/// </summary>
internal static class PictureFile
{
    /// <summary>Larger pictures are not decoded: a file of some kilobytes may ask for gigabytes.</summary>
    public const long MostPixels = 50_000_000;

    private const long MostBytes = 200_000_000;
    private const int LongestSide = 65_535;

    // A progressive JPEG goes over all its pixels in every scan: ten are usual, and some kilobytes may ask for thousands.
    private const int MostScans = 100;
    private const long MostScannedPixels = 2_000_000_000;

    /// <summary>Larger JPEG and WebP files are decoded to about this size: faster, and with no jagged edges once they are small.</summary>
    private const int Enough = 512;

    /// <summary>Decodes a JPEG, PNG, WebP, GIF or BMP file upright, on white where it is transparent.</summary>
    /// <exception cref="UserException">The file is missing, unreadable, too large, damaged or of another format.</exception>
    public static MLImage Read(string path)
    {
        using var codec = OpenCodec(path);
        var size = codec.GetScaledDimensions(Math.Min(1, (float)Enough / Math.Min(codec.Info.Width, codec.Info.Height)));
        using var decoded = new SKBitmap(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        var result = codec.GetPixels(decoded.Info, decoded.GetPixels());
        if (result != SKCodecResult.Success)
            throw new UserException(result == SKCodecResult.IncompleteInput ? "the file is cut off" : $"the picture is damaged ({result})");

        var isTurned = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop;
        using var upright = new SKBitmap(new SKImageInfo(
            isTurned ? size.Height : size.Width, isTurned ? size.Width : size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(upright);
        canvas.Clear(SKColors.White);
        canvas.SetMatrix(Upright(codec.EncodedOrigin, upright.Width, upright.Height));
        canvas.DrawBitmap(decoded, 0, 0);
        return MLImage.CreateFromPixels(upright.Width, upright.Height, MLPixelFormat.Rgba32, upright.GetPixelSpan());
    }

    /// <summary>A PNG file's bytes, of no more than 96 pixels in each direction.</summary>
    public static byte[] Thumbnail(MLImage picture)
    {
        var colour = picture.PixelFormat == MLPixelFormat.Bgra32 ? SKColorType.Bgra8888 : SKColorType.Rgba8888;
        using var image = SKImage.FromPixelCopy(new SKImageInfo(picture.Width, picture.Height, colour, SKAlphaType.Opaque), picture.Pixels);
        var scale = Math.Min(1, 96f / Math.Max(picture.Width, picture.Height));
        using var small =
            new SKBitmap(Math.Max(1, (int)(scale * picture.Width)), Math.Max(1, (int)(scale * picture.Height)), isOpaque: true);
#pragma warning disable CS0618 // What took its place does not exist in SkiaSharp 2, which ML.NET 5's pictures run on.
        image.ScalePixels(small.PeekPixels(), SKFilterQuality.Medium);
#pragma warning restore CS0618
        using var data = small.Encode(SKEncodedImageFormat.Png, quality: 100);
        return data.ToArray();
    }

    /// <summary>What <paramref name="read"/> makes of a file; a <see cref="UserException"/> unless it is there, ends, and is not too long.</summary>
    public static T ReadFile<T>(string path, long mostBytes, Func<string, T> read)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists)
                throw new UserException(Directory.Exists(path) ? "this is a folder" : "there is no such file");
            // A link has a length of its own, and what never ends has none.
            var length = (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length;
            return length == 0 ? throw new UserException("the file is empty")
                : length > mostBytes ? throw new UserException(Invariant($"the file has {length:N0} bytes, more than {mostBytes:N0}"))
                : read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserException($"the file cannot be read ({exception.GetType().Name})");
        }
    }

    private static SKCodec OpenCodec(string path)
    {
        var bytes = ReadFile(path, MostBytes, File.ReadAllBytes);
        using var data = SKData.CreateCopy(bytes);
        var codec = SKCodec.Create(data)
            ?? throw new UserException("this is no picture that can be read (JPEG, PNG, WebP, GIF and BMP can)");
        if (Excess(codec, bytes) is not { } excess)
            return codec;
        codec.Dispose();
        throw new UserException(excess);
    }

    /// <summary>What a picture has too much of to be decoded, by its header alone; null where all is well.</summary>
    private static string? Excess(SKCodec codec, byte[] file)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var pixels = (long)width * height;
        // Within the data of a scan, 0xFF is never followed by this marker's second byte.
        var scans = codec.EncodedFormat == SKEncodedImageFormat.Jpeg ? file.AsSpan().Count((ReadOnlySpan<byte>)[0xFF, 0xDA]) : 1;
        return pixels > MostPixels ? Invariant($"it has {width:N0} x {height:N0} pixels, more than {MostPixels:N0}")
            : Math.Max(width, height) > LongestSide
                ? Invariant($"it has {width:N0} x {height:N0} pixels, more than {LongestSide:N0} in a row or column")
            : scans > MostScans || scans * pixels > MostScannedPixels ? Invariant($"it has {scans:N0} scans, too many to be decoded") : null;
    }

    /// <summary>
    /// From where a camera put a pixel to where it belongs. EXIF numbers the ways to hold a camera from 1: once round the picture's
    /// corners, then once more with rows for columns.
    /// </summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height)
    {
        (var isTurned, var corner) = ((int)origin > 4, ((int)origin - 1) % 4);
        (float toRight, float left) = corner is 1 or 2 ? (-1, width) : (1, 0);
        (float down, float top) = corner is 2 or 3 ? (-1, height) : (1, 0);
        return isTurned ? new SKMatrix(0, toRight, left, down, 0, top, 0, 0, 1) : new SKMatrix(toRight, 0, left, 0, down, top, 0, 0, 1);
    }
}
