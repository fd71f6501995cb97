using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

public sealed class ImagePixelExtractingEstimator : TrivialEstimator<ImagePixelExtractingTransformer>
{
    internal ImagePixelExtractingEstimator(IHostEnvironment env, string outputColumnName, string inputColumnName, PixelExtraction extraction)
        : base(env.Register(nameof(ImagePixelExtractingEstimator)), new ImagePixelExtractingTransformer(env, outputColumnName, inputColumnName, extraction))
    {
    }

    /// <summary>Channels of a pixel.</summary>
    [Flags]
    public enum ColorBits : byte
    {
        Alpha = 0x01,
        Red = 0x02,
        Green = 0x04,
        Blue = 0x08,
        Rgb = Red | Green | Blue,
        All = Alpha | Red | Green | Blue,
    }

    /// <summary>In which order the channels come.</summary>
    public enum ColorsOrder : byte
    {
        ARGB = 1,
        ARBG = 2,
        ABRG = 3,
        ABGR = 4,
        AGRB = 5,
        AGBR = 6,
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => SchemaShapes.Add(inputSchema, Transformer.ColumnPairs.Select(pair =>
        {
            SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", pair.inputColumnName);
            if (input.ItemType is not ImageDataViewType || input.Kind != SchemaShape.Column.VectorKind.Scalar)
                throw Check.ColumnMismatch(nameof(inputSchema), "input", pair.inputColumnName, new ImageDataViewType().ToString(), input.GetTypeString());
            return new SchemaShape.Column(pair.outputColumnName, SchemaShape.Column.VectorKind.Vector, Transformer.ItemType, false);
        }));
}
