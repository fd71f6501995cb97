using System.IO.Compression;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>The folder of real data that <c>--data DIR</c> names; it is no part of the project.</summary>
internal sealed class DataFolder(string path)
{
    /// <exception cref="ArgumentException">There is no <c>--data DIR</c>, or no such folder.</exception>
    public static DataFolder FromArguments(string[] args)
    {
        var flag = Array.IndexOf(args, "--data");
        if (flag < 0 || flag == args.Length - 1)
            throw new ArgumentException("Say where the data is: --data DIR, with DIR/fashion-mnist, DIR/a9a and DIR/20newsgroups.");
        var path = args[flag + 1];
        return Directory.Exists(path)
            ? new DataFolder(path)
            : throw new ArgumentException($"--data {path}: there is no such folder.");
    }

    /// <summary>Opens a gzip file for reading what it holds.</summary>
    public Stream OpenGzip(string folder, string file) =>
        new GZipStream(File.OpenRead(Path.Combine(path, folder, file)), CompressionMode.Decompress);

    /// <summary>The lines of a text file.</summary>
    public IEnumerable<string> PlainLines(string folder, string file) => File.ReadLines(Path.Combine(path, folder, file));

    /// <summary>The lines of a gzip text file in UTF-8.</summary>
    public IEnumerable<string> Lines(string folder, string file)
    {
        using var reader = new StreamReader(OpenGzip(folder, file));
        while (reader.ReadLine() is string line)
            yield return line;
    }
}
