using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using PictureFiles;
using static Microsoft.ML.Transforms.Image.ImagePixelExtractingEstimator;
using static Microsoft.ML.Transforms.Image.ImageResizingEstimator;

namespace MLNet.Host.Tests.Images;

/// <summary>LoadImages, ResizeImages and ExtractPixels of Microsoft.ML.ImageAnalytics.</summary>
public sealed class ImageStagesTests(PictureFolderFixture folder) : IClassFixture<PictureFolderFixture>
{
    private static readonly (byte R, byte G, byte B) Red = (200, 10, 20), Green = (30, 180, 40), Blue = (50, 60, 220), Black = (0, 0, 0);

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(ColorBits.Rgb, ColorsOrder.ARGB, "rgb")]
    [InlineData(ColorBits.Rgb, ColorsOrder.ABGR, "bgr")]
    [InlineData(ColorBits.Rgb, ColorsOrder.AGBR, "gbr")]
    [InlineData(ColorBits.All, ColorsOrder.ARBG, "arbg")]
    [InlineData(ColorBits.Red | ColorBits.Blue, ColorsOrder.ABRG, "br")]
    [InlineData(ColorBits.Green, ColorsOrder.AGRB, "g")]
    public void Pixels_come_in_the_order_asked_for(ColorBits colours, ColorsOrder order, string channels)
    {
        var picture = Noise(5, 4);
        var file = folder.Write($"noise-{channels}.png", picture);
        foreach (var interleave in (bool[])[false, true])
        {
            var expected = new float[channels.Length * 20];
            for (var plane = 0; plane < channels.Length; plane++)
                for (var i = 0; i < 20; i++)
                    expected[interleave ? i * channels.Length + plane : plane * 20 + i] = channels[plane] == 'a' ? 255 : picture.Rgb[3 * i + "rgb".IndexOf(channels[plane])];

            Assert.Equal(expected, Values<float>(Pixels(5, 4, colours, order, interleave, 0, 1, true), file));
            Assert.Equal(expected.Select(v => (byte)v), Values<byte>(Pixels(5, 4, colours, order, interleave, 0, 1, false), file));
            Assert.Equal(expected.Select(v => (v - 100) * 0.5f), Values<float>(Pixels(5, 4, colours, order, interleave, 100, 0.5f, true), file));
        }
    }

    [Fact]
    public void Bytes_are_neither_moved_nor_scaled()
    {
        var picture = Noise(5, 4);
        var file = folder.Write("bytes.png", picture);
        Assert.Equal(picture.Rgb.ToArray(), Values<byte>(Pixels(5, 4, ColorBits.Rgb, ColorsOrder.ARGB, true, 7, 3, false), file));
    }

    /// <summary>Three pixels of alpha 128, 0 and 255.</summary>
    [Fact]
    public void Colours_are_multiplied_by_alpha()
    {
        var png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAMAAAABCAYAAAAb4BS0AAAAFUlEQVR4nGM4kWLUwCUix8DOwfkfABcCAzKS0jODAAAAAElFTkSuQmCC");
        var file = folder.Write("alpha.png", png);
        Assert.Equal([128, 100, 50, 25, 0, 0, 0, 0, 255, 7, 8, 9], Values<byte>(Pixels(3, 1, ColorBits.All, ColorsOrder.ARGB, true, 0, 1, false), file));
    }

    /// <summary>At scale 1 nothing is blended, so that both hosts must have the same pixels.</summary>
    [Theory]
    [InlineData(Anchor.Center, 16)]
    [InlineData(Anchor.Left, 0)]
    [InlineData(Anchor.Right, 32)]
    public void Cropping_keeps_what_the_anchor_says(Anchor anchor, int left)
    {
        var picture = Noise(64, 32);
        var file = folder.Write($"wide-{anchor}.png", picture);
        var expected = PictureFolderFixture.Draw(32, 32, (x, y) => At(picture, left + x, y));
        Assert.Equal(expected.Rgb.ToArray(), Resized(file, 32, 32, ResizingKind.IsoCrop, anchor));
    }

    [Theory]
    [InlineData(Anchor.Center, 4)]
    [InlineData(Anchor.Top, 0)]
    [InlineData(Anchor.Bottom, 8)]
    public void Tall_pictures_too(Anchor anchor, int top)
    {
        var picture = Noise(12, 20);
        var file = folder.Write($"tall-{anchor}.png", picture);
        var expected = PictureFolderFixture.Draw(12, 12, (x, y) => At(picture, x, top + y));
        Assert.Equal(expected.Rgb.ToArray(), Resized(file, 12, 12, ResizingKind.IsoCrop, anchor));
    }

    [Fact]
    public void Padding_is_black_on_both_sides()
    {
        var picture = Noise(24, 12);
        var file = folder.Write("pad.png", picture);
        var expected = PictureFolderFixture.Draw(24, 24, (x, y) => y is < 6 or >= 18 ? Black : At(picture, x, y - 6));
        Assert.Equal(expected.Rgb.ToArray(), Resized(file, 24, 24, ResizingKind.IsoPad, Anchor.Center));
    }

    [Fact]
    public void Filling_repeats_pixels()
    {
        var picture = PictureFolderFixture.Draw(2, 2, (x, y) => (x, y) switch { (0, 0) => Red, (1, 0) => Green, (0, 1) => Blue, _ => Black });
        var file = folder.Write("fill.png", picture);
        var expected = PictureFolderFixture.Draw(8, 4, (x, y) => At(picture, x / 4, y / 2));
        Assert.Equal(expected.Rgb.ToArray(), Resized(file, 8, 4, ResizingKind.Fill, Anchor.Center));
    }

    /// <summary>How pixels are blended is each host's own affair; where there is nothing to blend, they agree.</summary>
    [Theory]
    [InlineData(16, 16)]
    [InlineData(96, 96)]
    public void Areas_of_one_colour_keep_it_at_any_size(int width, int height)
    {
        var picture = PictureFolderFixture.Draw(64, 64, (x, y) => y < 32 ? x < 32 ? Red : Green : x < 32 ? Blue : Black);
        var file = folder.Write($"quarters-{width}.png", picture);
        var resized = Resized(file, width, height, ResizingKind.IsoCrop, Anchor.Center);
        foreach ((var x, var y) in (ReadOnlySpan<(int, int)>)[(1, 1), (14, 1), (1, 14), (14, 14)])
        {
            var at = 3 * (y * height / 16 * width + x * width / 16);
            (var r, var g, var b) = At(picture, 4 * x, 4 * y);
            Assert.Equal([r, g, b], resized[at..(at + 3)]);
        }
    }

    [Fact]
    public void The_types_of_columns_tell_sizes()
    {
        var paths = Paths(folder.Write("types.png", Noise(5, 4)));
        var schema = _ml.Transforms.LoadImages("Image", folder.FullName, nameof(PathRow.Path))
            .Append(_ml.Transforms.ResizeImages("Small", 7, 3, "Image"))
            .Append(_ml.Transforms.ExtractPixels("Planes", "Small"))
            .Append(_ml.Transforms.ExtractPixels("Interleaved", "Small", interleavePixelColors: true, outputAsFloatArray: false))
            .Fit(paths).GetOutputSchema(paths.Schema);
        Assert.Equal("Image", schema["Image"].Type.ToString());
        Assert.Equal(new ImageDataViewType(), schema["Image"].Type);
        Assert.Equal("Image<3, 7>", schema["Small"].Type.ToString());
        Assert.Equal(new ImageDataViewType(height: 3, width: 7), schema["Small"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3, 3, 7), schema["Planes"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Byte, 3, 7, 3), schema["Interleaved"].Type);
    }

    [Fact]
    public void Columns_that_do_not_suit_are_refused()
    {
        var paths = Paths("nothing.png");
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.LoadImages("Image", "", nameof(PathRow.Number)).Fit(paths));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.LoadImages("Image", "", "Nowhere").Fit(paths));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.ResizeImages("Image", 4, 4, nameof(PathRow.Path)).Fit(paths));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.LoadImages("Image", "", nameof(PathRow.Path)).Append(_ml.Transforms.ExtractPixels("Out", "Image")).Fit(paths));
        Assert.Throws<ArgumentException>(() => _ml.Transforms.LoadImages("Image", Path.Combine(folder.FullName, "nowhere"), nameof(PathRow.Path)));
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ResizeImages("Image", 0, 4));
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ExtractPixels("Out", "Image", colorsToExtract: 0));
        Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.ExtractPixels("Out", "Image", scaleImage: 0));
    }

    /// <summary>Why the sample looks through files before it gives them to these stages.</summary>
    [Fact]
    public void A_file_that_is_missing_or_no_picture_ends_the_pass()
    {
        var stages = Pixels(5, 4, ColorBits.Rgb, ColorsOrder.ARGB, false, 0, 1, true);
        Assert.IsType<FileNotFoundException>(Thrown(Path.Combine(folder.FullName, "missing.png")));
        Assert.IsType<ArgumentException>(Thrown(folder.Write("text.png", "no picture"u8.ToArray())));

        // Where Microsoft.ML reads on several threads, it wraps what was thrown.
        Exception Thrown(string path)
        {
            var exception = Assert.ThrowsAny<Exception>(() => Values<float>(stages, path));
            return exception is InvalidOperationException { InnerException: not null } ? exception.GetBaseException() : exception;
        }
    }

    [Fact]
    public void A_row_without_a_path_is_all_zeros() =>
        Assert.Equal(new float[60], Values<float>(Pixels(5, 4, ColorBits.Rgb, ColorsOrder.ARGB, false, 9, 2, true), ""));

    [Fact]
    public void Paths_start_from_the_folder_and_saved_stages_read_on()
    {
        var picture = Noise(5, 4);
        folder.Write("saved.png", picture);
        var paths = Paths("saved.png");
        ITransformer stages = _ml.Transforms.LoadImages("Image", folder.FullName, nameof(PathRow.Path))
            .Append(_ml.Transforms.ResizeImages("Image", 5, 4))
            .Append(_ml.Transforms.ExtractPixels("Out", "Image", interleavePixelColors: true, outputAsFloatArray: false)).Fit(paths);
        using var file = new MemoryStream();
        _ml.Model.Save(stages, paths.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        Assert.Equal(picture.Rgb.ToArray(), loaded.Transform(paths).GetColumn<byte[]>("Out").Single());
    }

    private EstimatorChain<ImagePixelExtractingTransformer> Pixels(
        int width, int height, ColorBits colours, ColorsOrder order, bool interleave, float offset, float scale, bool asFloat) =>
        _ml.Transforms.LoadImages("Image", "", nameof(PathRow.Path))
            .Append(_ml.Transforms.ResizeImages("Image", width, height))
            .Append(_ml.Transforms.ExtractPixels("Out", "Image", colours, order, interleave, offset, scale, asFloat));

    private byte[] Resized(string file, int width, int height, ResizingKind kind, Anchor anchor) => Values<byte>(
        _ml.Transforms.LoadImages("Image", "", nameof(PathRow.Path))
            .Append(_ml.Transforms.ResizeImages("Image", width, height, resizing: kind, cropAnchor: anchor))
            .Append(_ml.Transforms.ExtractPixels("Out", "Image", interleavePixelColors: true, outputAsFloatArray: false)), file);

    private T[] Values<T>(EstimatorChain<ImagePixelExtractingTransformer> stages, string path)
    {
        var paths = Paths(path);
        return stages.Fit(paths).Transform(paths).GetColumn<T[]>("Out").Single();
    }

    private IDataView Paths(string path) => _ml.Data.LoadFromEnumerable([new PathRow { Path = path }]);

    private static (byte R, byte G, byte B) At(Picture picture, int x, int y) => (picture[x, y][0], picture[x, y][1], picture[x, y][2]);

    private static Picture Noise(int width, int height)
    {
        var random = new Random(width + 100 * height);
        return PictureFolderFixture.Draw(width, height, (_, _) => ((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
    }
}
