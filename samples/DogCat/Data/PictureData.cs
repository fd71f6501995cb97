namespace DogCat.Data;

/// <summary>All pictures of a run, and what could not be used.</summary>
public sealed record PictureData(PictureSet Train, PictureSet Test, IReadOnlyList<SkippedFile> Skipped);
