using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class CustomMappingEstimator<TSrc, TDst> : TrivialEstimator<CustomMappingTransformer<TSrc, TDst>>
    where TSrc : class, new()
    where TDst : class, new()
{
    internal CustomMappingEstimator(
        IHostEnvironment env, Action<TSrc, TDst> mapAction, string contractName, SchemaDefinition inputSchemaDefinition, SchemaDefinition outputSchemaDefinition)
        : base(
            env.Register("CustomMappingEstimator"),
            new CustomMappingTransformer<TSrc, TDst>(mapAction, contractName, inputSchemaDefinition, outputSchemaDefinition))
    {
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        foreach (MemberColumn member in MemberColumn.Bind(typeof(TSrc), Transformer.InputDefinition, SchemaDefinition.Direction.Write))
        {
            SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", member.Name);
            SchemaShape.Column needed = SchemaShape.ShapeOf(member.Name, member.Type);
            bool kindFits = input.Kind == needed.Kind
                || (needed.Kind == SchemaShape.Column.VectorKind.VariableVector && input.Kind == SchemaShape.Column.VectorKind.Vector);
            if (!kindFits || !input.ItemType.Equals(needed.ItemType) || input.IsKey != needed.IsKey)
                throw Check.ColumnMismatch(nameof(inputSchema), "input", member.Name, member.Type.ToString(), input.GetTypeString());
        }

        return SchemaShapes.Add(inputSchema, SchemaShape.Create(Transformer.AddedColumns.Schema));
    }
}
