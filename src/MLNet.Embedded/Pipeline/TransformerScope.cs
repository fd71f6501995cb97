namespace Microsoft.ML.Data;

/// <summary>The uses of a chain that a transformer in it takes part in.</summary>
[Flags]
public enum TransformerScope
{
    None = 0,
    Training = 1,
    Testing = 2,
    TrainTest = Training | Testing,
    Scoring = 4,
    Everything = Training | Testing | Scoring,
}
