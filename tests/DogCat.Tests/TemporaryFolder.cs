using DogCat.Drawing;
using PictureFiles.Png;

namespace DogCat.Tests;

/// <summary>A folder that is gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dogcat");

    public string FullName => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The full name of something in the folder.</summary>
    public string At(params string[] parts) => Path.Combine([FullName, .. parts]);

    /// <summary>Makes a folder within it.</summary>
    public string Make(params string[] parts) => Directory.CreateDirectory(At(parts)).FullName;

    /// <summary>Fills train/{cat,dog} and test/{cat,dog} with drawn pictures of clear cats and dogs.</summary>
    public void FillWithPictures(int perClass)
    {
        var seed = 20;
        foreach (var split in (string[])["train", "test"])
        {
            foreach (var label in (string[])["cat", "dog"])
            {
                var folder = Make(split, label);
                var pictures = ClearPictures(seed++, label == "dog", perClass);
                for (var i = 0; i < perClass; i++)
                    File.WriteAllBytes(Path.Combine(folder, $"{i:D3}.png"), PngEncoder.Encode(pictures[i].Picture));
            }
        }
    }

    /// <summary>Pictures of pure kind.</summary>
    public static DrawnPicture[] ClearPictures(int seed, bool dogs, int count) =>
        [.. DrawnPictures.Draw(seed, first: 0, 20 + 6 * count).Where(p => dogs ? p.Blend > 0.85 : p.Blend < 0.15).Take(count)];
}
