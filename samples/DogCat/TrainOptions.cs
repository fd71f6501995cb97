namespace DogCat;

/// <summary>What to train on and where to put the model.</summary>
/// <param name="Images">A folder of photographs; null draws pictures.</param>
/// <param name="Pictures">How many pictures to draw for training; half as many more are drawn for testing.</param>
/// <param name="Seed">Which series of pictures to draw.</param>
/// <param name="Save">The file for the model; null saves none.</param>
public sealed record TrainOptions(string? Images, int Pictures, int Seed, string? Save)
{
    /// <summary>Refuses before the work what would fail after it.</summary>
    /// <exception cref="UserException">Too few pictures, or no folder to save into.</exception>
    public void Check()
    {
        if (Pictures < 20)
            throw new UserException($"--pictures is {Pictures}; at least 20 are needed to train on");
        if (Save is { } path && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserException($"--save {path}: there is no folder '{folder}'");
    }
}
