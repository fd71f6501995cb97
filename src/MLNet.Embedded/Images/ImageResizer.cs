using Microsoft.ML.Data;
using PictureFiles;

namespace Microsoft.ML.Transforms.Image;

/// <summary>
/// Resizes as Microsoft.ML does, in the same geometry. Where that blends pixels, the values come close but are not the same: Microsoft.ML's Skia shrinks
/// by halving and enlarges bicubically, this averages areas and enlarges bilinearly.
/// </summary>
internal sealed class ImageResizer
{
    private const int PixelBytes = 4;

    internal ImageResizer(int width, int height, ImageResizingEstimator.ResizingKind kind, ImageResizingEstimator.Anchor anchor)
    {
        Check.Param(width > 0, "imageWidth", width, "must be positive");
        Check.Param(height > 0, "imageHeight", height, "must be positive");
        Check.Param(Enum.IsDefined(kind), "resizing", kind, "must be one of the kinds there are");
        Check.Param(Enum.IsDefined(anchor), "cropAnchor", anchor, "must be one of the anchors there are");
        (Width, Height, Kind, Anchor) = (width, height, kind, anchor);
    }

    internal int Width { get; }

    internal int Height { get; }

    internal ImageResizingEstimator.ResizingKind Kind { get; }

    internal ImageResizingEstimator.Anchor Anchor { get; }

    /// <summary>The same image where it has the size already, else a new one.</summary>
    internal MLImage Resize(MLImage image)
    {
        if (image.Width == Width && image.Height == Height)
            return image;
        byte[] pixels = Kind switch
        {
            ImageResizingEstimator.ResizingKind.Fill => Nearest(image),
            ImageResizingEstimator.ResizingKind.IsoPad => Padded(image),
            _ => Cropped(image),
        };
        return new MLImage(Width, Height, image.PixelFormat, pixels) { Tag = image.Tag };
    }

    private byte[] Nearest(MLImage image)
    {
        byte[] pixels = new byte[PixelBytes * Width * Height];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                int column = (int)((x + 0.5) * image.Width / Width);
                int row = (int)((y + 0.5) * image.Height / Height);
                image.Pixels.Slice(PixelBytes * (row * image.Width + column), PixelBytes).CopyTo(pixels.AsSpan(PixelBytes * (y * Width + x)));
            }
        }
        return pixels;
    }

    private byte[] Padded(MLImage image)
    {
        float scale = Math.Min((float)Width / image.Width, (float)Height / image.Height);
        int width = (int)(image.Width * scale);
        int height = (int)(image.Height * scale);
        byte[] pixels = new byte[PixelBytes * Width * Height];
        // Skia draws nothing into a rectangle that has come out empty.
        if (width == 0 || height == 0)
            return pixels;
        int left = (int)((Width - image.Width * scale) / 2);
        int top = (int)((Height - image.Height * scale) / 2);
        byte[] drawn = Resampling.Resize(image.Pixels, image.Width, image.Height, PixelBytes, new Area(0, 0, image.Width, image.Height), width, height);
        for (int y = 0; y < height; y++)
            drawn.AsSpan(PixelBytes * y * width, PixelBytes * width).CopyTo(pixels.AsSpan(PixelBytes * ((top + y) * Width + left)));
        return pixels;
    }

    /// <summary>
    /// The picture covers the rectangle (left, top, width, height) in new pixels, which reaches beyond 0 .. Width or 0 .. Height, and never short of
    /// them: Microsoft.ML rounds down, which leaves a black line beside pictures of some sizes.
    /// </summary>
    private byte[] Cropped(MLImage image)
    {
        float scale = Math.Max((float)Width / image.Width, (float)Height / image.Height);
        int width = Math.Max(Width, (int)(image.Width * scale));
        int height = Math.Max(Height, (int)(image.Height * scale));
        int left = (int)((Width - image.Width * scale) * ShareBefore(ImageResizingEstimator.Anchor.Left, ImageResizingEstimator.Anchor.Right));
        int top = (int)((Height - image.Height * scale) * ShareBefore(ImageResizingEstimator.Anchor.Top, ImageResizingEstimator.Anchor.Bottom));
        double columns = (double)image.Width / width;
        double rows = (double)image.Height / height;
        return Resampling.Resize(image.Pixels, image.Width, image.Height, PixelBytes, new Area(-left * columns, -top * rows, Width * columns, Height * rows), Width, Height);
    }

    /// <summary>Of what is cut off: how much before the first pixel that stays.</summary>
    private float ShareBefore(ImageResizingEstimator.Anchor first, ImageResizingEstimator.Anchor last) =>
        Anchor == first ? 0 : Anchor == last ? 1 : 0.5f;
}
