using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(IHostEnvironment env, params (string outputColumnName, string inputColumnName)[] columns)
        : base(env.Register(nameof(KeyToValueMappingEstimator)), new KeyToValueMappingTransformer(env, columns))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
        => SchemaShapes.Add(inputSchema, Transformer.ColumnPairs.Select(pair =>
        {
            SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", pair.inputColumnName);
            if (!input.IsKey)
                throw Check.ColumnMismatch(nameof(inputSchema), "input", pair.inputColumnName, "KeyType", input.GetTypeString());
            if (!input.Annotations.TryFindColumn(AnnotationKinds.KeyValues, out SchemaShape.Column values))
                throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Input column '{pair.inputColumnName}' doesn't contain key values metadata");
            return new SchemaShape.Column(
                pair.outputColumnName, input.Kind, values.ItemType, values.IsKey, new SchemaShape(input.Annotation(AnnotationKinds.SlotNames)));
        }));
}
