namespace DogCat.Data;

/// <summary>A file or folder that was left out, and why.</summary>
public sealed record SkippedFile(string Path, string Reason);
