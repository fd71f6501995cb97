using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Brings pictures to one size.</summary>
public sealed class ImageResizingTransformer : OneToOneTransformerBase
{
    private readonly ImageResizer _resizer;

    internal ImageResizingTransformer(IHostEnvironment env, string outputColumnName, string inputColumnName, ImageResizer resizer)
        : base(env.Register(nameof(ImageResizingTransformer)), (outputColumnName, inputColumnName ?? outputColumnName)) => _resizer = resizer;

    private ImageResizingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, ImageResizer resizer)
        : base(env.Register(nameof(ImageResizingTransformer)), columns) => _resizer = resizer;

    /// <summary>Pictures of the size asked for.</summary>
    internal ImageDataViewType OutputType => new(_resizer.Height, _resizer.Width);

    internal static ImageResizingTransformer Load(ModelLoadContext ctx)
    {
        (string, string)[] columns = LoadColumns(ctx.Reader);
        BinaryReader reader = ctx.Reader;
        return new ImageResizingTransformer(ctx.Environment, columns, new ImageResizer(
            reader.ReadInt32(), reader.ReadInt32(), (ImageResizingEstimator.ResizingKind)reader.ReadByte(), (ImageResizingEstimator.Anchor)reader.ReadByte()));
    }

    private protected override DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair) => input.Type is ImageDataViewType
        ? new(ColumnPairs[pair].outputColumnName, OutputType)
        : throw Check.ColumnMismatch("inputSchema", "input", ColumnPairs[pair].inputColumnName, "image", input.Type.ToString());

    private protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair)
    {
        ValueGetter<MLImage> getSource = row.GetGetter<MLImage>(input);
        MLImage source = null;
        ValueGetter<MLImage> getter = (ref MLImage image) =>
        {
            image?.Dispose();
            getSource(ref source);
            image = source is null ? null : _resizer.Resize(source);
        };
        return getter;
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.ResizeImages);
        SaveColumns(writer);
        writer.Write(_resizer.Width);
        writer.Write(_resizer.Height);
        writer.Write((byte)_resizer.Kind);
        writer.Write((byte)_resizer.Anchor);
    }
}
