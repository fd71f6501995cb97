using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

/// <summary>Makes vectors of numbers from pictures of a known size.</summary>
public sealed class ImagePixelExtractingTransformer : OneToOneTransformerBase
{
    private readonly PixelExtraction _extraction;

    internal ImagePixelExtractingTransformer(IHostEnvironment env, string outputColumnName, string inputColumnName, PixelExtraction extraction)
        : base(env.Register(nameof(ImagePixelExtractingTransformer)), (outputColumnName, inputColumnName ?? outputColumnName)) => _extraction = extraction;

    private ImagePixelExtractingTransformer(IHostEnvironment env, (string outputColumnName, string inputColumnName)[] columns, PixelExtraction extraction)
        : base(env.Register(nameof(ImagePixelExtractingTransformer)), columns) => _extraction = extraction;

    /// <summary>float or byte.</summary>
    internal PrimitiveDataViewType ItemType => _extraction.AsFloat ? NumberDataViewType.Single : NumberDataViewType.Byte;

    internal static ImagePixelExtractingTransformer Load(ModelLoadContext ctx)
    {
        (string, string)[] columns = LoadColumns(ctx.Reader);
        return new ImagePixelExtractingTransformer(ctx.Environment, columns, PixelExtraction.Load(ctx.Reader));
    }

    private protected override DataViewSchema.DetachedColumn MakeOutputColumn(DataViewSchema.Column input, int pair)
    {
        string name = ColumnPairs[pair].inputColumnName;
        if (input.Type is not ImageDataViewType image)
            throw Check.ColumnMismatch("inputSchema", "input", name, "image", input.Type.ToString());
        if (image.Height <= 0 || image.Width <= 0)
            throw Check.ColumnMismatch("inputSchema", "input", name, "known-size image", "unknown-size image");
        return new(ColumnPairs[pair].outputColumnName, new VectorDataViewType(ItemType, _extraction.Dimensions(image.Height, image.Width)));
    }

    private protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column input, int pair)
    {
        var type = (ImageDataViewType)input.Type;
        ValueGetter<MLImage> getImage = row.GetGetter<MLImage>(input);
        return _extraction.AsFloat
            ? MakeGetter<float>(getImage, type, (image, values) => _extraction.Write(image, values))
            : MakeGetter<byte>(getImage, type, (image, values) => _extraction.Write(image, values));
    }

    private protected override void SaveModel(ModelSaveContext ctx)
    {
        BinaryWriter writer = ctx.Begin(ModelKinds.ExtractPixels);
        SaveColumns(writer);
        _extraction.Save(writer);
    }

    private ValueGetter<VBuffer<T>> MakeGetter<T>(ValueGetter<MLImage> getImage, ImageDataViewType type, Action<MLImage, Span<T>> write)
    {
        MLImage image = null;
        int length = type.Height * type.Width * _extraction.Planes;
        return (ref VBuffer<T> vector) =>
        {
            getImage(ref image);
            // A row without a picture is all zeros.
            VBufferEditor<T> editor = VBufferEditor.Create(ref vector, length, image is null ? 0 : length);
            if (image is not null)
            {
                if (image.Height != type.Height || image.Width != type.Width)
                    throw new InvalidOperationException($"An image of {image.Width} x {image.Height} pixels in a column of {type.Width} x {type.Height}.");
                write(image, editor.Values);
            }
            vector = editor.Commit();
        };
    }
}
