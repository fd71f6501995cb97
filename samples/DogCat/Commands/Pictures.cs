using DogCat.Data;
using DogCat.Features;
using DogCat.Features.Patches;
using DogCat.Reporting;
using PictureFiles;

namespace DogCat.Commands;

/// <summary>The pictures that a command works on, and their features.</summary>
public static class Pictures
{
    /// <summary>Draws them, or reads a folder.</summary>
    /// <exception cref="UserException">The folder is not laid out as expected, or holds nothing usable.</exception>
    public static PictureData Get(DataOptions options, Report report, CancellationToken cancellation)
    {
        var data = options.Images is { } folder
            ? report.Working($"Reading the photographs in '{folder}' by {PictureReader.Means}", "pictures", PictureFolder.CountFiles(folder), done => PictureFolder.Load(folder, done, cancellation))
            : Draw(options, report, cancellation);
        report.Data(data);
        return data;
    }

    /// <summary>Draws them.</summary>
    public static PictureData Draw(DataOptions options, Report report, CancellationToken cancellation) => report.Working(
        FormattableString.Invariant($"Drawing {options.Count * 3 / 2:N0} pictures, seed {options.Seed}"), "pictures", options.Count * 3 / 2,
        done => DrawnData.Draw(options.Seed, train: options.Count, test: options.Count / 2, done, cancellation));

    /// <summary>Learns the patch filters from the training pictures and computes the features of all.</summary>
    public static FeatureStore ComputeFeatures(PictureData data, DataOptions options, Report report, CancellationToken cancellation)
    {
        var features = new PictureFeatures(PatchLearning.Learn(data.Train.Pictures, options.Seed));
        // Pictures drawn are as quickly drawn and measured again as read; only photographs are worth the space.
        var file = options is { Images: not null, Cache: { } folder } ? new FeatureFile(folder, features) : null;
        return Fill(new FeatureStore(features, file), [.. data.Train.Pictures, .. data.Test.Pictures], report, cancellation);
    }

    /// <summary>Computes the features of all pictures, those of the cache excepted.</summary>
    public static FeatureStore Fill(FeatureStore store, IReadOnlyList<Picture> pictures, Report report, CancellationToken cancellation)
    {
        var cache = report.Working(
            FormattableString.Invariant($"Computing {PictureFeatures.Count:N0} features of each"), "pictures", pictures.Count, done => store.Fill(pictures, done, cancellation));
        report.Features(store.Features, cache);
        return store;
    }
}
