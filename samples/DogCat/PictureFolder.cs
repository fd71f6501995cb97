using System.Globalization;

namespace DogCat;

/// <summary>Photographs in DIR/train/{cat,dog} and DIR/test/{cat,dog}, or in DIR/{cat,dog}.</summary>
internal static class PictureFolder
{
    /// <summary>People's votes on the pictures beside it, in lines of "file,label,votes_cat,votes_dog,votes_other".</summary>
    public const string VotesFile = "human-votes.csv";

    private const string VotesHeader = "file,label,votes_cat,votes_dog,votes_other";
    private const int OneOfHowManyTests = 5;
    private const long MostVoteBytes = 100_000_000;
    private const string Layout = "Photographs are expected in DIR/train/{cat,dog} and DIR/test/{cat,dog}, or in DIR/{cat,dog}.";

    private static readonly string[] Classes = ["cat", "dog"];

    /// <summary>
    /// All pictures, not yet read. Without DIR/train, one of five of each class is kept for testing, which ones is
    /// <paramref name="seed"/>'s choice.
    /// </summary>
    /// <exception cref="UserException">A folder is missing or empty.</exception>
    public static (Picture[] Train, Picture[] Test) Load(string folder, int seed, List<SkippedFile> skipped)
    {
        if (Directory.Exists(Path.Combine(folder, "train")))
        {
            SkipOthers(folder, ["train", "test"], skipped);
            return (LoadSet(folder, "train", skipped), LoadSet(folder, "test", skipped));
        }
        List<Picture> train = [], test = [];
        foreach (var pictures in LoadSet(folder, "", skipped).GroupBy(p => p.IsDog).Select(g => g.ToArray()))
        {
            new Random(seed).Shuffle(pictures);
            var tests = Math.Max(1, pictures.Length / OneOfHowManyTests);
            test.AddRange(pictures[..tests]);
            train.AddRange(pictures[tests..]);
        }
        return ([.. train], [.. test]);
    }

    /// <summary>The pictures of DIR/test/{cat,dog} or, where there is no DIR/test, of DIR/{cat,dog}.</summary>
    /// <exception cref="UserException">A folder is missing or empty.</exception>
    public static Picture[] LoadTest(string folder, List<SkippedFile> skipped) =>
        LoadSet(folder, Directory.Exists(Path.Combine(folder, "test")) ? "test" : "", skipped);

    private static Picture[] LoadSet(string root, string set, List<SkippedFile> skipped)
    {
        var folder = Path.Combine(root, set);
        if (Classes.FirstOrDefault(name => !Directory.Exists(Path.Combine(folder, name))) is { } missing)
            throw new UserException($"There is no folder '{Path.Combine(folder, missing)}'. {Layout}");
        SkipOthers(folder, [.. Classes, VotesFile], skipped);
        var votes = ReadVotes(Path.Combine(folder, VotesFile), root, skipped);
        return [.. Classes.SelectMany(name => LoadClass(Path.Combine(folder, name), name == "dog", votes, skipped))];
    }

    private static Picture[] LoadClass(string folder, bool isDog, Dictionary<string, double?> votes, List<SkippedFile> skipped)
    {
        skipped.AddRange(
            Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .Select(d => new SkippedFile(d, "a folder within a class folder")));
        // In a fixed order, so that results do not depend on the file system.
        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        return files.Length == 0
            ? throw new UserException($"There is no picture in '{folder}'; both classes need some, for training and for testing. {Layout}")
            : [.. files.Select(file => Picture.OfFile(file, isDog, votes.GetValueOrDefault(Path.GetFullPath(file))))];
    }

    private static void SkipOthers(string folder, string[] expected, List<SkippedFile> skipped) => skipped.AddRange(
        Directory.GetFileSystemEntries(folder).Where(path => !expected.Contains(Path.GetFileName(path))).Order(StringComparer.Ordinal)
            .Select(path => new SkippedFile(path, $"not one of {string.Join(" and ", expected)}")));

    /// <summary>
    /// The share of dog among the votes for cat or dog, by the picture's path; null where there is no such vote. No file, no votes.
    /// </summary>
    internal static Dictionary<string, double?> ReadVotes(string path, string root, List<SkippedFile> skipped)
    {
        var votes = new Dictionary<string, double?>();
        if (!File.Exists(path))
            return votes;
        if (new FileInfo(path).Length > MostVoteBytes)
        {
            skipped.Add(new SkippedFile(path, Invariant($"it has more than {MostVoteBytes:N0} bytes, so no vote is read")));
            return votes;
        }
        string[] lines = File.ReadAllLines(path);
        if (lines.FirstOrDefault()?.TrimEnd() != VotesHeader)
        {
            skipped.Add(new SkippedFile(path, $"the first line is not '{VotesHeader}', so no vote is read"));
            return votes;
        }
        for (var i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
                continue;
            string[] cells = lines[i].Split(',');
            int?[] counts = [.. cells.Skip(2).Select(Count)];
            if (cells is not [{ Length: > 0 } file, _, _, _, _] || counts is not [{ } cat, { } dog, not null])
                skipped.Add(new SkippedFile(path, Invariant($"line {i + 1} does not hold a file, a label and three counts")));
            else if (Find(file, root) is not { } picture)
                skipped.Add(new SkippedFile(path, Invariant($"line {i + 1} names '{file}', which is not there")));
            else if (!votes.TryAdd(picture, (long)cat + dog is var all && all == 0 ? null : (double)dog / all))
                skipped.Add(new SkippedFile(path, Invariant($"line {i + 1} names '{file}' again")));
        }
        return votes;
    }

    /// <summary>The picture that is meant, wherever its folder has been put: by its whole name, or by the last of its folders.</summary>
    private static string? Find(string file, string root)
    {
        // No path holds it, and every question for such a path is an exception.
        if (file.Contains('\0'))
            return null;
        var fromItsFolder = Path.Combine(Path.GetFileName(Path.GetDirectoryName(file)) ?? "", Path.GetFileName(file));
        return ((string[])[file, fromItsFolder]).Select(name => Path.GetFullPath(Path.Combine(root, name))).FirstOrDefault(File.Exists);
    }

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var count)
            ? count : null;
}
