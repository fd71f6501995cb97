using PictureFiles;

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
        (var firstRow, var lastRow) = Range(centre.Y, reach);
        (var firstColumn, var lastColumn) = Range(centre.X, reach);
        for (var row = firstRow; row <= lastRow; row++)
        {
            for (var column = firstColumn; column <= lastColumn; column++)
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
                _pixels[row * side + column] = change(_pixels[row * side + column], (column + 0.5f) / side - 0.5f, (row + 0.5f) / side - 0.5f);
    }

    public Picture ToPicture()
    {
        var rgb = new byte[3 * _pixels.Length];
        for (var i = 0; i < _pixels.Length; i++)
        {
            rgb[3 * i] = ToByte(_pixels[i].R);
            rgb[3 * i + 1] = ToByte(_pixels[i].G);
            rgb[3 * i + 2] = ToByte(_pixels[i].B);
        }
        return new Picture(side, side, rgb);
    }

    private (int First, int Last) Range(float centre, float reach)
    {
        var pixel = (centre + 0.5f) * side;
        return ((int)Math.Clamp(pixel - reach, 0, side - 1), (int)Math.Clamp(pixel + reach, 0, side - 1));
    }

    private static byte ToByte(float value) => (byte)(Math.Clamp(value, 0, 1) * 255 + 0.5f);
}
