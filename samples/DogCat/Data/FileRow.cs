namespace DogCat.Data;

/// <summary>A picture file, as ML.NET sees it before it is read.</summary>
public sealed class FileRow
{
    /// <summary>Where it is.</summary>
    public string Path { get; set; } = "";
}
