using static DogCat.Drawing.Shapes;

namespace DogCat.Drawing;

/// <summary>The whole animal in its pose, about one unit high, centred at the origin of the canvas's placement.</summary>
internal sealed class AnimalPainter(Canvas canvas, Traits traits)
{
    private static readonly Rgb Black = new(0.07f, 0.06f, 0.06f);
    private static readonly Rgb Glint = new(1, 1, 1);
    private static readonly Rgb Pink = new(0.90f, 0.56f, 0.56f);
    private static readonly Rgb Nose = new(0.85f, 0.50f, 0.50f);
    private static readonly Rgb Tongue = new(0.88f, 0.38f, 0.42f);
    private static readonly Rgb CatEye = new(0.66f, 0.80f, 0.28f);
    private static readonly Rgb SideEye = new(0.70f, 0.82f, 0.30f);
    private static readonly Rgb DogEye = new(0.32f, 0.17f, 0.08f);

    public void Paint()
    {
        canvas.Place = traits.Placement;
        switch (traits.Pose)
        {
            case Pose.Portrait:
                canvas.Fill(Ellipse(0, 0.50f, Mix(0.26f, 0.30f, traits.Body), 0.34f), traits.Coat.ShadeAt);
                canvas.Place = traits.Placement.At(0, 0.03f, 1.1f);
                HeadFromTheFront();
                break;
            case Pose.Sitting: Sitting(); break;
            default: Standing(); break;
        }
    }

    private void Sitting()
    {
        var body = traits.Body;
        Tail(0.14f, 0.34f);
        canvas.Fill(Ellipse(0, 0.26f, Mix(0.20f, 0.23f, body), 0.20f), traits.Coat.At);
        canvas.Fill(Limb(0, 0.0f, Mix(0.11f, 0.15f, body), 0, 0.22f, Mix(0.14f, 0.18f, body)), traits.Coat.At);
        canvas.Fill(Ellipse(0, 0.13f, 0.08f, 0.14f), traits.Coat.Light, 0.7f);
        foreach (var sign in (ReadOnlySpan<int>)[-1, 1])
        {
            var x = sign * Mix(0.055f, 0.10f, body);
            canvas.Fill(Limb(x, 0.14f, 0.05f, x, 0.43f, Mix(0.038f, 0.052f, body)), traits.Coat.ShadeAt);
        }
        canvas.Place = traits.Placement.At(0, -0.17f, 0.72f);
        HeadFromTheFront();
    }

    /// <summary>Seen from the side, looking right.</summary>
    private void Standing()
    {
        var body = traits.Body;
        var back = Mix(0.12f, -0.01f, body);
        const float ground = 0.40f;
        Tail(-0.27f, back - 0.02f);
        var leg = Mix(0.034f, 0.046f, body);
        canvas.Fill(Limb(-0.19f, back + 0.06f, leg * 1.3f, -0.15f, ground, leg), traits.Coat.ShadeAt);
        canvas.Fill(Limb(0.15f, back + 0.06f, leg * 1.3f, 0.17f, ground, leg), traits.Coat.ShadeAt);
        canvas.Fill(Limb(-0.22f, back, Mix(0.105f, 0.10f, body), 0.11f, back, Mix(0.10f, 0.15f, body)), traits.Coat.At);
        canvas.Fill(Limb(-0.25f, back + 0.05f, leg * 1.6f, -0.26f, ground, leg), traits.Coat.At);
        canvas.Fill(Limb(0.08f, back + 0.05f, leg * 1.5f, 0.07f, ground, leg), traits.Coat.At);
        var headX = Mix(0.24f, 0.23f, body);
        var headY = back - Mix(0.13f, 0.23f, body);
        canvas.Fill(Limb(0.12f, back, Mix(0.08f, 0.11f, body), headX, headY, 0.08f), traits.Coat.At);
        HeadFromTheSide(headX, headY);
    }

    private void HeadFromTheSide(float x, float y)
    {
        var muzzle = traits.Muzzle;
        var drop = traits.Ears;
        var skull = Mix(0.125f, 0.115f, traits.Head);
        if (drop < 0.45f)
            SideEars(x, y);
        canvas.Fill(Ellipse(x, y, skull, skull), traits.Coat.At);
        var tip = x + Mix(0.09f, 0.22f, muzzle);
        canvas.Fill(
            Limb(x + 0.04f, y + 0.03f, Mix(0.06f, 0.075f, muzzle), tip, y + Mix(0.045f, 0.05f, muzzle), Mix(0.045f, 0.05f, muzzle)),
            traits.Coat.At);
        canvas.Fill(Ellipse(tip, y + 0.07f, 0.05f, 0.03f), traits.Coat.Light, 0.8f);
        canvas.Fill(
            Ellipse(tip + 0.035f, y + 0.03f, Mix(0.018f, 0.038f, muzzle), Mix(0.014f, 0.032f, muzzle)),
            Rgb.Mix(Nose, Black, Math.Clamp(1.8f * muzzle, 0, 1)));
        canvas.Fill(
            Limb(tip - 0.02f, y + 0.115f, 0.03f, tip - 0.01f, y + 0.115f + 0.07f * traits.Tongue, 0.025f), Nose,
            traits.Tongue * Math.Clamp(2 * muzzle - 1, 0, 1));
        var eye = Mix(0.042f, 0.026f, traits.Eyes);
        canvas.Fill(Ellipse(x + 0.055f, y - 0.025f, eye, eye), Rgb.Mix(SideEye, Black, Math.Clamp(2 * traits.Eyes - 0.2f, 0, 1)));
        canvas.Fill(Ellipse(x + 0.06f, y - 0.025f, 0.015f, Mix(0.035f, 0.015f, traits.Eyes)), Black);
        if (drop >= 0.45f)
            SideEars(x, y);
        var whiskers = Math.Clamp(1 - 1.5f * traits.Whiskers, 0, 1);
        for (var i = -1; i <= 1; i++)
            canvas.Fill(Limb(tip, y + 0.06f, 0.006f, tip + 0.15f, y + 0.07f + 0.05f * i, 0.004f), Glint, 0.9f * whiskers);
    }

    private void SideEars(float x, float y)
    {
        var drop = traits.Ears;
        (var tipX, var tipY) = OnCurve((-0.03f, -0.25f), (-0.24f, -0.22f), (-0.10f, 0.13f), drop);
        var round = Mix(0.006f, 0.035f, drop);
        canvas.Fill(
            Triangle((x - 0.10f, y - 0.05f), (x + 0.01f, y - 0.09f), (x + tipX, y + tipY), round), drop < 0.45f ? traits.Coat.At
            : traits.Coat.ShadeAt);
        // The far ear shows only while ears stand up.
        canvas.Fill(
            Triangle((x + 0.02f, y - 0.09f), (x + 0.10f, y - 0.06f), (x + 0.09f, y - 0.24f), 0.006f), traits.Coat.ShadeAt, 1 - 2.2f * drop);
    }

    private void Tail(float x, float y)
    {
        var tail = traits.Tail;
        var outwards = x < 0 ? -1 : 1;
        var bend = (x + outwards * Mix(0.34f, 0.14f, tail), y + Mix(0.06f, -0.02f, tail));
        var end = (x + outwards * Mix(0.10f, 0.16f, tail), y - Mix(0.42f, 0.20f, tail));
        canvas.Fill(Curve((x, y), bend, end, Mix(0.034f, 0.05f, tail), Mix(0.026f, 0.02f, tail)), traits.Coat.ShadeAt);
    }

    private void HeadFromTheFront()
    {
        // Upright ears stand behind the head, hanging ears lie over it.
        var hanging = traits.Ears > 0.45f;
        if (!hanging)
            Ears();
        Skull();
        if (hanging)
            Ears();
        Eyes();
        Muzzle();
        Whiskers();
    }

    /// <summary>From the cat's value to the dog's.</summary>
    private static float Mix(float cat, float dog, float trait) => cat + trait * (dog - cat);

    private void Ears()
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
            canvas.Fill(
                Triangle(Towards(tip, inner, 0.7f), Towards(tip, outer, 0.7f), Towards(tip, (sign * 0.17f, -0.15f), 0.12f), 0), Pink,
                1 - 2.2f * drop);
        }
    }

    private void Skull()
    {
        var head = traits.Head;
        var crown = Ellipse(0, -0.04f, Mix(0.28f, 0.235f, head), Mix(0.22f, 0.26f, head));
        var cheeks = Ellipse(0, Mix(0.08f, 0.10f, head), Mix(0.29f, 0.19f, head), Mix(0.16f, 0.22f, head));
        canvas.Fill(Union(crown, cheeks), traits.Coat.At);
    }

    private void Eyes()
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

    private void Muzzle()
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
        canvas.Fill(
            Triangle((-width, noseY - 0.3f * width), (width, noseY - 0.3f * width), (0, noseY + 0.5f * width), Mix(0.004f, 0.025f, muzzle)),
            nose);
    }

    private void Whiskers()
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
