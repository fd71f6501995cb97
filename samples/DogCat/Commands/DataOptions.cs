namespace DogCat.Commands;

/// <summary>Which pictures.</summary>
/// <param name="Images">A folder of photographs; null draws pictures.</param>
/// <param name="Count">How many pictures to draw for training; half as many more are drawn for testing.</param>
/// <param name="Seed">Which series of pictures to draw, and which patches to cut.</param>
/// <param name="Cache">The folder that keeps the features of photographs; null computes them each time.</param>
public sealed record DataOptions(string? Images, int Count, int Seed, string? Cache)
{
    /// <summary>Refuses before the work what would fail after it.</summary>
    /// <exception cref="UserException">Too few pictures.</exception>
    public void Check()
    {
        if (Count < 20)
            throw new UserException($"--pictures is {Count}; at least 20 are needed to train on");
    }
}
