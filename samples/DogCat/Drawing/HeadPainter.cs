using static DogCat.Drawing.Shapes;

namespace DogCat.Drawing;

/// <summary>A head seen from the front, about 0.6 units wide, centred at the origin of the canvas's placement.</summary>
internal static class HeadPainter
{
    private static readonly Rgb Pink = new(0.90f, 0.56f, 0.56f);
    private static readonly Rgb Black = new(0.07f, 0.06f, 0.06f);
    private static readonly Rgb Glint = new(1, 1, 1);
    private static readonly Rgb CatEye = new(0.66f, 0.80f, 0.28f);
    private static readonly Rgb DogEye = new(0.32f, 0.17f, 0.08f);
    private static readonly Rgb Tongue = new(0.88f, 0.38f, 0.42f);

    public static void Paint(Canvas canvas, Traits traits)
    {
        // Upright ears stand behind the head, hanging ears lie over it.
        var hanging = traits.Ears > 0.45f;
        if (!hanging)
            Ears(canvas, traits);
        Skull(canvas, traits);
        if (hanging)
            Ears(canvas, traits);
        Eyes(canvas, traits);
        Muzzle(canvas, traits);
        Whiskers(canvas, traits);
    }

    /// <summary>From the cat's value to the dog's.</summary>
    public static float Mix(float cat, float dog, float trait) => cat + trait * (dog - cat);

    private static void Ears(Canvas canvas, Traits traits)
    {
        var drop = traits.Ears;
        (var tipX, var tipY) = OnCurve((0.25f, -0.42f), (0.52f, -0.42f), (0.30f, 0.13f), drop);
        var round = Mix(0.008f, 0.055f, drop);
        foreach (var sign in (ReadOnlySpan<int>)[-1, 1])
        {
            var inner = (sign * Mix(0.05f, 0.16f, drop), Mix(-0.19f, -0.21f, drop));
            var outer = (sign * Mix(0.28f, 0.27f, drop), Mix(-0.06f, -0.12f, drop));
            var tip = (sign * tipX, tipY);
            canvas.Fill(Triangle(inner, outer, tip, round), drop > 0.45f ? traits.Coat.ShadeAt : traits.Coat.At);
            canvas.Fill(Triangle(Towards(tip, inner, 0.7f), Towards(tip, outer, 0.7f), Towards(tip, (sign * 0.17f, -0.15f), 0.12f), 0), Pink, 1 - 2.2f * drop);
        }
    }

    private static void Skull(Canvas canvas, Traits traits)
    {
        var head = traits.Head;
        var crown = Ellipse(0, -0.04f, Mix(0.28f, 0.235f, head), Mix(0.22f, 0.26f, head));
        var cheeks = Ellipse(0, Mix(0.08f, 0.10f, head), Mix(0.29f, 0.19f, head), Mix(0.16f, 0.22f, head));
        canvas.Fill(Union(crown, cheeks), traits.Coat.At);
    }

    private static void Eyes(Canvas canvas, Traits traits)
    {
        var eyes = traits.Eyes;
        Rgb iris = Rgb.Mix(CatEye, DogEye, Math.Clamp(2 * eyes - 0.4f, 0, 1));
        var y = Mix(-0.03f, -0.09f, eyes);
        foreach (var sign in (ReadOnlySpan<int>)[-1, 1])
        {
            var x = sign * Mix(0.13f, 0.105f, eyes);
            var rx = Mix(0.075f, 0.042f, eyes);
            var ry = Mix(0.062f, 0.044f, eyes);
            canvas.Fill(Ellipse(x, y, rx + 0.014f, ry + 0.014f), Black, 0.8f);
            canvas.Fill(Ellipse(x, y, rx, ry), iris);
            canvas.Fill(Ellipse(x, y, Mix(0.018f, 0.028f, eyes), Mix(0.058f, 0.028f, eyes)), Black);
            canvas.Fill(Ellipse(x + 0.016f, y - 0.018f, 0.013f, 0.013f), Glint);
        }
    }

    private static void Muzzle(Canvas canvas, Traits traits)
    {
        var muzzle = traits.Muzzle;
        var y = Mix(0.115f, 0.15f, muzzle);
        var rx = Mix(0.10f, 0.135f, muzzle);
        var ry = Mix(0.065f, 0.155f, muzzle);
        canvas.Fill(Ellipse(0, y + 0.008f, rx + 0.012f, ry + 0.012f), traits.Coat.ShadeAt, 0.6f * muzzle);
        canvas.Fill(Ellipse(0, y, rx, ry), traits.Coat.Light);
        var tongue = traits.Tongue * Math.Clamp(2 * muzzle - 1, 0, 1);
        canvas.Fill(Limb(0.01f, y + 0.10f, 0.045f, 0.02f, y + 0.10f + 0.10f * traits.Tongue, 0.04f), Tongue, tongue);
        canvas.Fill(Limb(0, y - 0.02f, 0.010f, 0, y + 0.4f * ry, 0.010f), Black, 0.8f);
        canvas.Fill(Curve((-0.08f, y + 0.25f * ry), (0, y + 0.85f * ry), (0.08f, y + 0.25f * ry), 0.009f, 0.009f), Black, 0.7f);
        var noseY = Mix(0.075f, 0.055f, muzzle);
        var width = Mix(0.034f, 0.085f, muzzle);
        Rgb nose = Rgb.Mix(Pink, Black, Math.Clamp(1.8f * muzzle, 0, 1));
        canvas.Fill(Triangle((-width, noseY - 0.3f * width), (width, noseY - 0.3f * width), (0, noseY + 0.5f * width), Mix(0.004f, 0.025f, muzzle)), nose);
    }

    private static void Whiskers(Canvas canvas, Traits traits)
    {
        var opacity = Math.Clamp(1 - 1.5f * traits.Whiskers, 0, 1);
        foreach (var sign in (ReadOnlySpan<int>)[-1, 1])
        {
            for (var i = -1; i <= 1; i++)
                canvas.Fill(Limb(sign * 0.09f, 0.12f + 0.03f * i, 0.008f, sign * 0.40f, 0.12f + 0.09f * i, 0.005f), Glint, 0.9f * opacity);
        }
    }

    private static (float X, float Y) Towards((float X, float Y) from, (float X, float Y) to, float share) =>
        (from.X + share * (to.X - from.X), from.Y + share * (to.Y - from.Y));
}
