namespace DogCat.Drawing;

/// <summary>
/// What the animal looks like. The numbers in [0, 1] go from cat (0) to dog (1); they scatter around the animal's blend, as
/// breeds do. Coat, pose and placement have nothing to do with the blend.
/// </summary>
/// <param name="Pose">How it is seen.</param>
/// <param name="Placement">Where it is.</param>
/// <param name="Coat">Its fur.</param>
/// <param name="Ears">Upright and pointed, to hanging and round.</param>
/// <param name="Muzzle">Short with a small pink nose, to long with a large black one.</param>
/// <param name="Head">Wide, to long.</param>
/// <param name="Eyes">Large, green and slit, to small, brown and round.</param>
/// <param name="Whiskers">Long, to none.</param>
/// <param name="Body">Slim and low, to deep-chested and high on its legs.</param>
/// <param name="Tail">Long, thin and winding, to short and thick.</param>
/// <param name="Tongue">How far it hangs out; seen on dogs' muzzles only.</param>
internal sealed record Traits(
    Pose Pose, Placement Placement, Coat Coat, float Ears, float Muzzle, float Head, float Eyes, float Whiskers, float Body, float Tail,
        float Tongue)
{
    public static Traits Draw(SplitMix64 random, float blend)
    {
        return new Traits(
            random.Pick<Pose>([Pose.Portrait, Pose.Portrait, Pose.Sitting, Pose.Standing]),
            new Placement(
                random.Between(-0.07f, 0.07f), random.Between(-0.05f, 0.05f), random.Between(0.85f, 1.1f), random.Between(-0.09f, 0.09f),
                random.Chance(0.5)),
            Coat.Draw(random, blend),
            Scattered(), Scattered(), Scattered(), Scattered(), Scattered(), Scattered(), Scattered(),
            random.Chance(0.4) ? random.Between(0.5f, 1) : 0);

        float Scattered() => Math.Clamp(blend + 0.09f * random.Bell(), 0, 1);
    }
}

/// <summary>How the animal is seen.</summary>
internal enum Pose { Portrait, Sitting, Standing }

/// <summary>Fur: its colours and markings. Cats and dogs share the colours; stripes fade as the blend goes to dog.</summary>
internal sealed record Coat(
    Rgb Main, Rgb Light, float Stripes, float StripeWidth, float StripePhase, (float X, float Y, float Radius)[] Patches, Rgb PatchColour)
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
