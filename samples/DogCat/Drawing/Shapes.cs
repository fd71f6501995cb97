namespace DogCat.Drawing;

/// <summary>
/// The few shapes animals are made of. Only + - * / and square roots are used, which IEEE 754 rounds the same way on
/// every machine, so that pictures do not differ by a bit anywhere.
/// </summary>
internal static class Shapes
{
    /// <summary>An ellipse; the distance is exact on the outline and close to it, which is where it matters.</summary>
    public static Shape Ellipse(float cx, float cy, float rx, float ry)
    {
        return new Shape(Distance, cx, cy, Math.Max(rx, ry));

        float Distance(float x, float y)
        {
            var px = (x - cx) / rx;
            var py = (y - cy) / ry;
            var unit = MathF.Sqrt(px * px + py * py);
            var slope = MathF.Sqrt(px / rx * (px / rx) + py / ry * (py / ry));
            return slope == 0 ? -Math.Min(rx, ry) : unit * (unit - 1) / slope;
        }
    }

    /// <summary>A line with round ends that are <paramref name="ra"/> and <paramref name="rb"/> thick.</summary>
    public static Shape Limb(float ax, float ay, float ra, float bx, float by, float rb)
    {
        var dx = bx - ax;
        var dy = by - ay;
        var lengthSquared = dx * dx + dy * dy;
        return new Shape(Distance, (ax + bx) / 2, (ay + by) / 2, MathF.Sqrt(lengthSquared) / 2 + Math.Max(ra, rb));

        float Distance(float x, float y)
        {
            var along = Math.Clamp(((x - ax) * dx + (y - ay) * dy) / lengthSquared, 0, 1);
            var ox = x - ax - along * dx;
            var oy = y - ay - along * dy;
            return MathF.Sqrt(ox * ox + oy * oy) - (ra + along * (rb - ra));
        }
    }

    /// <summary>A quadratic Bezier curve drawn as a few limbs: tails and tongues.</summary>
    public static Shape Curve((float X, float Y) a, (float X, float Y) b, (float X, float Y) c, float startRadius, float endRadius)
    {
        const int pieces = 6;
        var limbs = new Shape[pieces];
        (var x0, var y0, var r0) = (a.X, a.Y, startRadius);
        for (var i = 1; i <= pieces; i++)
        {
            var t = (float)i / pieces;
            (var x1, var y1) = OnCurve(a, b, c, t);
            var r1 = startRadius + t * (endRadius - startRadius);
            limbs[i - 1] = Limb(x0, y0, r0, x1, y1, r1);
            (x0, y0, r0) = (x1, y1, r1);
        }
        return Union(limbs);
    }

    /// <summary>The point of a quadratic Bezier curve at <paramref name="t"/> in [0, 1].</summary>
    public static (float X, float Y) OnCurve((float X, float Y) a, (float X, float Y) b, (float X, float Y) c, float t)
    {
        var u = 1 - t;
        return (u * u * a.X + 2 * u * t * b.X + t * t * c.X, u * u * a.Y + 2 * u * t * b.Y + t * t * c.Y);
    }

    /// <summary>A triangle with corners rounded by <paramref name="round"/>.</summary>
    public static Shape Triangle((float X, float Y) a, (float X, float Y) b, (float X, float Y) c, float round)
    {
        var outline = Union(Limb(a.X, a.Y, 0, b.X, b.Y, 0), Limb(b.X, b.Y, 0, c.X, c.Y, 0), Limb(c.X, c.Y, 0, a.X, a.Y, 0));
        return outline with { Distance = Distance, Radius = outline.Radius + round };

        float Distance(float x, float y)
        {
            // Inside, all three edges have the point on the same hand.
            var ab = IsLeft(a, b, x, y);
            var inside = ab == IsLeft(b, c, x, y) && ab == IsLeft(c, a, x, y);
            var distance = outline.Distance(x, y);
            return (inside ? -distance : distance) - round;
        }
    }

    /// <summary>Everything inside any of the shapes.</summary>
    public static Shape Union(params Shape[] shapes)
    {
        var x0 = shapes.Average(s => s.X);
        var y0 = shapes.Average(s => s.Y);
        return new Shape(Distance, x0, y0, shapes.Max(s => MathF.Sqrt((s.X - x0) * (s.X - x0) + (s.Y - y0) * (s.Y - y0)) + s.Radius));

        float Distance(float x, float y)
        {
            var nearest = float.MaxValue;
            foreach (var shape in shapes)
                nearest = Math.Min(nearest, shape.Distance(x, y));
            return nearest;
        }
    }

    private static bool IsLeft((float X, float Y) from, (float X, float Y) to, float x, float y) =>
        (to.X - from.X) * (y - from.Y) > (to.Y - from.Y) * (x - from.X);
}
