using DogCat.Training;

namespace DogCat.Commands;

/// <summary>What to train on, whom, and where to put the model.</summary>
/// <param name="Data">Which pictures.</param>
/// <param name="Contenders">Who is trained; the first one is saved.</param>
/// <param name="Ablation">Whether each family of features is tried alone and left out.</param>
/// <param name="SoftLabels">Whether training on soft labels is tried against hard ones.</param>
/// <param name="Save">The file for the model; null saves none.</param>
/// <param name="Report">The file for the report; null writes one only where a model is saved, beside it.</param>
public sealed record TrainOptions(DataOptions Data, IReadOnlyList<Contender> Contenders, bool Ablation, bool SoftLabels, string? Save, string? Report)
{
    /// <summary>Whether squared error is tried instead of cross-entropy, for its loss curve.</summary>
    public bool LossCurves { get; init; }

    /// <summary>Where the report goes; null writes none.</summary>
    public string? ReportPath => Report ?? (Save is null ? null : Path.ChangeExtension(Save, ".html"));

    /// <summary>Refuses before the work what would fail after it.</summary>
    /// <exception cref="UserException">Too few pictures, no folder to save into, one file for two things, or a contender whose model is not saved.</exception>
    public void Check()
    {
        Data.Check();
        OutputFile.Check("--save", Save);
        OutputFile.Check("--report", Report);
        if (Save is not null && Contenders.FirstOrDefault(c => !c.TakesFeatures) is { } other)
            throw new UserException($"--save {Save}: what this program saves and loads are models of features, and that of {other.Name} is none; name other --contenders, or leave out --save");
        if (Save is { } model && ReportPath is { } report && Path.GetFullPath(model) == Path.GetFullPath(report))
            throw new UserException($"--save {model}: the report would go into the same file; name another one with --report");
    }
}
