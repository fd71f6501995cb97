namespace DogCat.Drawing;

/// <summary>Where a drawing sits in the picture: moved, scaled, turned and perhaps mirrored.</summary>
/// <param name="X">Where the drawing's origin is, as a share of the picture's width, 0 = centre.</param>
/// <param name="Y">Likewise of its height, downwards.</param>
/// <param name="Scale">Picture widths to one unit of the drawing.</param>
/// <param name="Tilt">Tangent of half the angle: cosine and sine follow without trigonometry.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
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
        var square = Tilt * Tilt;
        var cos = (1 - square) / (1 + square);
        var sin = direction * 2 * Tilt / (1 + square);
        return (cos * x - sin * y, sin * x + cos * y);
    }
}
