using System.Numerics;
using SkiaSharp;

namespace DogCat.Drawing;

/// <summary>
/// Paints shapes on a canvas whose origin is its centre and whose side is 1; colours are red, green and blue from 0 to 1. A shape is used
/// once: whoever is given it here disposes of it.
/// </summary>
internal sealed class Brush(SKCanvas canvas)
{
    public void Fill(SKPath shape, Vector3 colour, float opacity = 1)
    {
        using var paint = Paint(colour, opacity);
        using (shape)
            canvas.DrawPath(shape, paint);
    }

    /// <summary>A line with round ends, bent towards <paramref name="b"/>.</summary>
    public void Line(Vector2 a, Vector2 b, Vector2 c, float width, Vector3 colour, float opacity = 1)
    {
        using var path = new SKPath();
        path.MoveTo(a.X, a.Y);
        path.QuadTo(b.X, b.Y, c.X, c.Y);
        using var paint = Paint(colour, opacity);
        (paint.Style, paint.StrokeWidth, paint.StrokeCap) = (SKPaintStyle.Stroke, width, SKStrokeCap.Round);
        canvas.DrawPath(path, paint);
    }

    public static SKPath Ellipse(float x, float y, float rx, float ry)
    {
        var path = new SKPath();
        path.AddOval(new SKRect(x - rx, y - ry, x + rx, y + ry));
        return path;
    }

    /// <summary>A triangle, with corners rounded by <paramref name="round"/>.</summary>
    public static SKPath Triangle(Vector2 a, Vector2 b, Vector2 c, float round)
    {
        using var path = new SKPath();
        path.AddPoly([Point(a), Point(b), Point(c)]);
        using var outline = new SKPaint { Style = SKPaintStyle.StrokeAndFill, StrokeWidth = 2 * round, StrokeJoin = SKStrokeJoin.Round };
        return outline.GetFillPath(path);
    }

    /// <summary>The point of a quadratic Bezier curve at <paramref name="t"/> in [0, 1].</summary>
    public static Vector2 OnCurve(Vector2 a, Vector2 b, Vector2 c, float t) =>
        Vector2.Lerp(Vector2.Lerp(a, b, t), Vector2.Lerp(b, c, t), t);

    private static SKPoint Point(Vector2 v) => new(v.X, v.Y);

    private static SKPaint Paint(Vector3 colour, float opacity)
    {
        var c = Vector3.Clamp(colour, Vector3.Zero, Vector3.One);
        return new SKPaint { IsAntialias = true, ColorF = new SKColorF(c.X, c.Y, c.Z, Math.Clamp(opacity, 0, 1)) };
    }
}
