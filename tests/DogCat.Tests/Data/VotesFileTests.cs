using DogCat.Data;

namespace DogCat.Tests.Data;

public sealed class VotesFileTests : IDisposable
{
    private const string Header = "file,label,votes_cat,votes_dog,votes_other";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Votes_belong_to_the_pictures_they_name()
    {
        _folder.FillWithPictures(perClass: 3);
        File.WriteAllLines(_folder.At("test", VotesFile.Name), [Header, "test/cat/001.png,cat,40,10,1", "test/dog/002.png,dog,0,0,51", "test/dog/nobody.png,dog,1,1,1"]);
        var data = PictureFolder.Load(_folder.FullName, () => { });
        Assert.Equal([new SkippedFile(_folder.At("test", VotesFile.Name), "line 4 names 'test/dog/nobody.png', which is not there")], data.Skipped);
        Assert.Equal(
            [null, new Votes(40, 10, 1), null, null, null, new Votes(0, 0, 51)],
            data.Test.Items.Select(i => i.Votes));
        Assert.Equal([null, 0.2, null, null, null, null], data.Test.Items.Select(i => i.SoftLabel));
        Assert.All(data.Train.Items, i => Assert.Null(i.Votes));

        // The same where the test pictures are the whole folder, whether their names begin there or above.
        foreach (var name in (string[])["cat/001.png", "test/cat/001.png"])
        {
            File.WriteAllLines(_folder.At("test", VotesFile.Name), [Header, $"{name},cat,40,10,1"]);
            List<SkippedFile> skipped = [];
            var test = PictureFolder.LoadTest(_folder.At("test"), skipped, () => { });
            Assert.Equal(new Votes(40, 10, 1), test.Items.Single(i => i.Votes is not null).Votes);
            Assert.Empty(skipped);
        }
    }

    [Theory]
    [InlineData("test/cat/001.png,cat,40,10")]
    [InlineData("test/cat/001.png,cat,40,10,1,1")]
    [InlineData("test/cat/001.png,cat,40,many,1")]
    [InlineData("test/cat/001.png,cat,40,-1,1")]
    [InlineData(",cat,40,1,1")]
    public void A_line_that_cannot_be_used_is_named(string line)
    {
        var path = _folder.At(VotesFile.Name);
        File.WriteAllText(_folder.At("a.png"), "");
        File.WriteAllLines(path, [Header, "", line, "a.png,dog,1,2,3"]);
        List<SkippedFile> skipped = [];
        Assert.Equal(new Votes(1, 2, 3), VotesFile.Read(path, _folder.FullName, skipped).Single().Value);
        Assert.Equal([new SkippedFile(path, "line 3 does not hold a file, a label and three counts")], skipped);
    }

    [Fact]
    public void Another_file_of_that_name_and_a_second_line_for_a_picture_are_named()
    {
        var path = _folder.At(VotesFile.Name);
        List<SkippedFile> skipped = [];
        File.WriteAllText(_folder.At("a.png"), "");
        File.WriteAllText(path, "file,cats\na.png,1");
        Assert.Empty(VotesFile.Read(path, _folder.FullName, skipped));
        File.WriteAllLines(path, [Header, "a.png,dog,1,2,3", "a.png,dog,3,2,1"]);
        Assert.Equal(new Votes(1, 2, 3), VotesFile.Read(path, _folder.FullName, skipped).Single().Value);
        Assert.Equal([$"the first line is not '{Header}', so no vote is read", "line 3 names 'a.png' again"], skipped.Select(s => s.Reason));
    }
}
