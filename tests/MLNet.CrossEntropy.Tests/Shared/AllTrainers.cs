using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Every trainer, over the columns of <see cref="Dataset"/>: a new line here is held to every invariant.</summary>
internal static class AllTrainers
{
    /// <summary>The penalty of fits that do not set one: to have it chosen would be another fit, and takes longer.</summary>
    public const float L2 = 0.002f;

    private static readonly Dictionary<string, Func<MLContext, Action<CrossEntropyTrainerOptions>,
        IEstimator<IPredictionTransformer<object>>>> Trainers = new()
        {
            ["softmax"] = (ml, configure) =>
            {
                var options = new SoftmaxCrossEntropyTrainer.Options
                {
                    LabelColumnName = nameof(Dataset.Example.ClassIndex),
                    L2Regularization = L2,
                };
                configure(options);
                return ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options);
            },
            ["sigmoid"] = (ml, configure) =>
            {
                var options = new SigmoidCrossEntropyTrainer.Options
                {
                    LabelColumnName = nameof(Dataset.Example.IsSecond),
                    L2Regularization = L2,
                };
                configure(options);
                return ml.BinaryClassification.Trainers.SigmoidCrossEntropy(options);
            },
        };

    public static IEnumerable<string> Keys => Trainers.Keys;

    public static TheoryData<string> Names => [.. Trainers.Keys];

    public static IEstimator<IPredictionTransformer<object>> Create(
        string name, MLContext ml, Action<CrossEntropyTrainerOptions>? configure = null)
        => Trainers[name](ml, configure ?? (_ => { }));

    /// <summary>A model's parameters, <c>[W, b]</c>.</summary>
    public static float[] Parameters(IPredictionTransformer<object> transformer) => transformer.Model switch
    {
        LinearMulticlassModelParametersBase model => [.. Weights(model).SelectMany(row => row.DenseValues()), .. model.GetBiases()],
        CalibratedModelParametersBase<LinearBinaryModelParameters, PlattCalibrator> model =>
            [.. model.SubModel.Weights, model.SubModel.Bias],
        _ => throw new NotSupportedException($"{transformer.Model}"),
    };

    /// <summary>The mean cross-entropy (nats) of the transformer's predictions for <paramref name="data"/>, in double.</summary>
    public static double LogLoss(ITransformer transformer, IDataView data)
    {
        var scored = transformer.Transform(data);
        if (scored.Schema["Score"].Type is VectorDataViewType)
        {
            uint[] keys = [.. scored.GetColumn<uint>(nameof(Dataset.Example.ClassIndex))];
            return scored.GetColumn<float[]>("Score").Select((score, i) => -Math.Log(score[keys[i] - 1])).Average();
        }
        bool[] positive = [.. scored.GetColumn<bool>(nameof(Dataset.Example.IsSecond))];
        return scored.GetColumn<float>("Score").Select((score, i) => Math.Log(1 + Math.Exp(positive[i] ? -score : score))).Average();
    }

    private static VBuffer<float>[] Weights(LinearMulticlassModelParametersBase model)
    {
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out _);
        return weights;
    }
}
