using PictureFiles;
using PictureFiles.Png;

namespace MLNet.Host.Tests.Images;

/// <summary>A folder of pictures, gone after the tests.</summary>
public sealed class PictureFolderFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pictures");

    public string FullName => _folder.FullName;

    public string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Write(string name, Picture picture) => Write(name, PngEncoder.Encode(picture));

    /// <summary>Each pixel by its place.</summary>
    public static Picture Draw(int width, int height, Func<int, int, (byte R, byte G, byte B)> colour)
    {
        var rgb = new byte[3 * width * height];
        for (var i = 0; i < width * height; i++)
            (rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) = colour(i % width, i / width);
        return new Picture(width, height, rgb);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
