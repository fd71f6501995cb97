using System.IO.Compression;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>
/// The embedded host's model file: a zip of a marker that says what it is, the input schema, and the parts of the model.
/// Its entries are named so that real ML.NET, finding none of its own, refuses it.
/// </summary>
internal static class ModelFile
{
    private const string Marker = "EmbeddedHost/Format.txt";
    private const string SchemaEntry = "EmbeddedHost/InputSchema";
    private const string ModelDirectory = "EmbeddedHost/Model";
    private const string Format = "Model of the embedded ML.NET host, format 1. Microsoft.ML cannot read it.";

    internal static string PartEntry(string directory) => $"{directory}/Part";

    internal static void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        using (var marker = new StreamWriter(archive.CreateEntry(Marker).Open(), Encoding.UTF8))
            marker.Write(Format);
        if (inputSchema != null)
        {
            using var writer = new BinaryWriter(archive.CreateEntry(SchemaEntry).Open(), Encoding.UTF8);
            writer.WriteSchema(inputSchema);
        }
        ModelSaveContext.SaveModel(archive, model, ModelDirectory);
    }

    internal static ITransformer Load(IHostEnvironment environment, Stream stream, out DataViewSchema inputSchema)
    {
        using ZipArchive archive = Open(stream);
        CheckMarker(archive);
        ZipArchiveEntry schema = archive.GetEntry(SchemaEntry);
        inputSchema = null;
        if (schema != null)
        {
            using var reader = new BinaryReader(schema.Open(), Encoding.UTF8);
            inputSchema = reader.ReadSchema();
        }
        return ModelLoadContext.LoadModel<ITransformer>(environment, archive, ModelDirectory);
    }

    private static ZipArchive Open(Stream stream)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException exception)
        {
            throw new FormatException("This is not a model file: it is not a zip archive.", exception);
        }
    }

    private static void CheckMarker(ZipArchive archive)
    {
        if (archive.GetEntry(Marker) is ZipArchiveEntry entry)
        {
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            string format = reader.ReadToEnd();
            if (format != Format)
                throw new FormatException($"This embedded model file is '{format}'; this host reads '{Format}'.");
            return;
        }
        // ML.NET may write either separator.
        bool isMicrosoftML = archive.Entries.Any(candidate => candidate.FullName.Replace('\\', '/').StartsWith("TrainingInfo/", StringComparison.Ordinal));
        throw isMicrosoftML
            ? new InvalidOperationException("This model was saved by Microsoft.ML; the embedded ML.NET host reads only its own model files. Load it with the package host.")
            : new FormatException("This zip archive is not a model of the embedded ML.NET host: it lacks its marker entry.");
    }
}
