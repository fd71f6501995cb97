using DogCat.Training;

namespace DogCat.Commands;

/// <summary>What to train on, whom, and where to put the model.</summary>
/// <param name="Data">Which pictures.</param>
/// <param name="Contenders">Who is trained; the first one is saved.</param>
/// <param name="Ablation">Whether each family of features is tried alone and left out.</param>
/// <param name="Save">The file for the model; null saves none.</param>
public sealed record TrainOptions(DataOptions Data, IReadOnlyList<Contender> Contenders, bool Ablation, string? Save)
{
    /// <summary>Refuses before the work what would fail after it.</summary>
    /// <exception cref="UserException">Too few pictures, or no folder to save into.</exception>
    public void Check()
    {
        Data.Check();
        if (Save is { } path && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserException($"--save {path}: there is no folder '{folder}'");
    }
}
