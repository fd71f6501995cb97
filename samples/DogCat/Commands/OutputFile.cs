namespace DogCat.Commands;

/// <summary>A file that a command writes at its end.</summary>
internal static class OutputFile
{
    /// <summary>Refuses before the work what would fail after it; no path is no file.</summary>
    /// <exception cref="UserException">The path is a folder's, or in a folder that does not exist.</exception>
    public static void Check(string option, string? path)
    {
        if (path is null)
            return;
        if (Directory.Exists(path))
            throw new UserException($"{option} {path}: this is a folder; a file is wanted");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserException($"{option} {path}: there is no folder '{folder}'");
    }
}
