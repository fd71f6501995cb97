namespace DogCat.Data;

/// <summary>Photographs in DIR/train/{cat,dog} and DIR/test/{cat,dog}.</summary>
public static class PictureFolder
{
    private static readonly string[] Splits = ["train", "test"];
    private static readonly string[] Classes = ["cat", "dog"];

    /// <summary>
    /// Reads all pictures, calling <paramref name="done"/> after each. Files that are no usable pictures and folders that do not belong are
    /// skipped and listed.
    /// </summary>
    /// <exception cref="UserException">A folder is missing, or one holds no usable picture.</exception>
    public static PictureData Load(string folder, Action done, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
            throw new UserException($"There is no folder '{folder}'. {Layout}");
        var skipped = new List<SkippedFile>();
        SkipOthers(folder, Splits, skipped);
        PictureSet[] sets = [.. Splits.Select(split => LoadSplit(folder, split, skipped, done, cancellation))];
        return new PictureData(sets[0], sets[1], skipped);
    }

    /// <summary>Reads the pictures in DIR/test/{cat,dog} or, where there is no DIR/test, in DIR/{cat,dog}.</summary>
    /// <exception cref="UserException">A folder is missing, or one holds no usable picture.</exception>
    public static PictureSet LoadTest(string folder, List<SkippedFile> skipped, Action done, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
            throw new UserException($"There is no folder '{folder}'. Pictures to evaluate with are expected in DIR/test/cat and DIR/test/dog, or in DIR/cat and DIR/dog.");
        var test = Path.Combine(folder, "test");
        return Directory.Exists(test) ? LoadSplit(folder, "test", skipped, done, cancellation) : LoadSplit(folder, "", skipped, done, cancellation);
    }

    /// <summary>About how many files will be looked at; an estimate for showing progress.</summary>
    public static int CountFiles(string folder) => CountFiles(folder, Splits);

    /// <summary>The same for <see cref="LoadTest"/>.</summary>
    public static int CountTestFiles(string folder) => CountFiles(folder, Directory.Exists(Path.Combine(folder, "test")) ? ["test"] : [""]);

    private static int CountFiles(string folder, IEnumerable<string> splits) => splits
        .SelectMany(split => Classes.Select(name => Path.Combine(folder, split, name)))
        .Where(Directory.Exists)
        .Sum(name => Directory.EnumerateFiles(name).Count());

    private static string Layout => "The pictures are expected in DIR/train/cat, DIR/train/dog, DIR/test/cat and DIR/test/dog.";

    private static PictureSet LoadSplit(string root, string split, List<SkippedFile> skipped, Action done, CancellationToken cancellation)
    {
        var folder = Path.Combine(root, split);
        foreach (var name in Classes)
        {
            if (!Directory.Exists(Path.Combine(folder, name)))
                throw new UserException($"There is no folder '{Path.Combine(folder, name)}'. {Layout}");
        }
        SkipOthers(folder, Classes, skipped, alsoExpected: VotesFile.Name);
        var pictures = Classes.SelectMany(name => LoadClass(Path.Combine(folder, name), name == "dog", skipped, done, cancellation));
        var votes = VotesFile.Read(Path.Combine(folder, VotesFile.Name), root, skipped);
        return new PictureSet([.. pictures.Select(p => p with { Votes = votes.GetValueOrDefault(Path.GetFullPath(p.Path!)) })]);
    }

    private static LabelledPicture[] LoadClass(string folder, bool isDog, List<SkippedFile> skipped, Action done, CancellationToken cancellation)
    {
        // In a fixed order, so that results do not depend on the file system.
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        var failures = new SkippedFile?[files.Length];
        var pictures = PictureReader.Read(files, failures, done, cancellation);
        skipped.AddRange(Directory.GetDirectories(folder).Order(StringComparer.Ordinal).Select(d => new SkippedFile(d, "a folder within a class folder")));
        skipped.AddRange(failures.OfType<SkippedFile>());
        LabelledPicture[] usable = [.. pictures.Zip(files).Where(p => p.First is not null).Select(p => new LabelledPicture(p.First!, isDog, p.Second))];
        if (usable.Length > 0)
            return usable;
        var why = failures.OfType<SkippedFile>().FirstOrDefault() is { } first ? $"the first of {files.Length}, '{first.Path}': {first.Reason}" : "the folder is empty";
        throw new UserException($"There is no usable picture in '{folder}' ({why}); both classes need some, for training and for testing.");
    }

    private static void SkipOthers(string folder, string[] expected, List<SkippedFile> skipped, string? alsoExpected = null) =>
        skipped.AddRange(Directory.GetFileSystemEntries(folder)
            .Where(path => !expected.Append(alsoExpected).Contains(Path.GetFileName(path)))
            .Order(StringComparer.Ordinal)
            .Select(path => new SkippedFile(path, $"not one of the folders {string.Join(" and ", expected)}")));
}
