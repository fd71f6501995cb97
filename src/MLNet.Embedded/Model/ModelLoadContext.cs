using System.IO.Compression;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>One part of a model file being read; see <see cref="ModelSaveContext"/>.</summary>
internal sealed class ModelLoadContext
{
    private readonly ZipArchive _archive;
    private readonly string _directory;

    private ModelLoadContext(IHostEnvironment environment, ZipArchive archive, string directory, BinaryReader reader)
    {
        Environment = environment;
        Reader = reader;
        _archive = archive;
        _directory = directory;
    }

    internal IHostEnvironment Environment { get; }

    /// <summary>What the part wrote after its kind.</summary>
    internal BinaryReader Reader { get; }

    internal static T LoadModel<T>(IHostEnvironment environment, ZipArchive archive, string directory)
    {
        string path = ModelFile.PartEntry(directory);
        ZipArchiveEntry entry = archive.GetEntry(path) ?? throw new FormatException($"The model file lacks its part '{path}'.");
        using var reader = new BinaryReader(entry.Open(), Encoding.UTF8);
        string kind = reader.ReadString();
        object model = ModelKinds.Loader(kind)(new ModelLoadContext(environment, archive, directory, reader));
        return model is T typed ? typed : throw new FormatException($"The model file's part '{path}' is a {model.GetType()}, not a {typeof(T)}.");
    }

    internal T LoadModel<T>(string name) => LoadModel<T>(Environment, _archive, $"{_directory}/{name}");
}
