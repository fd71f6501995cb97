using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNet.CrossEntropy.MLNet;

/// <summary>What a linear classifier consists of, whichever of ML.NET's model types holds it: logits <c>z = W x + b</c>.</summary>
/// <param name="Weights">W, one vector of [features] for each logit.</param>
/// <param name="Biases">b, one for each logit.</param>
/// <param name="IsBinary">Whether the one logit is that of a positive class, and not the first of several classes.</param>
/// <param name="ClassNames">The names that the model itself knows; null when it knows none.</param>
internal sealed record LinearModel(float[][] Weights, float[] Biases, bool IsBinary, string[]? ClassNames)
{
    /// <summary>The number of features.</summary>
    public int Features => Weights[0].Length;

    /// <summary>
    /// The linear classifier that <paramref name="parameters"/> are, or null. Platt's sigmoid <c>1 / (1 + exp(slope s + offset))</c>
    /// is folded into the weights, whose logit is then <c>-slope s - offset</c>.
    /// </summary>
    public static LinearModel? Of(object parameters) => parameters switch
    {
        LinearMulticlassModelParametersBase model => OfClasses(model),
        LinearBinaryModelParameters model => new([[.. model.Weights]], [model.Bias], IsBinary: true, ClassNames: null),
        CalibratedModelParametersBase { SubModel: LinearBinaryModelParameters model, Calibrator: PlattCalibrator platt } => Calibrated(model, platt),
        _ => null,
    };

    private static LinearModel OfClasses(LinearMulticlassModelParametersBase model)
    {
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out var classes);
        return new([.. weights.Take(classes).Select(row => row.DenseValues().ToArray())], [.. model.GetBiases()], IsBinary: false, NativeModels.LabelNamesOf(model));
    }

    private static LinearModel Calibrated(LinearBinaryModelParameters model, PlattCalibrator platt) => new(
        [[.. model.Weights.Select(weight => (float)(-platt.Slope * weight))]],
        [(float)(-platt.Slope * model.Bias - platt.Offset)],
        IsBinary: true,
        ClassNames: null);
}
