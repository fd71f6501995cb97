using DogCat.Drawing;
using PictureFiles;

namespace DogCat.Tests.Drawing;

public class ShapesTests
{
    private static readonly Rgb White = new(1, 1, 1);

    /// <summary>The area painted is the shape's area: outlines are where they should be, and edges are smooth.</summary>
    [Theory]
    [InlineData(32)]
    [InlineData(101)]
    public void A_shape_covers_its_area(int side)
    {
        Assert.Equal(Math.PI * 0.3 * 0.2, Covered(Shapes.Ellipse(0.05f, -0.1f, 0.3f, 0.2f), side), 0.002);
        Assert.Equal(0.4 * 0.2 + Math.PI * 0.01, Covered(Shapes.Limb(-0.2f, 0, 0.1f, 0.2f, 0, 0.1f), side), 0.002);
        Assert.Equal(0.5 * 0.6 * 0.5, Covered(Shapes.Triangle((-0.3f, 0.2f), (0.3f, 0.2f), (0.1f, -0.3f), 0), side), 0.002);
        Assert.Equal(0.5 * 0.6 * 0.5, Covered(Shapes.Triangle((0.3f, 0.2f), (-0.3f, 0.2f), (0.1f, -0.3f), 0), side), 0.002);
    }

    [Fact]
    public void A_placed_shape_lands_where_it_is_placed()
    {
        var place = new Placement(0.1f, -0.2f, 0.5f, 0.3f, Mirrored: true).At(0.2f, 0.1f, 0.8f);
        // The origin of the inner place, seen from the outer one, is the point it was put at.
        var outer = new Placement(0.1f, -0.2f, 0.5f, 0.3f, Mirrored: true);
        (var x, var y) = outer.ToDrawing(place.X, place.Y);
        Assert.Equal(0.2f, x, 1e-5f);
        Assert.Equal(0.1f, y, 1e-5f);
        Assert.Equal(0.4f, place.Scale, 1e-6f);
    }

    private static double Covered(Shape shape, int side)
    {
        var canvas = new Canvas(side);
        canvas.Fill(shape, White);
        Picture picture = canvas.ToPicture();
        double sum = 0;
        for (var i = 0; i < picture.Rgb.Length; i += 3)
            sum += picture.Rgb[i] / 255.0;
        return sum / (side * side);
    }
}
