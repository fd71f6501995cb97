namespace DogCat.Drawing;

/// <summary>A square picture being painted; shapes are laid on with smooth (anti-aliased) edges.</summary>
internal sealed class Canvas(int side)
{
    private readonly Rgb[] _pixels = new Rgb[side * side];

    /// <summary>Where the shapes to come are placed.</summary>
    public Placement Place { get; set; } = Placement.Whole;

    /// <summary>Paints a shape in one colour.</summary>
    public void Fill(Shape shape, Rgb colour, float opacity = 1) => Fill(shape, (_, _) => colour, opacity);

    /// <summary>Paints a shape with a colour that depends on the place in the drawing.</summary>
    public void Fill(Shape shape, Func<float, float, Rgb> paint, float opacity = 1)
    {
        if (opacity <= 0)
            return;
        var sharpness = side * Place.Scale;
        // Only pixels near the circle around the shape can be touched.
        var centre = Place.At(shape.X, shape.Y, 1);
        var reach = shape.Radius * Place.Scale * side + 2;
        for (var row = Pixel(centre.Y, -reach); row <= Pixel(centre.Y, reach); row++)
        {
            for (var column = Pixel(centre.X, -reach); column <= Pixel(centre.X, reach); column++)
            {
                (var x, var y) = Place.ToDrawing((column + 0.5f) / side - 0.5f, (row + 0.5f) / side - 0.5f);
                // How much of the pixel is inside, taking the outline for straight within one pixel.
                var coverage = Math.Clamp(0.5f - shape.Distance(x, y) * sharpness, 0, 1) * opacity;
                if (coverage > 0)
                    _pixels[row * side + column] = Rgb.Mix(_pixels[row * side + column], paint(x, y), coverage);
            }
        }
    }

    /// <summary>Changes every pixel by its place in the picture, from -1/2 to 1/2.</summary>
    public void ForEachPixel(Func<Rgb, float, float, Rgb> change)
    {
        for (var row = 0; row < side; row++)
            for (var column = 0; column < side; column++)
                _pixels[row * side + column] =
                    change(_pixels[row * side + column], (column + 0.5f) / side - 0.5f, (row + 0.5f) / side - 0.5f);
    }

    /// <summary>Red, green, blue and alpha of each pixel, row by row.</summary>
    public byte[] ToRgba() => [.. _pixels.SelectMany(p => (byte[])[ToByte(p.R), ToByte(p.G), ToByte(p.B), byte.MaxValue])];

    private int Pixel(float centre, float further) => (int)Math.Clamp((centre + 0.5f) * side + further, 0, side - 1);

    private static byte ToByte(float value) => (byte)(Math.Clamp(value, 0, 1) * 255 + 0.5f);
}

/// <summary>Where a drawing sits in the picture: moved, scaled, turned and perhaps mirrored.</summary>
/// <remarks>
/// Its origin is at X and Y, as shares of the picture's side from the centre. Tilt is the tangent of half the angle: sine and cosine
/// follow.
/// </remarks>
internal readonly record struct Placement(float X, float Y, float Scale, float Tilt, bool Mirrored)
{
    public static Placement Whole => new(0, 0, 1, 0, false);

    /// <summary>A place inside this one.</summary>
    public Placement At(float x, float y, float scale)
    {
        (var px, var py) = Turn(Mirrored ? -x : x, y, 1);
        return this with { X = X + Scale * px, Y = Y + Scale * py, Scale = Scale * scale };
    }

    /// <summary>From picture to drawing coordinates.</summary>
    public (float X, float Y) ToDrawing(float x, float y)
    {
        (var px, var py) = Turn((x - X) / Scale, (y - Y) / Scale, -1);
        return (Mirrored ? -px : px, py);
    }

    private (float X, float Y) Turn(float x, float y, float direction)
    {
        (var cos, var sin) = ((1 - Tilt * Tilt) / (1 + Tilt * Tilt), direction * 2 * Tilt / (1 + Tilt * Tilt));
        return (cos * x - sin * y, sin * x + cos * y);
    }
}

/// <summary>A colour; 0 is black and 1 full brightness in each channel.</summary>
internal readonly record struct Rgb(float R, float G, float B)
{
    public static Rgb operator *(Rgb a, float s) => new(a.R * s, a.G * s, a.B * s);
    public static Rgb operator *(Rgb a, Rgb b) => new(a.R * b.R, a.G * b.G, a.B * b.B);
    public static Rgb operator +(Rgb a, Rgb b) => new(a.R + b.R, a.G + b.G, a.B + b.B);
    public static Rgb Mix(Rgb a, Rgb b, float t) => a * (1 - t) + b * t;
}

/// <summary>How far (x, y) is outside (positive) or inside (negative) an outline.</summary>
internal delegate float SignedDistance(float x, float y);

/// <summary>A shape as the signed distance from its outline, and a circle that contains it.</summary>
internal readonly record struct Shape(SignedDistance Distance, float X, float Y, float Radius);

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
        (float X, float Y, float Radius)[] joints = [.. Enumerable.Range(0, pieces + 1).Select(i => (float)i / pieces).Select(t =>
            (OnCurve(a, b, c, t).X, OnCurve(a, b, c, t).Y, startRadius + t * (endRadius - startRadius)))];
        return Union([.. joints.Zip(joints.Skip(1), (from, to) => Limb(from.X, from.Y, from.Radius, to.X, to.Y, to.Radius))]);
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
