using PictureFiles;

namespace DogCat.Features;

/// <summary>Numbers of one kind computed from a 32 x 32 picture.</summary>
public interface IFeatureFamily
{
    /// <summary>What the numbers are, in a word or two.</summary>
    string Name { get; }

    /// <summary>How many numbers.</summary>
    int Count { get; }

    /// <summary>Computes them into <paramref name="features"/>, <see cref="Count"/> long.</summary>
    void Compute(Picture picture, Span<float> features);
}
