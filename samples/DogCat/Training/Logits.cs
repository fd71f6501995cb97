using DogCat.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace DogCat.Training;

/// <summary>
/// The logits of a linear model. Its Score column holds probabilities, which as numbers of 32 bits are exactly 0 where the logits are 104 nats
/// or more apart: the log-loss of such a row would be infinite. From the logits it is what it is.
/// </summary>
public static class Logits
{
    /// <summary><c>z_k = w_k x + b_k</c> of each row, summed in 64 bits; x is the column Features as the model takes it.</summary>
    public static float[][] Of(MulticlassPredictionTransformer<MaximumEntropyModelParameters> model, IDataView features)
    {
        VBuffer<float>[] buffers = [];
        model.Model.GetWeights(ref buffers, out _);
        float[][] weights = [.. buffers.Select(w => w.DenseValues().ToArray())];
        float[] biases = [.. model.Model.GetBiases()];
        return [.. features.GetColumn<float[]>(nameof(FeatureRow.Features)).Select(x => (float[])[.. weights.Select((w, k) => (float)(biases[k] + Dot(w, x)))])];
    }

    private static double Dot(float[] weights, float[] features)
    {
        double sum = 0;
        for (var i = 0; i < weights.Length; i++)
            sum += (double)weights[i] * features[i];
        return sum;
    }
}
