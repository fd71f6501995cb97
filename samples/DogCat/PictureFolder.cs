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
            return (LoadSet(Path.Combine(folder, "train"), skipped), LoadSet(Path.Combine(folder, "test"), skipped));
        }
        List<Picture> train = [], test = [];
        foreach (var pictures in LoadSet(folder, skipped).GroupBy(p => p.IsDog).Select(g => g.ToArray()))
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
        LoadSet(Path.Combine(folder, "test") is var test && Directory.Exists(test) ? test : folder, skipped);

    private static Picture[] LoadSet(string folder, List<SkippedFile> skipped)
    {
        if (Classes.FirstOrDefault(name => !Directory.Exists(Path.Combine(folder, name))) is { } missing)
            throw new UserException($"There is no folder '{Path.Combine(folder, missing)}'. {Layout}");
        SkipOthers(folder, [.. Classes, VotesFile], skipped);
        var votes = ReadVotes(Path.Combine(folder, VotesFile), skipped);
        return [.. Classes.SelectMany(name => LoadClass(Path.Combine(folder, name), name == "dog", votes, skipped))];
    }

    private static Picture[] LoadClass(string folder, bool isDog, Dictionary<string, double?> votes, List<SkippedFile> skipped)
    {
        skipped.AddRange(Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
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
    /// A picture is named by its file and the folder that it is in: where that folder is does not matter.
    /// </summary>
    internal static Dictionary<string, double?> ReadVotes(string path, List<SkippedFile> skipped)
    {
        var votes = new Dictionary<string, double?>();
        if (!Path.Exists(path))
            return votes;
        try
        {
            var lines = PictureFile.ReadFile(path, MostVoteBytes, File.ReadAllLines);
            if (lines[0].TrimEnd() != VotesHeader)
                throw new UserException($"the first line is not '{VotesHeader}'");
            foreach ((var i, var line) in lines.Index().Skip(1).Where(l => !string.IsNullOrWhiteSpace(l.Item)))
                ReadLine(i + 1, line.Split(','));
        }
        catch (UserException useless)
        {
            Skip($"{useless.Message}, so no vote is read");
        }
        return votes;

        void ReadLine(int number, string[] cells)
        {
            int?[] counts = [.. cells.Skip(2).Select(Count)];
            if (cells is not [{ Length: > 0 } file, _, _, _, _] || counts is not [{ } cat, { } dog, not null])
                Skip($"line {number} does not hold a file, a label and three counts");
            else if (Find(file) is not { } picture)
                Skip($"line {number} names '{file}', which is not there");
            else if (!votes.TryAdd(picture, (long)cat + dog is var all && all == 0 ? null : (double)dog / all))
                Skip($"line {number} names '{file}' again");
        }

        string? Find(string file)
        {
            string[] parts = [Path.GetDirectoryName(path)!, Path.GetFileName(Path.GetDirectoryName(file)) ?? "", Path.GetFileName(file)];
            // No path holds a zero, and every question for such a path is an exception.
            return !file.Contains('\0') && Path.GetFullPath(Path.Combine(parts)) is var picture && File.Exists(picture) ? picture : null;
        }

        void Skip(FormattableString reason) => skipped.Add(new SkippedFile(path, Invariant(reason)));

        static int? Count(string text) =>
            int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var count)
                ? count : null;
    }
}
