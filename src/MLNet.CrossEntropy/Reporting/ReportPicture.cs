namespace MLNet.CrossEntropy;

/// <summary>A picture of a report's section; it becomes part of the page itself.</summary>
/// <param name="Data">The bytes of a PNG, JPEG, GIF or WebP file.</param>
/// <param name="AlternativeText">What the picture shows, for whoever cannot see it.</param>
/// <param name="Caption">What stands below it; line breaks are kept.</param>
public sealed record ReportPicture(ReadOnlyMemory<byte> Data, string AlternativeText, string Caption)
{
    /// <summary>The media type that the first bytes tell.</summary>
    /// <exception cref="ArgumentException">The bytes are no picture of a known format.</exception>
    internal string MediaType => Data.Span switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        _ => throw Numerics.Throw.UnknownPictureFormat(AlternativeText, Data.Length),
    };
}
