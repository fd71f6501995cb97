namespace DogCat.Tests;

public sealed class FolderTests : TemporaryFolder
{
    private const string Header = "file,label,votes_cat,votes_dog,votes_other";

    private readonly List<SkippedFile> _skipped = [];

    private string Votes => At(PictureFolder.VotesFile);

    [Fact]
    public void Both_classes_of_both_sets_are_found_and_what_does_not_belong_is_named()
    {
        FillWithPhotographs(perClass: 3, "train", "test");
        File.WriteAllText(At("notes.txt"), "");
        Make("train", "bird");
        Make("test", "dog", "more");
        (var train, var test) = PictureFolder.Load(FullName, seed: 1, _skipped);
        Assert.All((Picture[][])[train, test], set => Assert.Equal([false, false, false, true, true, true], set.Select(p => p.IsDog)));
        Assert.All(train.Concat(test), p => Assert.Equal(p.Label, Path.GetFileName(Path.GetDirectoryName(p.Name))));
        Assert.Equal(
            [
                new SkippedFile(At("notes.txt"), "not one of train and test"),
                new SkippedFile(At("train", "bird"), "not one of cat and dog and human-votes.csv"),
                new SkippedFile(At("test", "dog", "more"), "a folder within a class folder"),
            ],
            _skipped);
        Assert.Equal(test.Select(p => p.Name), PictureFolder.LoadTest(FullName, _skipped).Select(p => p.Name));
        Assert.Equal(test.Select(p => p.Name), PictureFolder.LoadTest(At("test"), _skipped).Select(p => p.Name));
    }

    [Fact]
    public void One_folder_is_split_by_the_seed_class_by_class()
    {
        FillWithPhotographs(perClass: 10, "");
        (var train, var test) = PictureFolder.Load(FullName, seed: 1, _skipped);
        Assert.Equal(
            (8, 8, 2, 2), (train.Count(p => !p.IsDog), train.Count(p => p.IsDog), test.Count(p => !p.IsDog), test.Count(p => p.IsDog)));
        Assert.Equal(20, train.Concat(test).Select(p => p.Name).Distinct().Count());
        Assert.Equal(test.Select(p => p.Name), PictureFolder.Load(FullName, seed: 1, _skipped).Test.Select(p => p.Name));
        Assert.NotEqual(test.Select(p => p.Name), PictureFolder.Load(FullName, seed: 2, _skipped).Test.Select(p => p.Name));
    }

    [Fact]
    public void A_class_that_is_missing_or_empty_is_refused()
    {
        FillWithPhotographs(perClass: 1, "train", "test");
        Directory.Delete(At("test", "dog"), recursive: true);
        var message = Assert.Throws<UserException>(() => PictureFolder.Load(FullName, 1, _skipped)).Message;
        Assert.Equal($"There is no folder '{At("test", "dog")}'. Photographs are expected in DIR/train/{{cat,dog}} and " +
            $"DIR/test/{{cat,dog}}, or in DIR/{{cat,dog}}.", message);
        Make("test", "dog");
        message = Assert.Throws<UserException>(() => PictureFolder.Load(FullName, 1, _skipped)).Message;
        Assert.StartsWith($"There is no picture in '{At("test", "dog")}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Votes_belong_to_the_pictures_they_name()
    {
        FillWithPhotographs(perClass: 2, "train", "test");
        // Nobody took the last one for a cat or a dog.
        File.WriteAllLines(At("test", PictureFolder.VotesFile),
            [Header, "test/cat/001.jpg,cat,40,10,1", "test/dog/000.jpg,dog,0,51,0", "test/dog/001.jpg,dog,0,0,51"]);
        (var train, var test) = PictureFolder.Load(FullName, 1, _skipped);
        Assert.Equal([null, 0.2, 1, null], test.Select(p => p.ProbabilityOfDog));
        // The same where the folder has been put elsewhere.
        Assert.Equal([null, 0.2, 1, null], PictureFolder.LoadTest(At("test"), _skipped).Select(p => p.ProbabilityOfDog));
        Assert.Empty(_skipped);
        Assert.All(train, p => Assert.Null(p.ProbabilityOfDog));
    }

    [Fact]
    public void A_line_that_cannot_be_used_is_named()
    {
        Write([], "a.jpg");
        string[] malformed = ["a.jpg,cat,40,10", "a.jpg,cat,40,10,1,1", "a.jpg,cat,40,many,1", "a.jpg,cat,40,-1,1", ",cat,40,1,1",
            "a.jpg,cat,99999999999,1,1"];
        (string Line, string Reason)[] lines =
        [
            .. malformed.Select(line => (line, "line 3 does not hold a file, a label and three counts")),
            ("b.jpg,cat,40,1,1", "line 3 names 'b.jpg', which is not there"),
            ("b\0.jpg,cat,40,1,1", "line 3 names 'b\0.jpg', which is not there"),
        ];
        Assert.All(lines, one =>
        {
            _skipped.Clear();
            File.WriteAllLines(Votes, [Header, "", one.Line, "a.jpg,dog,1,3,3", "a.jpg,dog,9,9,9"]);
            Assert.Equal(0.75, PictureFolder.ReadVotes(Votes, _skipped).Single().Value);
            Assert.Equal([new SkippedFile(Votes, one.Reason), new SkippedFile(Votes, "line 5 names 'a.jpg' again")], _skipped);
        });
    }

    /// <summary>Any bytes: what can be read is, and the rest is named.</summary>
    [Fact]
    public void No_file_of_votes_ends_a_run()
    {
        Write([], "a.jpg");
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            string[] pieces = ["a.jpg,dog,1,3,3\n", ",", "\n", $"{random.NextInt64()}", $"{(char)random.Next(0x300)}", "../"];
            File.WriteAllText(Votes, $"{Header}\n" + string.Concat(random.GetItems(pieces, random.Next(200))));
            var votes = PictureFolder.ReadVotes(Votes, _skipped);
            Assert.All(votes.Values, share => Assert.True(share is null or (>= 0 and <= 1)));
        }
    }

    [Fact]
    public void Votes_are_as_many_as_they_like_and_another_file_of_that_name_is_named()
    {
        Write([], "a.jpg");
        File.WriteAllLines(Votes, [Header, "a.jpg,dog,2147483647,2147483647,2147483647"]);
        Assert.Equal(0.5, PictureFolder.ReadVotes(Votes, _skipped).Single().Value);
        Assert.Empty(_skipped);
        File.WriteAllText(Votes, "file,cats\na.jpg,1");
        Assert.Empty(PictureFolder.ReadVotes(Votes, _skipped));
        Assert.Equal([new SkippedFile(Votes, $"the first line is not '{Header}', so no vote is read")], _skipped);
        if (!File.Exists("/dev/zero"))
            return;
        // A file that never ends, one that leads to itself, and a folder.
        foreach (var make in (Func<string, object>[])
            [votes => File.CreateSymbolicLink(votes, "/dev/zero"), votes => File.CreateSymbolicLink(votes, votes), Directory.CreateDirectory])
        {
            File.Delete(Votes);
            _ = make(Votes);
            Assert.Empty(PictureFolder.ReadVotes(Votes, _skipped));
        }
        string[] reasons = ["the file is empty", "the file cannot be read (IOException)", "this is a folder"];
        Assert.Equal(reasons.Select(reason => $"{reason}, so no vote is read"), _skipped.Skip(1).Select(skipped => skipped.Reason));
    }

    [Fact]
    public void A_name_does_nothing_to_a_terminal() => Assert.Equal("a?[31m??\nb", Output.Plain("a\u001b[31m\0\r\nb"));
}
