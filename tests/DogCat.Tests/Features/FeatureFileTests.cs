using DogCat.Drawing;
using DogCat.Features;
using DogCat.Features.Patches;
using PictureFiles;

namespace DogCat.Tests.Features;

public sealed class FeatureFileTests : IDisposable
{
    private static readonly Picture[] Pictures = [.. DrawnPictures.Draw(seed: 5, first: 0, count: 6).Select(p => p.Picture)];
    private static readonly PictureFeatures Features = new(PatchLearning.Learn(Pictures, seed: 1));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_computed_once_is_read_the_next_time()
    {
        var first = Fill(Pictures);
        var second = Fill(Pictures);
        Assert.Equal((0, 0, null), (first.Read, first.Torn, first.Trouble));
        Assert.Equal((Pictures.Length, 0, null), (second.Read, second.Torn, second.Trouble));
        Assert.Equal(first.Path, Assert.Single(Directory.GetFiles(_folder.FullName)));
    }

    [Fact]
    public void New_pictures_are_added_and_equal_ones_kept_once()
    {
        Fill(Pictures[..2]);
        Assert.Equal(2, Fill([.. Pictures, Pictures[5]]).Read);
        Assert.Equal(Pictures.Length, Fill(Pictures).Read);
    }

    /// <summary>Cut off after so many bytes from the end, or with one byte changed there: the sound records before it are kept.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(5000, true)]
    [InlineData(1, false)]
    [InlineData(9000, false)]
    public void A_torn_record_is_noticed_and_computed_anew(int fromEnd, bool cut)
    {
        var path = Fill(Pictures).Path;
        var whole = File.ReadAllBytes(path);
        var torn = cut ? whole[..^fromEnd] : [.. whole];
        if (!cut)
            torn[^fromEnd] ^= 0x10;
        File.WriteAllBytes(path, torn);
        var report = Fill(Pictures);
        Assert.Equal(Pictures.Length - 1, report.Read);
        Assert.InRange(report.Torn, 1, whole.Length / Pictures.Length);
        Assert.Equal(whole.Length, new FileInfo(path).Length);
        Assert.Equal(Pictures.Length, Fill(Pictures).Read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(32)]
    public void A_file_without_its_beginning_is_written_anew(int length)
    {
        var path = Fill(Pictures).Path;
        File.WriteAllBytes(path, new byte[length]);
        var report = Fill(Pictures);
        Assert.Equal((0, length, null), (report.Read, (int)report.Torn, report.Trouble));
        Assert.Equal(Pictures.Length, Fill(Pictures).Read);
    }

    [Fact]
    public void Other_filters_have_a_file_of_their_own()
    {
        var other = new PictureFeatures(PatchLearning.Learn(Pictures, seed: 2));
        var path = Fill(Pictures).Path;
        var report = Fill(Pictures, other);
        Assert.Equal(0, report.Read);
        Assert.NotEqual(path, report.Path);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_told_and_the_features_are_there_all_the_same()
    {
        var file = _folder.At("not-a-folder");
        File.WriteAllText(file, "");
        var store = new FeatureStore(Features, new FeatureFile(file, Features));
        var report = store.Fill(Pictures, () => { });
        Assert.NotNull(report?.Trouble);
        Assert.Equal(Features.Of(Pictures[0]), store.Of(Pictures[0]));
    }

    [Fact]
    public void Each_picture_is_counted_as_done_known_or_not()
    {
        foreach (var _ in (int[])[1, 2])
        {
            var done = 0;
            new FeatureStore(Features, new FeatureFile(_folder.FullName, Features)).Fill([.. Pictures, Pictures[0]], () => Interlocked.Increment(ref done));
            Assert.Equal(Pictures.Length + 1, done);
        }
    }

    private FeatureFileReport Fill(Picture[] pictures, PictureFeatures? features = null)
    {
        features ??= Features;
        var store = new FeatureStore(features, new FeatureFile(_folder.FullName, features));
        var report = store.Fill(pictures, () => { });
        Assert.All(pictures, picture => Assert.Equal(features.Of(picture), store.Of(picture)));
        Assert.NotNull(report);
        return report;
    }
}
