using System.IO.Compression;
using System.Text;

namespace Microsoft.ML;

/// <summary>One part of a model file being written: an object says of which kind it is, writes itself, and saves its own parts below it.</summary>
public sealed class ModelSaveContext : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly string _directory;
    private readonly MemoryStream _content = new();
    private readonly BinaryWriter _writer;

    private ModelSaveContext(ZipArchive archive, string directory)
    {
        _archive = archive;
        _directory = directory;
        _writer = new BinaryWriter(_content, Encoding.UTF8, leaveOpen: true);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _content.Dispose();
    }

    /// <summary>Saves <paramref name="model"/> under <paramref name="directory"/> of the archive.</summary>
    internal static void SaveModel(ZipArchive archive, ICanSaveModel model, string directory)
    {
        using var context = new ModelSaveContext(archive, directory);
        model.Save(context);
        context._writer.Flush();
        if (context._content.Length == 0)
            throw new NotSupportedException($"The embedded ML.NET host cannot save a {model.GetType()}: it wrote nothing.");
        using Stream entry = archive.CreateEntry(ModelFile.PartEntry(directory)).Open();
        context._content.WriteTo(entry);
    }

    /// <summary>Starts this part; <paramref name="kind"/> is the name of its loader in <see cref="ModelKinds"/>.</summary>
    internal BinaryWriter Begin(string kind)
    {
        _writer.Write(kind);
        return _writer;
    }

    internal void SaveModel(ICanSaveModel model, string name) => SaveModel(_archive, model, $"{_directory}/{name}");
}
