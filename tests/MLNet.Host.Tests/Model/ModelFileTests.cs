using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Host.Tests;

public sealed class ModelFileTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_file_keeps_the_input_schema_and_its_annotations(bool inMemory)
    {
        SchemaDefinition definition = SchemaDefinition.Create(typeof(Row));
        var names = new VBuffer<ReadOnlyMemory<char>>(2, ["p".AsMemory(), "q".AsMemory()]);
        definition["Values"].AddAnnotation("SlotNames", names, new VectorDataViewType(TextDataViewType.Instance, 2));
        definition["Number"].AddAnnotation("IsNormalized", true, BooleanDataViewType.Instance);
        var schema = _ml.Data.LoadFromEnumerable([new Row()], definition).Schema;

        var model = SaveAndLoad(new TransformerChain<ITransformer>(), schema, inMemory, out var loaded);
        Assert.IsType<TransformerChain<ITransformer>>(model);
        Assert.Equal(schema.Select(column => column.ToString()), loaded.Select(column => column.ToString()));
        Assert.True(loaded["Number"].IsNormalized());
        VBuffer<ReadOnlyMemory<char>> loadedNames = default;
        loaded["Values"].GetSlotNames(ref loadedNames);
        Assert.Equal(["p", "q"], loadedNames.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void A_model_may_be_saved_without_a_schema_but_no_schema_without_a_model()
    {
        Assert.Empty((TransformerChain<ITransformer>)SaveAndLoad(new TransformerChain<ITransformer>(), null!, inMemory: true, out var schema));
        Assert.Null(schema);
        schema = _ml.Data.LoadFromEnumerable([new Row()]).Schema;
        Assert.ThrowsAny<Exception>(() => SaveAndLoad(null!, schema, inMemory: true, out _));
    }

    [Fact]
    public void The_stream_stays_open()
    {
        using var stream = new MemoryStream();
        _ml.Model.Save(new TransformerChain<ITransformer>(), null, stream);
        Assert.True(stream.CanRead);
        Assert.True(stream.Length > 0);
    }

    [Fact]
    public void Garbage_is_not_a_model()
    {
        Assert.ThrowsAny<Exception>(() => _ml.Model.Load(new MemoryStream("not a model"u8.ToArray()), out _));
        Assert.ThrowsAny<Exception>(() => _ml.Model.Load(Zip("unrelated.txt"), out _));
        File.WriteAllText(_path, "");
        Assert.ThrowsAny<Exception>(() => _ml.Model.Load(_path, out _));
        Assert.Throws<FileNotFoundException>(() => _ml.Model.Load(_path + ".none", out _));
    }

    [Fact]
    public void Neither_host_reads_the_others_files()
    {
        var packageModel = Zip("TrainingInfo/Version.txt", "TransformerChain/Model.key");
        var embeddedModel = Zip("EmbeddedHost/Format.txt", "EmbeddedHost/Model/Part");
        Assert.ThrowsAny<Exception>(() => _ml.Model.Load(packageModel, out _));
        Assert.Throws<InvalidOperationException>(() => _ml.Model.Load(embeddedModel, out _));
    }

    private static MemoryStream Zip(params string[] entries)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                using var writer = new StreamWriter(archive.CreateEntry(entry).Open());
                writer.Write("5.0.0");
            }
        }
        stream.Position = 0;
        return stream;
    }

    private ITransformer SaveAndLoad(ITransformer model, DataViewSchema inputSchema, bool inMemory, out DataViewSchema loaded)
    {
        if (!inMemory)
        {
            _ml.Model.Save(model, inputSchema, _path);
            return new MLContext().Model.Load(_path, out loaded);
        }
        using var stream = new MemoryStream();
        _ml.Model.Save(model, inputSchema, stream);
        stream.Position = 0;
        return new MLContext().Model.Load(stream, out loaded);
    }

    private sealed class Row
    {
        public float Number = 1;

        [KeyType(5)]
        public uint Key = 2;

        [VectorType(2)]
        public float[] Values = [1, 2];
    }
}
