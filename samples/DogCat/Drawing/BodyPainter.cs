using static DogCat.Drawing.HeadPainter;
using static DogCat.Drawing.Shapes;

namespace DogCat.Drawing;

/// <summary>The whole animal in its pose, about one unit high, centred at the origin of the canvas's placement.</summary>
internal static class BodyPainter
{
    private static readonly Rgb Black = new(0.07f, 0.06f, 0.06f);
    private static readonly Rgb Pink = new(0.85f, 0.50f, 0.50f);
    private static readonly Rgb CatEye = new(0.70f, 0.82f, 0.30f);

    public static void Paint(Canvas canvas, Traits traits)
    {
        canvas.Place = traits.Placement;
        switch (traits.Pose)
        {
            case Pose.Portrait:
                canvas.Fill(Ellipse(0, 0.50f, Mix(0.26f, 0.30f, traits.Body), 0.34f), traits.Coat.ShadeAt);
                canvas.Place = traits.Placement.At(0, 0.03f, 1.1f);
                HeadPainter.Paint(canvas, traits);
                break;
            case Pose.Sitting:
                Sitting(canvas, traits);
                break;
            default:
                Standing(canvas, traits);
                break;
        }
    }

    private static void Sitting(Canvas canvas, Traits traits)
    {
        var body = traits.Body;
        Tail(canvas, traits, 0.14f, 0.34f);
        canvas.Fill(Ellipse(0, 0.26f, Mix(0.20f, 0.23f, body), 0.20f), traits.Coat.At);
        canvas.Fill(Limb(0, 0.0f, Mix(0.11f, 0.15f, body), 0, 0.22f, Mix(0.14f, 0.18f, body)), traits.Coat.At);
        canvas.Fill(Ellipse(0, 0.13f, 0.08f, 0.14f), traits.Coat.Light, 0.7f);
        foreach (var sign in (ReadOnlySpan<int>)[-1, 1])
        {
            var x = sign * Mix(0.055f, 0.10f, body);
            canvas.Fill(Limb(x, 0.14f, 0.05f, x, 0.43f, Mix(0.038f, 0.052f, body)), traits.Coat.ShadeAt);
        }
        canvas.Place = traits.Placement.At(0, -0.17f, 0.72f);
        HeadPainter.Paint(canvas, traits);
    }

    /// <summary>Seen from the side, looking right.</summary>
    private static void Standing(Canvas canvas, Traits traits)
    {
        var body = traits.Body;
        var back = Mix(0.12f, -0.01f, body);
        const float ground = 0.40f;
        Tail(canvas, traits, -0.27f, back - 0.02f);
        var leg = Mix(0.034f, 0.046f, body);
        canvas.Fill(Limb(-0.19f, back + 0.06f, leg * 1.3f, -0.15f, ground, leg), traits.Coat.ShadeAt);
        canvas.Fill(Limb(0.15f, back + 0.06f, leg * 1.3f, 0.17f, ground, leg), traits.Coat.ShadeAt);
        canvas.Fill(Limb(-0.22f, back, Mix(0.105f, 0.10f, body), 0.11f, back, Mix(0.10f, 0.15f, body)), traits.Coat.At);
        canvas.Fill(Limb(-0.25f, back + 0.05f, leg * 1.6f, -0.26f, ground, leg), traits.Coat.At);
        canvas.Fill(Limb(0.08f, back + 0.05f, leg * 1.5f, 0.07f, ground, leg), traits.Coat.At);
        var headX = Mix(0.24f, 0.23f, body);
        var headY = back - Mix(0.13f, 0.23f, body);
        canvas.Fill(Limb(0.12f, back, Mix(0.08f, 0.11f, body), headX, headY, 0.08f), traits.Coat.At);
        HeadFromTheSide(canvas, traits, headX, headY);
    }

    private static void HeadFromTheSide(Canvas canvas, Traits traits, float x, float y)
    {
        var muzzle = traits.Muzzle;
        var drop = traits.Ears;
        var skull = Mix(0.125f, 0.115f, traits.Head);
        if (drop < 0.45f)
            SideEars(canvas, traits, x, y);
        canvas.Fill(Ellipse(x, y, skull, skull), traits.Coat.At);
        var tip = x + Mix(0.09f, 0.22f, muzzle);
        canvas.Fill(Limb(x + 0.04f, y + 0.03f, Mix(0.06f, 0.075f, muzzle), tip, y + Mix(0.045f, 0.05f, muzzle), Mix(0.045f, 0.05f, muzzle)), traits.Coat.At);
        canvas.Fill(Ellipse(tip, y + 0.07f, 0.05f, 0.03f), traits.Coat.Light, 0.8f);
        canvas.Fill(Ellipse(tip + 0.035f, y + 0.03f, Mix(0.018f, 0.038f, muzzle), Mix(0.014f, 0.032f, muzzle)), Rgb.Mix(Pink, Black, Math.Clamp(1.8f * muzzle, 0, 1)));
        canvas.Fill(Limb(tip - 0.02f, y + 0.115f, 0.03f, tip - 0.01f, y + 0.115f + 0.07f * traits.Tongue, 0.025f), Pink, traits.Tongue * Math.Clamp(2 * muzzle - 1, 0, 1));
        var eye = Mix(0.042f, 0.026f, traits.Eyes);
        canvas.Fill(Ellipse(x + 0.055f, y - 0.025f, eye, eye), Rgb.Mix(CatEye, Black, Math.Clamp(2 * traits.Eyes - 0.2f, 0, 1)));
        canvas.Fill(Ellipse(x + 0.06f, y - 0.025f, 0.015f, Mix(0.035f, 0.015f, traits.Eyes)), Black);
        if (drop >= 0.45f)
            SideEars(canvas, traits, x, y);
        var whiskers = Math.Clamp(1 - 1.5f * traits.Whiskers, 0, 1);
        for (var i = -1; i <= 1; i++)
            canvas.Fill(Limb(tip, y + 0.06f, 0.006f, tip + 0.15f, y + 0.07f + 0.05f * i, 0.004f), new Rgb(1, 1, 1), 0.9f * whiskers);
    }

    private static void SideEars(Canvas canvas, Traits traits, float x, float y)
    {
        var drop = traits.Ears;
        (var tipX, var tipY) = OnCurve((-0.03f, -0.25f), (-0.24f, -0.22f), (-0.10f, 0.13f), drop);
        var round = Mix(0.006f, 0.035f, drop);
        canvas.Fill(Triangle((x - 0.10f, y - 0.05f), (x + 0.01f, y - 0.09f), (x + tipX, y + tipY), round), drop < 0.45f ? traits.Coat.At : traits.Coat.ShadeAt);
        // The far ear shows only while ears stand up.
        canvas.Fill(Triangle((x + 0.02f, y - 0.09f), (x + 0.10f, y - 0.06f), (x + 0.09f, y - 0.24f), 0.006f), traits.Coat.ShadeAt, 1 - 2.2f * drop);
    }

    private static void Tail(Canvas canvas, Traits traits, float x, float y)
    {
        var tail = traits.Tail;
        var outwards = x < 0 ? -1 : 1;
        var bend = (x + outwards * Mix(0.34f, 0.14f, tail), y + Mix(0.06f, -0.02f, tail));
        var end = (x + outwards * Mix(0.10f, 0.16f, tail), y - Mix(0.42f, 0.20f, tail));
        canvas.Fill(Curve((x, y), bend, end, Mix(0.034f, 0.05f, tail), Mix(0.026f, 0.02f, tail)), traits.Coat.ShadeAt);
    }
}
