using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms.Image;

public sealed class ImageResizingEstimator : TrivialEstimator<ImageResizingTransformer>
{
    internal ImageResizingEstimator(IHostEnvironment env, string outputColumnName, string inputColumnName, ImageResizer resizer)
        : base(env.Register(nameof(ImageResizingEstimator)), new ImageResizingTransformer(env, outputColumnName, inputColumnName, resizer))
    {
    }

    /// <summary>What to do with pictures of another shape.</summary>
    public enum ResizingKind : byte
    {
        /// <summary>All of the picture, with black beside it.</summary>
        IsoPad = 0,

        /// <summary>As much of the picture as fills the new shape.</summary>
        IsoCrop = 1,

        /// <summary>All of the picture, stretched; without averaging.</summary>
        Fill = 2,
    }

    /// <summary>Which part of the picture stays when it is cropped.</summary>
    public enum Anchor : byte
    {
        Right = 0,
        Left = 1,
        Top = 2,
        Bottom = 3,
        Center = 4,
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => SchemaShapes.Add(inputSchema, Transformer.ColumnPairs.Select(pair =>
        {
            SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", pair.inputColumnName);
            if (input.ItemType is not ImageDataViewType || input.Kind != SchemaShape.Column.VectorKind.Scalar)
                throw Check.ColumnMismatch(nameof(inputSchema), "input", pair.inputColumnName, new ImageDataViewType().ToString(), input.GetTypeString());
            return new SchemaShape.Column(pair.outputColumnName, SchemaShape.Column.VectorKind.Scalar, Transformer.OutputType, false);
        }));
}
