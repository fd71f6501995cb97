using Microsoft.ML;

namespace MLNet.CrossEntropy.MLNet;

internal sealed partial record TrainingColumns
{
    /// <summary>The columns of the same names and meaning in other data.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing there, or of another type or length.</exception>
    public TrainingColumns Matching(DataViewSchema otherSchema)
    {
        var other = Find(otherSchema, Features.Name, Label.Matching(otherSchema), Weight?.Name);
        return other.FeatureCount == FeatureCount
            ? other
            : throw Mismatch(nameof(otherSchema), "feature", other.Features, $"{Features.Type}, as in the training data", "Transform both alike");
    }
}
