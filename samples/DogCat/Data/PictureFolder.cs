using DogCat.Features;
using DogCat.Pictures;

namespace DogCat.Data;

/// <summary>Photographs in DIR/train/{cat,dog} and DIR/test/{cat,dog}.</summary>
public static class PictureFolder
{
    private static readonly string[] Splits = ["train", "test"];
    private static readonly string[] Classes = ["cat", "dog"];

    /// <summary>Reads all pictures. Files that are no usable pictures and folders that do not belong are skipped and listed.</summary>
    /// <exception cref="UserException">A folder is missing, or one holds no usable picture.</exception>
    public static PictureData Load(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UserException($"There is no folder '{folder}'. {Layout}");
        var skipped = new List<SkippedFile>();
        SkipOthers(folder, Splits, skipped);
        PictureSet[] sets = [.. Splits.Select(split => LoadSplit(Path.Combine(folder, split), skipped))];
        return new PictureData(sets[0], sets[1], skipped);
    }

    private static string Layout => "The pictures are expected in DIR/train/cat, DIR/train/dog, DIR/test/cat and DIR/test/dog.";

    private static PictureSet LoadSplit(string folder, List<SkippedFile> skipped)
    {
        foreach (string name in Classes)
        {
            if (!Directory.Exists(Path.Combine(folder, name)))
                throw new UserException($"There is no folder '{Path.Combine(folder, name)}'. {Layout}");
        }
        SkipOthers(folder, Classes, skipped);
        return new PictureSet([.. Classes.SelectMany(name => LoadClass(Path.Combine(folder, name), name, skipped))]);
    }

    private static Example[] LoadClass(string folder, string label, List<SkippedFile> skipped)
    {
        // In a fixed order, so that results do not depend on the file system.
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        var examples = new Example?[files.Length];
        var failures = new SkippedFile?[files.Length];
        Parallel.For(0, files.Length, i =>
        {
            try
            {
                examples[i] = new Example { Label = label, IsDog = label == "dog", Features = PictureFeatures.Of(PictureFile.Load(files[i])) };
            }
            catch (PictureException exception)
            {
                failures[i] = new SkippedFile(files[i], exception.Reason);
            }
        });
        skipped.AddRange(Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(d => new SkippedFile(d, "a folder within a class folder")));
        skipped.AddRange(failures.OfType<SkippedFile>());
        Example[] usable = [.. examples.OfType<Example>()];
        if (usable.Length > 0)
            return usable;
        string why = failures.OfType<SkippedFile>().FirstOrDefault() is { } first ? $"the first of {files.Length}, '{first.Path}': {first.Reason}" : "the folder is empty";
        throw new UserException($"There is no usable picture in '{folder}' ({why}); both classes need some, for training and for testing.");
    }

    private static void SkipOthers(string folder, string[] expected, List<SkippedFile> skipped) =>
        skipped.AddRange(Directory.GetFileSystemEntries(folder)
            .Where(path => !expected.Contains(Path.GetFileName(path)))
            .Order(StringComparer.Ordinal)
            .Select(path => new SkippedFile(path, $"not one of the folders {string.Join(" and ", expected)}")));
}
