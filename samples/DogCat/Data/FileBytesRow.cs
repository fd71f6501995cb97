namespace DogCat.Data;

/// <summary>A picture as the bytes of a file.</summary>
public sealed class FileBytesRow
{
    /// <summary>Of a PNG file.</summary>
    public byte[] FileBytes { get; set; } = [];
}
