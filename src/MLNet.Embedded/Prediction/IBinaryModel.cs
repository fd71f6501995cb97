using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;

namespace Microsoft.ML.Trainers;

/// <summary>What a prediction transformer asks of a binary model.</summary>
internal interface IBinaryModel : ICanSaveModel
{
    int FeatureCount { get; }

    /// <summary>What makes a probability of a score; null when the model gives no probabilities.</summary>
    ICalibrator Calibrator { get; }

    float Predict(in VBuffer<float> features);
}
