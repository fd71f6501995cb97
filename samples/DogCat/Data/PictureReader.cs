using System.Collections.Concurrent;
using DogCat.Features;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using PictureFiles;

namespace DogCat.Data;

/// <summary>
/// Reads picture files at the size that features are computed at: through ML.NET's picture stages, where this host has them. Each file is looked
/// through beforehand, because those stages end at the first file that they cannot read, and Skia, which decodes for Microsoft.ML, takes a picture
/// that was cut off for a whole one.
/// </summary>
public static class PictureReader
{
    private const int FilesAtOnce = 256;

    /// <summary>By what means files are read here.</summary>
    public static string Means => "LoadImages, ResizeImages and ExtractPixels";

    /// <summary>ML.NET's stages from a path to bytes: alpha, red, green and blue of each pixel, row by row.</summary>
    public static IEstimator<ITransformer> Stages(MLContext ml) =>
        ml.Transforms.LoadImages("Image", imageFolder: "", nameof(FileRow.Path))
            .Append(ml.Transforms.ResizeImages("Image", PictureFeatures.Side, PictureFeatures.Side))
            .Append(ml.Transforms.ExtractPixels("Pixels", "Image", ImagePixelExtractingEstimator.ColorBits.All, interleavePixelColors: true, outputAsFloatArray: false));

    /// <summary>One file.</summary>
    /// <exception cref="PictureException">The file is missing, unreadable, too large, damaged or of another format.</exception>
    public static Picture Read(string file)
    {
        var failures = new SkippedFile?[1];
        return Read([file], failures)[0] ?? throw new PictureException(file, failures[0]!.Reason, null);
    }

    /// <summary>All files, in their order, calling <paramref name="done"/> after each; null where there is none, with the reason in <paramref name="failures"/>.</summary>
    public static Picture?[] Read(IReadOnlyList<string> files, SkippedFile?[] failures, Action? done = null, CancellationToken cancellation = default)
    {
        var pictures = new Picture?[files.Count];
        var parallel = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, files.Count, parallel, i =>
        {
            try
            {
                pictures[i] = PictureFile.Load(files[i]).ToSquare(PictureFeatures.Side);
            }
            catch (PictureException exception)
            {
                failures[i] = new SkippedFile(files[i], exception.Reason);
            }
            done?.Invoke();
        });
        int[] usable = [.. Enumerable.Range(0, files.Count).Where(i => pictures[i] is not null)];
        if (usable.Length == 0)
            return pictures;
        var ml = new MLContext();
        var stages = Stages(ml).Fit(ml.Data.LoadFromEnumerable(Array.Empty<FileRow>()));
        Parallel.ForEach(Partitioner.Create(0, usable.Length, FilesAtOnce), parallel, part =>
        {
            var some = usable[part.Item1..part.Item2];
            var rows = ml.Data.LoadFromEnumerable(some.Select(i => new FileRow { Path = files[i] }).ToArray());
            foreach ((var i, var argb) in some.Zip(stages.Transform(rows).GetColumn<byte[]>("Pixels")))
                pictures[i] = OverWhite(argb);
        });
        return pictures;
    }

    /// <summary>ML.NET's colours are multiplied by alpha: what is clear is black. Most pictures that are clear somewhere were made to be seen on white.</summary>
    private static Picture OverWhite(byte[] argb)
    {
        var rgb = new byte[argb.Length / 4 * 3];
        for (var i = 0; i < argb.Length / 4; i++)
            for (var c = 0; c < 3; c++)
                rgb[3 * i + c] = (byte)Math.Min(255, argb[4 * i + 1 + c] + (255 - argb[4 * i]));
        return new Picture(PictureFeatures.Side, PictureFeatures.Side, rgb);
    }
}
