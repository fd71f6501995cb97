namespace DogCat.Drawing;

/// <summary>Fur: its colours and markings. Cats and dogs share the colours; stripes fade as the blend goes to dog.</summary>
internal sealed record Coat(Rgb Main, Rgb Light, float Stripes, float StripeWidth, float StripePhase, (float X, float Y, float Radius)[] Patches, Rgb PatchColour)
{
    private static readonly Rgb[] Mains =
    [
        new(0.16f, 0.15f, 0.15f), // black
        new(0.50f, 0.48f, 0.47f), // grey
        new(0.80f, 0.47f, 0.18f), // ginger
        new(0.46f, 0.29f, 0.16f), // brown
        new(0.86f, 0.72f, 0.50f), // cream
        new(0.93f, 0.91f, 0.88f), // white
        new(0.62f, 0.44f, 0.26f), // fawn
    ];

    private static readonly Rgb White = new(0.95f, 0.93f, 0.90f);

    public static Coat Draw(SplitMix64 random, float blend)
    {
        var main = random.Pick<Rgb>(Mains) * random.Between(0.85f, 1.1f);
        Rgb light = Rgb.Mix(main, White, random.Between(0.2f, 0.8f));
        var stripes = random.Chance(0.6) ? (1 - blend) * random.Between(0.3f, 0.6f) : 0;
        var patches = new (float X, float Y, float Radius)[random.Chance(0.35) ? 3 : 0];
        for (var i = 0; i < patches.Length; i++)
            patches[i] = (random.Between(-0.35f, 0.35f), random.Between(-0.35f, 0.3f), random.Between(0.06f, 0.16f));
        return new Coat(main, light, stripes, random.Between(0.07f, 0.11f), (float)random.Uniform(), patches,
            random.Chance(0.5) ? White : random.Pick<Rgb>(Mains));
    }

    /// <summary>The colour at a place of the drawing.</summary>
    public Rgb At(float x, float y)
    {
        var colour = Main;
        foreach ((var px, var py, var radius) in Patches)
        {
            var distance = MathF.Sqrt((x - px) * (x - px) + (y - py) * (y - py));
            colour = Rgb.Mix(colour, PatchColour, Math.Clamp((radius - distance) * 12, 0, 1));
        }
        // A triangle wave, bent a little so that stripes are not straight lines.
        var wave = (x + 0.8f * y * y) / StripeWidth + StripePhase;
        wave -= MathF.Floor(wave);
        var dark = Math.Clamp(3 * (Math.Abs(2 * wave - 1) - 0.5f), 0, 1);
        return colour * (1 - Stripes * dark);
    }

    /// <summary>The darker fur of shaded parts and ears.</summary>
    public Rgb ShadeAt(float x, float y) => At(x, y) * 0.72f;
}
