using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>Computes a column from another one by a formula such as <c>x : 1 / (1 + exp(-x))</c>, slot by slot where it is a vector.</summary>
public sealed class ExpressionEstimator : IEstimator<ExpressionTransformer>
{
    private readonly IHost _host;
    private readonly string _output;
    private readonly string _expression;
    private readonly string _input;

    internal ExpressionEstimator(IHostEnvironment env, string outputColumnName, string expression, string[] inputColumnNames)
    {
        _host = env.Register(nameof(ExpressionEstimator));
        if (inputColumnNames.Length != 1)
            throw new NotSupportedException($"The expression '{expression}' has {inputColumnNames.Length} input columns: the embedded ML.NET host computes with one.");
        _output = outputColumnName;
        _expression = expression;
        _input = inputColumnNames[0];
    }

    public ExpressionTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var transformer = new ExpressionTransformer(_host, _output, _expression, _input);
        // Only to throw if the input does not suit.
        _ = transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        SchemaShape.Column input = SchemaShapes.Find(inputSchema, "input", _input);
        PrimitiveDataViewType type = ExpressionTransformer.TypeOf(ExpressionParser.Parse(_expression));
        IEnumerable<SchemaShape.Column> slotNames = input.Kind == SchemaShape.Column.VectorKind.Scalar ? [] : input.Annotation(AnnotationKinds.SlotNames);
        return SchemaShapes.Add(inputSchema, new SchemaShape.Column(_output, input.Kind, type, false, new SchemaShape(slotNames)));
    }
}
