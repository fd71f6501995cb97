using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;

namespace Microsoft.ML.Data;

public sealed class ImageLoadingEstimator : TrivialEstimator<ImageLoadingTransformer>
{
    internal ImageLoadingEstimator(IHostEnvironment env, string imageFolder, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(ImageLoadingEstimator)), new ImageLoadingTransformer(env, imageFolder, columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => SchemaShapes.Add(inputSchema, Transformer.ColumnPairs.Select(pair =>
        {
            SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", pair.inputColumnName);
            if (input.ItemType is not TextDataViewType || input.Kind != SchemaShape.Column.VectorKind.Scalar)
                throw Check.ColumnMismatch(nameof(inputSchema), "input", pair.inputColumnName, TextDataViewType.Instance.ToString(), input.GetTypeString());
            return new SchemaShape.Column(pair.outputColumnName, SchemaShape.Column.VectorKind.Scalar, new ImageDataViewType(), false);
        }));
}
