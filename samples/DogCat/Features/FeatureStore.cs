using System.Collections.Concurrent;
using PictureFiles;

namespace DogCat.Features;

/// <summary>Computes the features of each picture once and remembers them, on disk too where it is given a file.</summary>
public sealed class FeatureStore(PictureFeatures features, FeatureFile? file = null)
{
    private readonly ConcurrentDictionary<UInt128, float[]> _known = new();

    /// <summary>What is computed.</summary>
    public PictureFeatures Features => features;

    /// <summary>The features of one picture of <see cref="PictureFeatures.Side"/> pixels a side; the array is shared and must not be written to.</summary>
    public float[] Of(Picture picture) => _known.GetOrAdd(PictureKey.Of(picture), static (_, of) => of.features.Of(of.picture), (features, picture));

    /// <summary>
    /// Has the features of all <paramref name="pictures"/> at hand: from the file, or else computed on all processors.
    /// <paramref name="done"/> is called once for each.
    /// </summary>
    /// <returns>What came of the file; null without one.</returns>
    public FeatureFileReport? Fill(IReadOnlyList<Picture> pictures, Action done, CancellationToken cancellation = default)
    {
        var wanted = new Dictionary<UInt128, Picture>();
        foreach (var picture in pictures)
            wanted[PictureKey.Of(picture)] = picture;
        var report = file?.Read((key, values) =>
        {
            if (wanted.Remove(key))
                _known[key] = values;
        });
        for (var known = pictures.Count - wanted.Count; known > 0; known--)
            done();
        Parallel.ForEach(wanted, new ParallelOptions { CancellationToken = cancellation }, item =>
        {
            _known[item.Key] = features.Of(item.Value);
            done();
        });
        return wanted.Count == 0 ? report : file?.Append(report!, [.. wanted.Keys.Select(key => (key, _known[key]))]);
    }
}
