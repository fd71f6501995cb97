using System.IO.Compression;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Real data in a folder beside the repository, which is no part of it.</summary>
internal static class SharedData
{
    private static readonly string? Folder = Find();

    /// <summary>Why a test of this file cannot run; null when it can.</summary>
    public static string? Missing(string file) => Folder is not null && File.Exists(Path.Combine(Folder, file))
        ? null
        : $"shared/data/{file} is not there: the folder belongs beside the repository.";

    /// <summary>The lines of a file, unpacked where it is packed.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using Stream packed = File.OpenRead(Path.Combine(Folder!, file));
        using var plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(packed, CompressionMode.Decompress) : packed;
        using var reader = new StreamReader(plain);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MLNetCE.sln")))
            folder = folder.Parent;
        return folder?.Parent is { } beside ? Path.Combine(beside.FullName, "shared", "data") : null;
    }
}
