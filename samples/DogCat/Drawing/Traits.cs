namespace DogCat.Drawing;

/// <summary>
/// What the animal looks like. The numbers in [0, 1] go from cat (0) to dog (1); they scatter around the animal's blend, as
/// breeds do. Coat, pose and placement have nothing to do with the blend.
/// </summary>
internal sealed record Traits
{
    public required Pose Pose { get; init; }
    public required Placement Placement { get; init; }
    public required Coat Coat { get; init; }

    /// <summary>Upright and pointed, to hanging and round.</summary>
    public required float Ears { get; init; }

    /// <summary>Short with a small pink nose, to long with a large black one.</summary>
    public required float Muzzle { get; init; }

    /// <summary>Wide, to long.</summary>
    public required float Head { get; init; }

    /// <summary>Large, green and slit, to small, brown and round.</summary>
    public required float Eyes { get; init; }

    /// <summary>Long whiskers, to none.</summary>
    public required float Whiskers { get; init; }

    /// <summary>Slim and low, to deep-chested and high on its legs.</summary>
    public required float Body { get; init; }

    /// <summary>Long, thin and winding, to short and thick.</summary>
    public required float Tail { get; init; }

    /// <summary>How far the tongue hangs out; seen on dogs' muzzles only.</summary>
    public required float Tongue { get; init; }

    public static Traits Draw(SplitMix64 random, float blend)
    {
        float Scattered() => Math.Clamp(blend + 0.09f * random.Bell(), 0, 1);
        var pose = random.Pick<Pose>([Pose.Portrait, Pose.Portrait, Pose.Sitting, Pose.Standing]);
        return new Traits
        {
            Pose = pose,
            Placement = new Placement(
                random.Between(-0.07f, 0.07f),
                random.Between(-0.05f, 0.05f),
                random.Between(0.85f, 1.1f),
                random.Between(-0.09f, 0.09f),
                random.Chance(0.5)),
            Coat = Coat.Draw(random, blend),
            Ears = Scattered(),
            Muzzle = Scattered(),
            Head = Scattered(),
            Eyes = Scattered(),
            Whiskers = Scattered(),
            Body = Scattered(),
            Tail = Scattered(),
            Tongue = random.Chance(0.4) ? random.Between(0.5f, 1) : 0,
        };
    }
}
