using System.Numerics;
using SkiaSharp;

namespace DogCat.Drawing;

/// <summary>
/// The head and shoulders of a cat, a dog or a cross between them, about one unit high. Their shape is told by numbers from cat (0) to dog
/// (1) that scatter around the animal's blend, as breeds do.
/// </summary>
internal sealed class AnimalPainter(Brush brush, SplitMix64 random, float blend)
{
    private static readonly Vector3 Black = new(0.07f, 0.06f, 0.06f);
    private static readonly Vector3 White = new(0.95f, 0.93f, 0.90f);
    private static readonly Vector3 Pink = new(0.90f, 0.56f, 0.56f);
    private static readonly Vector3 Green = new(0.66f, 0.80f, 0.28f);
    private static readonly Vector3 Brown = new(0.32f, 0.17f, 0.08f);

    /// <summary>Black, grey, ginger, brown, cream, white and fawn; cats and dogs share them.</summary>
    private static readonly Vector3[] Coats =
    [
        new(0.16f, 0.15f, 0.15f), new(0.50f, 0.48f, 0.47f), new(0.80f, 0.47f, 0.18f), new(0.46f, 0.29f, 0.16f),
        new(0.86f, 0.72f, 0.50f), new(0.93f, 0.91f, 0.88f), new(0.62f, 0.44f, 0.26f),
    ];

    // In this order: each takes its part of the series of random numbers.
    private readonly float _ears = Trait(random, blend);
    private readonly float _muzzle = Trait(random, blend);
    private readonly float _head = Trait(random, blend);
    private readonly float _eyes = Trait(random, blend);
    private readonly float _whiskers = Trait(random, blend);
    private readonly Vector3 _coat = random.Pick<Vector3>(Coats) * random.Between(0.85f, 1.1f);
    private readonly float _paleness = random.Between(0.2f, 0.8f);

    public void Paint()
    {
        Fur(Brush.Ellipse(0, 0.43f, 0.25f, 0.31f), 0.72f);
        // Upright ears stand behind the head, hanging ears lie over it.
        if (_ears <= 0.45f)
            Ears();
        Fur(Brush.Ellipse(0, -0.04f, Mix(0.28f, 0.235f, _head), Mix(0.22f, 0.26f, _head)));
        Fur(Brush.Ellipse(0, Mix(0.08f, 0.10f, _head), Mix(0.29f, 0.19f, _head), Mix(0.16f, 0.22f, _head)));
        if (_ears > 0.45f)
            Ears();
        foreach (var x in Sides(Mix(0.13f, 0.105f, _eyes)))
            Eye(x, Mix(-0.03f, -0.09f, _eyes), Mix(0.075f, 0.042f, _eyes), Mix(0.062f, 0.044f, _eyes));
        Muzzle();
        Whiskers();
    }

    private static float Trait(SplitMix64 random, float blend) => Math.Clamp(blend + 0.09f * random.Bell(), 0, 1);

    /// <summary>From the cat's value to the dog's.</summary>
    private static float Mix(float cat, float dog, float trait) => float.Lerp(cat, dog, trait);

    private static float[] Sides(float x) => [-x, x];

    /// <summary>A shape in the coat's colour; shaded parts are darker.</summary>
    private void Fur(SKPath shape, float light = 1) => brush.Fill(shape, _coat * light);

    private void Ears()
    {
        var tip = Brush.OnCurve(new(0.25f, -0.42f), new(0.52f, -0.42f), new(0.30f, 0.13f), _ears);
        var inner = new Vector2(Mix(0.05f, 0.16f, _ears), Mix(-0.19f, -0.21f, _ears));
        var outer = new Vector2(Mix(0.28f, 0.27f, _ears), Mix(-0.06f, -0.12f, _ears));
        foreach (var side in Sides(1))
        {
            var mirror = new Vector2(side, 1);
            (var a, var b, var c) = (inner * mirror, outer * mirror, tip * mirror);
            Fur(Brush.Triangle(a, b, c, Mix(0.008f, 0.055f, _ears)), _ears > 0.45f ? 0.72f : 1);
            brush.Fill(Brush.Triangle(Vector2.Lerp(c, a, 0.7f), Vector2.Lerp(c, b, 0.7f), c, 0), Pink, 1 - 2.2f * _ears);
        }
    }

    /// <summary>Large, green and slit, to small, brown and round.</summary>
    private void Eye(float x, float y, float width, float height)
    {
        brush.Fill(Brush.Ellipse(x, y, width + 0.014f, height + 0.014f), Black, 0.8f);
        brush.Fill(Brush.Ellipse(x, y, width, height), Vector3.Lerp(Green, Brown, Math.Clamp(2 * _eyes - 0.4f, 0, 1)));
        brush.Fill(Brush.Ellipse(x, y, Mix(0.018f, 0.028f, _eyes), Math.Min(height, Mix(0.058f, 0.028f, _eyes))), Black);
        brush.Fill(Brush.Ellipse(x + 0.016f, y - 0.018f, 0.013f, 0.013f), Vector3.One);
    }

    private void Muzzle()
    {
        var y = Mix(0.115f, 0.15f, _muzzle);
        (var width, var height) = (Mix(0.10f, 0.135f, _muzzle), Mix(0.065f, 0.155f, _muzzle));
        brush.Fill(Brush.Ellipse(0, y + 0.008f, width + 0.012f, height + 0.012f), _coat * 0.72f, 0.6f * _muzzle);
        brush.Fill(Brush.Ellipse(0, y, width, height), Vector3.Lerp(_coat, White, _paleness));
        brush.Line(new(0, y - 0.02f), new(0, y), new(0, y + 0.4f * height), 0.020f, Black, 0.8f);
        brush.Line(new(-0.08f, y + 0.25f * height), new(0, y + 0.85f * height), new(0.08f, y + 0.25f * height), 0.018f, Black, 0.7f);
        (var noseY, var nose) = (Mix(0.075f, 0.055f, _muzzle), Mix(0.034f, 0.085f, _muzzle));
        brush.Fill(Brush.Triangle(new(-nose, noseY - 0.3f * nose), new(nose, noseY - 0.3f * nose), new(0, noseY + 0.5f * nose),
            Mix(0.004f, 0.025f, _muzzle)), Vector3.Lerp(Pink, Black, Math.Clamp(1.8f * _muzzle, 0, 1)));
    }

    private void Whiskers()
    {
        foreach (var side in Sides(1))
            for (var i = -1; i <= 1; i++)
                brush.Line(new(side * 0.09f, 0.12f + 0.03f * i), new(side * 0.25f, 0.12f + 0.06f * i),
                    new(side * 0.40f, 0.12f + 0.09f * i), 0.012f, Vector3.One, 0.9f * Math.Clamp(1 - 1.5f * _whiskers, 0, 1));
    }
}
