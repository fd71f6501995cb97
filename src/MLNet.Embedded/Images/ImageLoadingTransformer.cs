using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

/// <summary>Reads the picture files that a column of paths names. A file that is missing or no picture ends the pass with an exception.</summary>
public sealed class ImageLoadingTransformer : OneToOneTransformerBase
{
    /// <summary>The folder that paths start from; null for the current one.</summary>
    public readonly string ImageFolder;

    internal ImageLoadingTransformer(IHostEnvironment env, string imageFolder, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(ImageLoadingTransformer)), columns)
    {
        if (string.IsNullOrEmpty(imageFolder))
            return;
        if (!Directory.Exists(imageFolder))
            throw new ArgumentException($"Directory \"{imageFolder}\" does not exist.");
        ImageFolder = Path.GetFullPath(imageFolder);
    }

    private ImageLoadingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, string imageFolder)
        : base(env.Register(nameof(ImageLoadingTransformer)), columns) => ImageFolder = imageFolder;

    // As in Microsoft.ML, a loaded model does not ask whether its folder is there before it reads from it.
    internal static ImageLoadingTransformer Load(ModelLoadContext ctx)
    {
        (string, string)[] columns = LoadColumns(ctx.Reader);
        string folder = ctx.Reader.ReadString();
        return new ImageLoadingTransformer(ctx.Environment, columns, folder.Length == 0 ? null : folder);
    }

    private protected override DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair) => input.Type is TextDataViewType
        ? new(ColumnPairs[pair].outputColumnName, new ImageDataViewType())
        : throw Check.ColumnMismatch("inputSchema", "input", ColumnPairs[pair].inputColumnName, TextDataViewType.Instance.ToString(), input.Type.ToString());

    private protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair)
    {
        ValueGetter<ReadOnlyMemory<char>> getPath = row.GetGetter<ReadOnlyMemory<char>>(input);
        ReadOnlyMemory<char> name = default;
        ValueGetter<MLImage> getter = (ref MLImage image) =>
        {
            image?.Dispose();
            image = null;
            getPath(ref name);
            if (name.IsEmpty)
                return;
            string path = ImageFolder is null ? name.ToString() : Path.Combine(ImageFolder, name.ToString());
            image = MLImage.CreateFromStream(new MemoryStream(File.ReadAllBytes(path)));
            image.Tag = path;
        };
        return getter;
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.LoadImages);
        SaveColumns(writer);
        writer.Write(ImageFolder ?? "");
    }
}
