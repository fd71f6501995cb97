using System.Globalization;

namespace DogCat.Data;

/// <summary>
/// People's votes on the pictures of a folder: a file human-votes.csv of lines "file,label,votes_cat,votes_dog,votes_other", whose first line
/// names these columns, and whose files are named from the folder of all pictures, such as "test/cat/0001.png", or from its own, "cat/0001.png".
/// </summary>
public static class VotesFile
{
    /// <summary>Its name.</summary>
    public const string Name = "human-votes.csv";

    private const string Header = "file,label,votes_cat,votes_dog,votes_other";

    /// <summary>Reads <paramref name="path"/> if it is there; the votes by the picture's path. Lines that cannot be used are added to <paramref name="skipped"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="root">The folder of all pictures, or of those to test with.</param>
    /// <param name="skipped">Takes what is left out, and why.</param>
    public static Dictionary<string, Votes> Read(string path, string root, List<SkippedFile> skipped)
    {
        var votes = new Dictionary<string, Votes>();
        if (!File.Exists(path))
            return votes;
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (number == 1 && line.TrimEnd() != Header)
            {
                skipped.Add(new SkippedFile(path, $"the first line is not '{Header}', so no vote is read"));
                return votes;
            }
            if (number == 1 || string.IsNullOrWhiteSpace(line))
                continue;
            if (Parse(line) is not (string file, Votes of))
                skipped.Add(new SkippedFile(path, FormattableString.Invariant($"line {number} does not hold a file, a label and three counts")));
            else if (Find(file, root) is not { } picture)
                skipped.Add(new SkippedFile(path, FormattableString.Invariant($"line {number} names '{file}', which is not there")));
            else if (!votes.TryAdd(picture, of))
                skipped.Add(new SkippedFile(path, FormattableString.Invariant($"line {number} names '{file}' again")));
        }
        return votes;
    }

    /// <summary>The picture that is meant, wherever its folder has been put: by its whole name, or by the last of its folders.</summary>
    private static string? Find(string file, string root)
    {
        var fromItsFolder = Path.Combine(Path.GetFileName(Path.GetDirectoryName(file)) ?? "", Path.GetFileName(file));
        return ((string[])[file, fromItsFolder]).Select(name => Path.GetFullPath(Path.Combine(root, name))).FirstOrDefault(File.Exists);
    }

    private static (string File, Votes Votes)? Parse(string line)
    {
        var cells = line.Split(',');
        return cells.Length == 5 && cells[0].Length > 0 && Count(cells[2]) is { } cat && Count(cells[3]) is { } dog && Count(cells[4]) is { } other
            ? (cells[0], new Votes(cat, dog, other))
            : null;
    }

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var count) ? count : null;
}
