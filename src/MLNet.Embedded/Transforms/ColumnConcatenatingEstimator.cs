using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

public sealed class ColumnConcatenatingEstimator : IEstimator<ColumnConcatenatingTransformer>
{
    private readonly IHost _host;
    private readonly string _name;
    private readonly string[] _sources;

    internal ColumnConcatenatingEstimator(IHostEnvironment env, string outputColumnName, params string[] inputColumnNames)
    {
        _host = env.Register(nameof(ColumnConcatenatingEstimator));
        Check.NonEmpty(outputColumnName);
        Check.Param(inputColumnNames is { Length: > 0 }, nameof(inputColumnNames), "none", "must name at least one column");
        Check.Param(!inputColumnNames.Any(string.IsNullOrEmpty), nameof(inputColumnNames), "one that is null or empty", "must all be non-empty strings");
        _name = outputColumnName;
        _sources = inputColumnNames;
    }

    public ColumnConcatenatingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ColumnConcatenatingTransformer(_host, _name, _sources);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        SchemaShape.Column[] inputs = Array.ConvertAll(_sources, name => SchemaShapes.Find(inputSchema, "input", name));
        foreach (SchemaShape.Column input in inputs)
        {
            if (input.IsKey)
                throw new InvalidOperationException($"Column '{input.Name}' is key. Concatenation of keys is unsupported.");
            if (!input.ItemType.Equals(inputs[0].ItemType))
            {
                throw new InvalidOperationException(
                    $"Concatenated columns should have the same type. Column '{input.Name}' has type of {input.ItemType}, but expected column type is {inputs[0].ItemType}.");
            }
        }

        var annotations = new List<SchemaShape.Column>();
        if (inputs.All(input => input.Annotations.TryFindColumn(AnnotationKinds.IsNormalized, out _)))
            annotations.Add(SchemaShapes.IsNormalized);
        if (inputs.Any(input => input.Kind == SchemaShape.Column.VectorKind.Scalar || input.Annotations.TryFindColumn(AnnotationKinds.SlotNames, out _)))
            annotations.Add(SchemaShapes.SlotNames);
        SchemaShape.Column.VectorKind kind = inputs.Any(input => input.Kind == SchemaShape.Column.VectorKind.VariableVector)
            ? SchemaShape.Column.VectorKind.VariableVector
            : SchemaShape.Column.VectorKind.Vector;
        return SchemaShapes.Add(inputSchema, new SchemaShape.Column(_name, kind, inputs[0].ItemType, false, new SchemaShape(annotations)));
    }
}
