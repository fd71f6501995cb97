using System.Text.Json;

namespace DogCat.Tests.Pictures;

/// <summary>One PNG file made by Fixtures/make_pngs.py and the pixels it shows.</summary>
public sealed record PngFixture(string Name, byte[] Png, byte[] Rgb)
{
    public const int Width = 13;
    public const int Height = 11;

    public static IReadOnlyList<PngFixture> All { get; } = JsonSerializer.Deserialize<PngFixture[]>(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "pngs.json")),
        JsonSerializerOptions.Web)!;

    public static PngFixture Named(string name) => All.Single(f => f.Name == name);
}
