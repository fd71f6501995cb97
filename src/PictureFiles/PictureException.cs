namespace PictureFiles;

/// <summary>A file that cannot be used as a picture; the message says which file and why.</summary>
public sealed class PictureException : Exception
{
    /// <summary>A reason without a file yet; <see cref="PictureFile"/> adds the file.</summary>
    public PictureException(string reason) : base(reason) => Reason = reason;

    /// <summary>A reason without a file yet, caused by <paramref name="inner"/>.</summary>
    public PictureException(string reason, Exception inner) : base(reason, inner) => Reason = reason;

    /// <summary>File and reason.</summary>
    public PictureException(string file, string reason, Exception? inner) : base($"'{file}': {reason}", inner) => Reason = reason;

    /// <summary>Why, without the file's name: the same for all files with the same trouble.</summary>
    public string Reason { get; }
}
