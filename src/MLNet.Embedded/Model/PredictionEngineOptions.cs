using Microsoft.ML.Data;

namespace Microsoft.ML;

public sealed class PredictionEngineOptions
{
    /// <summary>Whether a prediction's member may lack a column.</summary>
    public bool IgnoreMissingColumns = true;
    public SchemaDefinition InputSchemaDefinition;
    public SchemaDefinition OutputSchemaDefinition;

    /// <summary>Whether disposing of the engine disposes of the model.</summary>
    public bool OwnsTransformer = true;
}
