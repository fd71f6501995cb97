namespace PictureFiles;

/// <summary>Brings pictures of any size to one size.</summary>
public static class PictureResize
{
    /// <summary>
    /// The central square of the picture, brought to <paramref name="side"/> x <paramref name="side"/> pixels, see <see cref="Resampling"/>.
    /// </summary>
    public static Picture ToSquare(this Picture picture, int side)
    {
        if (picture.Width == side && picture.Height == side)
            return picture;
        int square = Math.Min(picture.Width, picture.Height);
        var centre = new Area((picture.Width - square) / 2, (picture.Height - square) / 2, square, square);
        return new Picture(side, side, Resampling.Resize(picture.Rgb, picture.Width, picture.Height, channels: 3, centre, side, side));
    }
}
