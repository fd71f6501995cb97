using static DogCat.Drawing.Shapes;

namespace DogCat.Drawing;

/// <summary>What surrounds the animal and has nothing to do with it: background, things in front, light and camera noise.</summary>
internal static class Scene
{
    private static readonly Rgb[] Surroundings =
    [
        new(0.55f, 0.72f, 0.88f), // sky
        new(0.36f, 0.52f, 0.25f), // grass
        new(0.75f, 0.70f, 0.62f), // wall
        new(0.50f, 0.36f, 0.26f), // wood
        new(0.70f, 0.35f, 0.32f), // brick
        new(0.35f, 0.38f, 0.45f), // slate
        new(0.85f, 0.83f, 0.78f), // snow
    ];

    public static void PaintBackground(Canvas canvas, SplitMix64 random)
    {
        var above = random.Pick<Rgb>(Surroundings) * random.Between(0.7f, 1.1f);
        var below = random.Pick<Rgb>(Surroundings) * random.Between(0.6f, 1.0f);
        var horizon = random.Between(-0.1f, 0.4f);
        var blur = random.Between(4, 30);
        canvas.ForEachPixel((_, _, y) => Rgb.Mix(above, below, Math.Clamp((y - horizon) * blur + 0.5f, 0, 1)));
        var things = (int)random.Between(0, 5);
        for (var i = 0; i < things; i++)
        {
            var thing =
                Ellipse(random.Between(-0.5f, 0.5f), random.Between(-0.5f, 0.5f), random.Between(0.05f, 0.3f), random.Between(0.05f, 0.3f));
            canvas.Fill(thing, random.Pick<Rgb>(Surroundings), random.Between(0.2f, 0.8f));
        }
    }

    /// <summary>In three pictures of ten a fence post, a ball or a branch hides a part of the animal.</summary>
    public static void PaintForeground(Canvas canvas, SplitMix64 random)
    {
        if (!random.Chance(0.3))
            return;
        var colour = random.Pick<Rgb>(Surroundings) * random.Between(0.6f, 1.1f);
        var x = random.Between(-0.4f, 0.4f);
        var y = random.Between(-0.3f, 0.45f);
        var thing = random.Pick<int>([0, 1, 2]) switch
        {
            0 => Limb(x, -0.7f, 0.05f, x, 0.7f, 0.05f),
            1 => Ellipse(x, y, 0.13f, 0.13f),
            _ => Limb(-0.7f, y, 0.03f, 0.7f, y + random.Between(-0.3f, 0.3f), 0.03f),
        };
        canvas.Place = Placement.Whole;
        canvas.Fill(thing, colour);
    }

    public static void Expose(Canvas canvas, SplitMix64 random)
    {
        var brightness = random.Between(0.65f, 1.15f);
        var across = random.Between(-0.5f, 0.5f);
        var down = random.Between(-0.4f, 0.4f);
        var warmth = random.Between(-0.1f, 0.1f);
        var tint = new Rgb(1 + warmth, 1, 1 - warmth);
        var noise = random.Between(0.01f, 0.06f);
        canvas.ForEachPixel((colour, x, y) =>
        {
            var lit = colour * tint * (brightness * (1 + across * x + down * y));
            return new Rgb(lit.R + noise * random.Bell(), lit.G + noise * random.Bell(), lit.B + noise * random.Bell());
        });
    }
}
