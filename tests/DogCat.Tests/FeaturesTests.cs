using DogCat.Drawing;
using Microsoft.ML;
using Microsoft.ML.Data;
using SkiaSharp;

namespace DogCat.Tests;

public sealed class FeaturesTests : TemporaryFolder
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<SkippedFile> _skipped = [];
    private readonly List<ITransformer> _fitted = [];

    public override void Dispose()
    {
        _fitted.OfType<IDisposable>().ToList().ForEach(fitted => fitted.Dispose());
        base.Dispose();
    }

    /// <summary>
    /// The order and the range of pixels that the network was trained on: what ML.NET's own featurizer makes of ExtractPixels' defaults,
    /// bit by bit, and not what it makes of any other order. What a program of one's own reads by LoadImages is what this one reads itself.
    /// </summary>
    [Fact]
    public void ResNet18_sees_planes_of_red_green_and_blue_from_0_to_255()
    {
        FillWithPhotographs(perClass: 2, "");
        Picture[] pictures = PictureFolder.LoadTest(FullName, _skipped);
        var network = Fit(Featurizing.ResNet18(_ml));
        var ours = Features(network, pictures);
        Assert.All(ours, f => Assert.Equal(512, f.Length));
        var type = (VectorDataViewType)network.GetOutputSchema(_ml.NoPictures().Schema)["Features"].Type;
        Assert.Equal([512], type.Dimensions.ToArray());

        var files = _ml.Data.LoadFromEnumerable(pictures.Select(p => new { Path = p.Name }));
        var loaded = _ml.Transforms.LoadImages("Image", imageFolder: "", "Path").Fit(files).Transform(files);
        Assert.Equal(ours, network.Transform(loaded).GetColumn<float[]>("Features"));

        Assert.Equal(ours, Features(Fit(Dnn(interleaved: false)), pictures));
        Assert.NotEqual(ours, Features(Fit(Dnn(interleaved: true)), pictures));

        IEstimator<ITransformer> Dnn(bool interleaved) => _ml.Transforms.ResizeImages("Image", 224, 224)
            .Append(_ml.Transforms.ExtractPixels("Pixels", "Image", interleavePixelColors: interleaved))
            .Append(_ml.Transforms.DnnFeaturizeImage("Features",
                m => m.ModelSelector.ResNet18(_ml, m.OutputColumn, m.InputColumn), "Pixels"));
    }

    [Fact]
    public void Edges_count_and_even_surfaces_do_not()
    {
        Assert.All(Of(_ => 100), f => Assert.Equal(0, f));
        var vertical = Of(p => p.X < 10 ? 0 : 255);
        Assert.Equal(GradientHistograms.Count, vertical.Length);
        Assert.Contains(vertical, f => f > 0.05f);
        // The same whichever way the animal looks, and in whatever light.
        Assert.Equal(vertical, Of(p => 31 - p.X < 10 ? 0 : 255), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal(vertical, Of(p => p.X < 10 ? 0 : 100), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.NotEqual(vertical, Of(p => p.Y < 10 ? 0 : 255));

        float[] Of(Func<(int X, int Y), int> shade)
        {
            byte[] pixels = [.. Enumerable.Range(0, 1024).Select(i => (byte)shade((i % 32, i / 32))).SelectMany(s => (byte[])[s, s, s, 255])];
            var picture = new Picture("", false, () => MLImage.CreateFromPixels(32, 32, MLPixelFormat.Rgba32, pixels));
            return Features(Fit(Featurizing.GradientHistograms(_ml)), [picture])[0];
        }
    }

    [Fact]
    public void Pictures_that_cannot_be_read_are_skipped_and_the_others_keep_their_features()
    {
        FillWithPhotographs(perClass: 40, "");
        Write([], "cat", "007.jpg");
        Write("no picture"u8.ToArray(), "dog", "011.jpg");
        Picture[] pictures = PictureFolder.LoadTest(FullName, _skipped);
        var done = 0;
        var featurizer = Fit(Featurizing.GradientHistograms(_ml));
        var examples = _ml.Featurize(featurizer, pictures, _skipped, () => Interlocked.Increment(ref done), CancellationToken.None);
        Assert.Equal((80, 78, 2), (done, examples.Pictures.Length, _skipped.Count));
        Assert.Equal([At("cat", "007.jpg"), At("dog", "011.jpg")], _skipped.Select(s => s.Path));
        Assert.Equal(pictures.Where(p => _skipped.All(s => s.Path != p.Name)), examples.Pictures);
        Assert.Equal(examples.Pictures.Select(p => p.Label), examples.Rows.GetColumn<string>("Label"));
        // One by one they come out the same.
        Assert.Equal(Features(featurizer, [examples.Pictures[20]])[0], examples.Rows.GetColumn<float[]>("Features").ElementAt(20));

        var message = Assert.Throws<UserException>(
            () => _ml.Featurize(featurizer, [.. pictures.Where(p => !p.IsDog)], [], () => { }, CancellationToken.None)).Message;
        Assert.StartsWith("There is no usable picture of a dog among 40", message, StringComparison.Ordinal);
        Assert.ThrowsAny<OperationCanceledException>(
            () => _ml.Featurize(featurizer, pictures, [], () => { }, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Thumbnails_are_small_PNGs()
    {
        using var image = PictureFile.Read(Write(Quarters(400, 200), "a.jpg"));
        using var thumbnail = SKBitmap.Decode(PictureFile.Thumbnail(image));
        Assert.Equal((96, 48), (thumbnail.Width, thumbnail.Height));
        Assert.True(thumbnail.GetPixel(20, 10) is { Red: > 250, Green: < 5, Blue: < 5 });
        using var drawn = DrawnPictures.Draw(1, Series.Train, 1)[0].Open();
        Assert.Equal(32, SKBitmap.Decode(PictureFile.Thumbnail(drawn)).Width);
    }

    private ITransformer Fit(IEstimator<ITransformer> featurizer)
    {
        _fitted.Add(featurizer.Fit(_ml.NoPictures()));
        return _fitted[^1];
    }

    private float[][] Features(ITransformer featurizer, Picture[] pictures) =>
        [.. _ml.Ask(featurizer, "Features", pictures, _skipped, () => { }, CancellationToken.None).Rows.GetColumn<float[]>("Features")];
}
