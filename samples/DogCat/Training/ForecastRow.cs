using Microsoft.ML.Data;

namespace DogCat.Training;

/// <summary>What a model says about one picture, and what is true, in the form in which all models can be compared.</summary>
public sealed class ForecastRow
{
    /// <summary>"cat" or "dog".</summary>
    public string Label { get; set; } = "";

    /// <summary>How much of a cat and how much of a dog it is by its soft label; empty where there is none.</summary>
    [VectorType(2)]
    public float[] Target { get; set; } = [];

    /// <summary>The model's probabilities of cat and dog, or their logits.</summary>
    [VectorType(2)]
    public float[] Score { get; set; } = [];
}
