using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>What a prediction transformer asks of a multiclass model.</summary>
internal interface IMulticlassModel : ICanSaveModel
{
    int FeatureCount { get; }

    int ClassCount { get; }

    /// <summary>Writes one score a class.</summary>
    void Predict(in VBuffer<float> features, Span<float> scores);
}
