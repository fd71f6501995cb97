namespace DogCat.Features;

/// <summary>What was found in a feature file and done to it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Read">Records read: pictures whose features were known.</param>
/// <param name="Bytes">Where the sound part of the file ends; 0 when there is none.</param>
/// <param name="Torn">Bytes after that end, of a record that was not written whole or has changed since; their pictures are computed anew.</param>
/// <param name="Trouble">Why the file could not be read or written; null when all went well.</param>
public sealed record FeatureFileReport(string Path, int Read, long Bytes, long Torn, string? Trouble = null);
