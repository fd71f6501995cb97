using DogCat.Data;
using DogCat.Features;

namespace DogCat.Tests.Data;

public sealed class PictureFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_both_classes_of_both_splits()
    {
        _folder.FillWithPictures(perClass: 3);
        var data = PictureFolder.Load(_folder.FullName, () => { });
        Assert.Equal((3, 3), (data.Train.Cats, data.Train.Dogs));
        Assert.Equal((3, 3), (data.Test.Cats, data.Test.Dogs));
        Assert.Empty(data.Skipped);
        Assert.Null(data.Train.ProbabilityOfDog);
        Assert.All(data.Train.Items, i => Assert.Equal((PictureFeatures.Side, PictureFeatures.Side), (i.Picture.Width, i.Picture.Height)));
        Assert.All(data.Train.Items, i => Assert.Equal(i.Label, Path.GetFileName(Path.GetDirectoryName(i.Path))));
    }

    [Fact]
    public void What_cannot_be_used_is_named_and_skipped()
    {
        _folder.FillWithPictures(perClass: 3);
        var damaged = _folder.At("train", "dog", "001.png");
        File.WriteAllBytes(damaged, File.ReadAllBytes(damaged)[..200]);
        File.WriteAllText(_folder.At("test", "cat", "notes.txt"), "not a picture");
        File.WriteAllText(_folder.At("votes.csv"), "file,votes");
        _folder.Make("train", "bird");
        _folder.Make("test", "dog", "more");

        var data = PictureFolder.Load(_folder.FullName, () => { });

        Assert.Equal((3, 2), (data.Train.Cats, data.Train.Dogs));
        Assert.Equal((3, 3), (data.Test.Cats, data.Test.Dogs));
        SkippedFile[] expected =
        [
            new(_folder.At("votes.csv"), "not one of the folders train and test"),
            new(_folder.At("train", "bird"), "not one of the folders cat and dog"),
            new(damaged, "truncated PNG: the file ends too early"),
            new(_folder.At("test", "cat", "notes.txt"), "neither a PNG nor a JPEG picture (by its first bytes)"),
            new(_folder.At("test", "dog", "more"), "a folder within a class folder"),
        ];
        Assert.Equal(expected.ToHashSet(), data.Skipped.ToHashSet());
        Assert.Equal(expected.Length, data.Skipped.Count);
    }

    [Fact]
    public void A_missing_folder_is_refused_and_the_layout_told()
    {
        var nowhere = _folder.At("nowhere");
        var message = Assert.Throws<UserException>(() => PictureFolder.Load(nowhere, () => { })).Message;
        Assert.Equal($"There is no folder '{nowhere}'. The pictures are expected in DIR/train/cat, DIR/train/dog, DIR/test/cat and DIR/test/dog.", message);
    }

    [Fact]
    public void One_class_only_is_refused()
    {
        _folder.FillWithPictures(perClass: 2);
        Directory.Delete(_folder.At("train", "dog"), recursive: true);
        var message = Assert.Throws<UserException>(() => PictureFolder.Load(_folder.FullName, () => { })).Message;
        Assert.StartsWith($"There is no folder '{_folder.At("train", "dog")}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_usable_pictures_is_refused()
    {
        _folder.FillWithPictures(perClass: 1);
        var picture = _folder.At("test", "cat", "000.png");
        File.WriteAllBytes(picture, []);
        Assert.Equal(
            $"There is no usable picture in '{_folder.At("test", "cat")}' (the first of 1, '{picture}': the file is empty); both classes need some, for training and for testing.",
            Assert.Throws<UserException>(() => PictureFolder.Load(_folder.FullName, () => { })).Message);
        File.Delete(picture);
        Assert.Contains("(the folder is empty)", Assert.Throws<UserException>(() => PictureFolder.Load(_folder.FullName, () => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_file_is_counted_as_done()
    {
        _folder.FillWithPictures(perClass: 3);
        var done = 0;
        PictureFolder.Load(_folder.FullName, () => Interlocked.Increment(ref done));
        Assert.Equal(PictureFolder.CountFiles(_folder.FullName), done);
        Assert.Equal(12, done);
    }

    [Fact]
    public void Links_that_lead_nowhere_or_round_in_circles_are_named_and_skipped()
    {
        _folder.FillWithPictures(perClass: 2);
        var loop = _folder.At("train", "cat", "loop.png");
        var dangling = _folder.At("train", "cat", "gone.png");
        var up = _folder.At("train", "cat", "up");
        File.CreateSymbolicLink(loop, loop);
        File.CreateSymbolicLink(dangling, _folder.At("nothing"));
        Directory.CreateSymbolicLink(up, _folder.FullName);
        var data = PictureFolder.Load(_folder.FullName, () => { });
        Assert.Equal((2, 2), (data.Train.Cats, data.Train.Dogs));
        Assert.Equal([up, dangling, loop], data.Skipped.Select(s => s.Path));
        Assert.Equal("a folder within a class folder", data.Skipped[0].Reason);
        Assert.All(data.Skipped.Skip(1), s => Assert.StartsWith("the file cannot be read (", s.Reason, StringComparison.Ordinal));
    }

    [UnprivilegedFact]
    public void A_file_that_may_not_be_read_is_named_and_skipped()
    {
        _folder.FillWithPictures(perClass: 2);
        var secret = _folder.At("train", "cat", "000.png");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(secret, UnixFileMode.None);
        var data = PictureFolder.Load(_folder.FullName, () => { });
        Assert.Equal([new SkippedFile(secret, "the file cannot be read (UnauthorizedAccessException)")], data.Skipped);
    }

    [Fact]
    public void Pictures_to_evaluate_with_come_from_test_or_the_folder_itself()
    {
        _folder.FillWithPictures(perClass: 2);
        List<SkippedFile> skipped = [];
        var fromTest = PictureFolder.LoadTest(_folder.FullName, skipped, () => { });
        var itself = PictureFolder.LoadTest(_folder.At("test"), skipped, () => { });
        Assert.Equal(fromTest.Items.Select(i => i.Path), itself.Items.Select(i => i.Path));
        Assert.Empty(skipped);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        _folder.FillWithPictures(perClass: 2);
        Assert.ThrowsAny<OperationCanceledException>(() => PictureFolder.Load(_folder.FullName, () => { }, new CancellationToken(canceled: true)));
    }
}
