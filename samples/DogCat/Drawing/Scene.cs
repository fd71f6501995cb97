using System.Numerics;

namespace DogCat.Drawing;

/// <summary>What surrounds the animal and has nothing to do with it: background, things in front, light and camera noise.</summary>
internal static class Scene
{
    /// <summary>Sky, grass, wall, wood, brick, slate and snow.</summary>
    private static readonly Vector3[] Surroundings =
    [
        new(0.55f, 0.72f, 0.88f), new(0.36f, 0.52f, 0.25f), new(0.75f, 0.70f, 0.62f), new(0.50f, 0.36f, 0.26f),
        new(0.70f, 0.35f, 0.32f), new(0.35f, 0.38f, 0.45f), new(0.85f, 0.83f, 0.78f),
    ];

    public static void PaintBackground(Brush brush, SplitMix64 random)
    {
        brush.Fill(Brush.Ellipse(0, 0, 1, 1), random.Pick<Vector3>(Surroundings) * random.Between(0.7f, 1.1f));
        var ground = random.Pick<Vector3>(Surroundings) * random.Between(0.6f, 1.0f);
        brush.Fill(Brush.Ellipse(0, 5 + random.Between(-0.1f, 0.4f), 7, 5), ground);
        for (var things = (int)random.Between(0, 5); things > 0; things--)
        {
            brush.Fill(
                Brush.Ellipse(random.Between(-0.5f, 0.5f), random.Between(-0.5f, 0.5f), random.Between(0.05f, 0.3f),
                    random.Between(0.05f, 0.3f)),
                random.Pick<Vector3>(Surroundings), random.Between(0.2f, 0.8f));
        }
    }

    /// <summary>In three pictures of ten a fence post, a ball or a branch hides a part of the animal.</summary>
    public static void PaintForeground(Brush brush, SplitMix64 random)
    {
        if (!random.Chance(0.3))
            return;
        var colour = random.Pick<Vector3>(Surroundings) * random.Between(0.6f, 1.1f);
        (var x, var y) = (random.Between(-0.4f, 0.4f), random.Between(-0.3f, 0.45f));
        brush.Fill(random.Pick<int>([0, 1, 2]) switch
        {
            0 => Brush.Ellipse(x, 0, 0.05f, 2),
            1 => Brush.Ellipse(x, y, 0.13f, 0.13f),
            _ => Brush.Ellipse(0, y, 2, 0.03f),
        }, colour);
    }

    /// <summary>Light from one side, warm or cold, and noise: in place, red, green, blue and alpha of each pixel, row by row.</summary>
    public static void Expose(Span<byte> pixels, int side, SplitMix64 random)
    {
        var brightness = random.Between(0.65f, 1.15f);
        (var across, var down) = (random.Between(-0.5f, 0.5f), random.Between(-0.4f, 0.4f));
        var warmth = random.Between(-0.1f, 0.1f);
        var tint = brightness * new Vector3(1 + warmth, 1, 1 - warmth);
        var noise = 255 * random.Between(0.01f, 0.06f);
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var light = tint * (1 + across * (i / 4 % side / (float)side - 0.5f) + down * (i / 4 / side / (float)side - 0.5f));
            for (var channel = 0; channel < 3; channel++)
                pixels[i + channel] = (byte)Math.Clamp(pixels[i + channel] * light[channel] + noise * random.Bell() + 0.5f, 0, 255);
        }
    }
}
