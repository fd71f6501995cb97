using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.CrossEntropy.Tests.Shared;

/// <summary>Every trainer, the multi-label one too, over the columns of <see cref="LabelledRows"/>.</summary>
internal static class EveryTrainer
{
    private const string MultiLabel = "multi-label";

    public static IEnumerable<string> Keys => [.. AllTrainers.Keys, MultiLabel];

    public static TheoryData<string> Names => [.. Keys];

    /// <summary>Every trainer with its rows kept, and read anew.</summary>
    public static TheoryData<string, bool> NamesAndCache => NamesAnd(true, false);

    /// <summary>Every trainer with each of the values.</summary>
    public static TheoryData<string, T> NamesAnd<T>(params T[] values)
    {
        var pairs = new TheoryData<string, T>();
        foreach (var name in Keys)
        {
            foreach (var value in values)
                pairs.Add(name, value);
        }
        return pairs;
    }

    public static IEstimator<ITransformer> Create(string name, MLContext ml, Action<CrossEntropyTrainerOptions>? configure = null)
    {
        if (name != MultiLabel)
            return AllTrainers.Create(name, ml, configure);
        var options = new MultiLabelSigmoidCrossEntropyTrainer.Options { LabelColumnName = "Answers", L2Regularization = AllTrainers.L2 };
        configure?.Invoke(options);
        return ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(options);
    }

    public static ITransformer Fit(string name, IDataView data, Action<CrossEntropyTrainerOptions>? configure = null)
        => Create(name, new MLContext(seed: 1), configure).Fit(data);

    /// <summary>The penalty of <see cref="ToTheOptimum"/>.</summary>
    public const float L2AtTheOptimum = 0.05f;

    /// <summary>Configures a fit that ends at the strict optimum of a penalty that makes it unique.</summary>
    public static void ToTheOptimum(CrossEntropyTrainerOptions options)
        => (options.Solver, options.Tolerance, options.L2Regularization) = (Solver.Newton, 1e-7, L2AtTheOptimum);

    /// <summary>The logits of a trainer's model: one for each class, of the second class alone, or one for each answer.</summary>
    public static int Outputs(string name, int classes) => name == "sigmoid" ? 1 : classes;

    /// <summary>A model's parameters, <c>[W, b]</c>.</summary>
    public static float[] Parameters(ITransformer fitted) => AllTrainers.Parameters(Predictor(fitted));

    public static TrainingReport Report(ITransformer fitted) => TrainingReport.Of(Predictor(fitted))!;

    /// <summary>The probabilities of every row: of each class, of the second class alone, or of each answer.</summary>
    public static float[][] Probabilities(ITransformer fitted, IDataView data)
    {
        var scored = fitted.Transform(data);
        return scored.Schema.GetColumnOrNull("Probability")?.Type switch
        {
            null => [.. scored.GetColumn<float[]>("Score")],
            VectorDataViewType => [.. scored.GetColumn<float[]>("Probability")],
            _ => [.. scored.GetColumn<float>("Probability").Select(p => new[] { p })],
        };
    }

    private static IPredictionTransformer<object> Predictor(ITransformer fitted)
        => (IPredictionTransformer<object>)(fitted is TransformerChain<ITransformer> chain ? chain.First() : fitted);
}
