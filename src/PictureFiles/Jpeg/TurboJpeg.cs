using System.Runtime.InteropServices;

namespace PictureFiles.Jpeg;

/// <summary>
/// JPEG through the system's libjpeg-turbo (its TurboJPEG API, which reports errors as return values; the classic libjpeg
/// API jumps over its caller's frames, which managed code cannot survive).
/// </summary>
public static partial class TurboJpeg
{
    private const string Library = "turbojpeg";
    private const int PixelFormatRgb = 0;

    private static readonly string[] FileNames = OperatingSystem.IsWindows()
        ? ["turbojpeg.dll", "libturbojpeg.dll"]
        : OperatingSystem.IsMacOS()
            ? ["libturbojpeg.0.dylib", "libturbojpeg.dylib", "/opt/homebrew/lib/libturbojpeg.dylib", "/usr/local/lib/libturbojpeg.dylib"]
            : ["libturbojpeg.so.0", "libturbojpeg.so"];

    private static readonly Lazy<nint> Handle = new(FindLibrary);

    static TurboJpeg() =>
        NativeLibrary.SetDllImportResolver(typeof(TurboJpeg).Assembly, (name, _, _) => name == Library ? Handle.Value : 0);

    /// <summary>Whether the system has the decoder.</summary>
    public static bool IsAvailable => Handle.Value != 0;

    /// <summary>Whether the bytes start like a JPEG file.</summary>
    public static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    /// <summary>Decodes a whole JPEG file.</summary>
    /// <exception cref="PictureException">No decoder is installed, or the picture is damaged or larger than <paramref name="maxPixels"/>.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, int maxPixels)
    {
        if (!IsAvailable)
            throw new PictureException("JPEG needs libjpeg-turbo's TurboJPEG library, which is not installed "
                + "(Debian, Ubuntu: apt-get install libturbojpeg0 or libturbojpeg; Fedora: dnf install turbojpeg; macOS: brew install jpeg-turbo), or convert the pictures to PNG");
        nint decompressor = tjInitDecompress();
        if (decompressor == 0)
            throw new PictureException("libjpeg-turbo could not start");
        try
        {
            Check(decompressor, tjDecompressHeader3(decompressor, file, Length(file), out int width, out int height, out _, out _));
            // A file cut off within its tables passes for one of tables alone, which has no size.
            if (width == 0 || height == 0)
                throw new PictureException("damaged JPEG: it ends before its size is told");
            PictureFile.CheckSize(width, height, maxPixels);
            byte[] rgb = new byte[3 * width * height];
            Check(decompressor, tjDecompress2(decompressor, file, Length(file), rgb, width, 0, height, PixelFormatRgb, 0));
            return new Picture(width, height, rgb);
        }
        finally
        {
            _ = tjDestroy(decompressor);
        }
    }

    private static CULong Length(ReadOnlySpan<byte> file) => new((uint)file.Length);

    /// <summary>Warnings (a truncated file is one) count as errors: half a picture must not be taken for a whole one.</summary>
    private static void Check(nint decompressor, int result)
    {
        if (result != 0)
            throw new PictureException($"damaged JPEG: {Marshal.PtrToStringUTF8(tjGetErrorStr2(decompressor))}");
    }

    private static nint FindLibrary()
    {
        foreach (string name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, typeof(TurboJpeg).Assembly, DllImportSearchPath.SafeDirectories, out nint handle))
                return handle;
        }
        return 0;
    }

    [LibraryImport(Library)]
    private static partial nint tjInitDecompress();

    [LibraryImport(Library)]
    private static partial int tjDecompressHeader3(nint handle, ReadOnlySpan<byte> jpeg, CULong size, out int width, out int height, out int subsampling, out int colourSpace);

    [LibraryImport(Library)]
    private static partial int tjDecompress2(nint handle, ReadOnlySpan<byte> jpeg, CULong size, Span<byte> pixels, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(Library)]
    private static partial nint tjGetErrorStr2(nint handle);

    [LibraryImport(Library)]
    private static partial int tjDestroy(nint handle);
}
