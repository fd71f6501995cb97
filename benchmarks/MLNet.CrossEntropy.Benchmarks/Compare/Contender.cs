using Microsoft.ML;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>A trainer in the comparison: how it is called, and how it is fitted.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Fit">Fits it.</param>
/// <param name="L2">The penalty of its objective, mean loss + l2/2 ||W||^2; null where it minimises another one.</param>
internal sealed record Contender(string Name, Func<IDataView, ITransformer> Fit, double? L2 = null)
{
    /// <summary>
    /// ML.NET's own trainers first, the slowest of them setting the pace; then ours as anybody gets it, and ours told to
    /// stop as soon as it is good enough.
    /// </summary>
    public static IEnumerable<Contender> For(MLContext ml, string data) => data == "a9a" ? Binary(ml)
        : Multiclass(ml, data == "fashion-mnist");

    private static IEnumerable<Contender> Binary(MLContext ml)
    {
        const string Label = nameof(Example.IsPositive);
        const float l2 = 1f / 32_561;
        var trainers = ml.BinaryClassification.Trainers;
        yield return new(
            "LbfgsLogisticRegression L1=0 L2=1", trainers.LbfgsLogisticRegression(Label, l1Regularization: 0, l2Regularization: 1).Fit, l2);
        yield return new("SdcaLogisticRegression", trainers.SdcaLogisticRegression(Label).Fit);
        yield return new("SigmoidCrossEntropy, as it comes", trainers.SigmoidCrossEntropy(Label).Fit);
        yield return new("SigmoidCrossEntropy, L2=1/N", trainers.SigmoidCrossEntropy(Label, l2Regularization: l2).Fit, l2);
        foreach (var epochs in new[] { 3, 5 })
        {
            yield return new(
                $"SigmoidCrossEntropy, L2=1/N, {epochs} epochs",
                trainers.SigmoidCrossEntropy(Label, l2Regularization: l2, numberOfEpochs: epochs).Fit, l2);
        }
        SigmoidCrossEntropyTrainer.Options newton = new() { LabelColumnName = Label, Solver = Solver.Newton, L2Regularization = l2 };
        yield return new("SigmoidCrossEntropy, L2=1/N, Newton", trainers.SigmoidCrossEntropy(newton).Fit, l2);
    }

    private static IEnumerable<Contender> Multiclass(MLContext ml, bool dense)
    {
        var trainers = ml.MulticlassClassification.Trainers;
        // The same penalty for all: LBFGS adds it to the sum over the rows, we to the mean.
        var l2 = dense ? 1f : 0.01f;
        var mean = l2 / (dense ? 60_000 : 11_314);
        yield return new(
            $"LbfgsMaximumEntropy L1=0 L2={l2}", trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: l2).Fit, mean);
        yield return new("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy().Fit);
        yield return new("SoftmaxCrossEntropy, as it comes", trainers.SoftmaxCrossEntropy().Fit);
        yield return new($"SoftmaxCrossEntropy, L2={l2}/N", trainers.SoftmaxCrossEntropy(l2Regularization: mean).Fit, mean);
        foreach (var (epochs, solver, batch, isPenalised) in dense ? Dense : Sparse)
        {
            yield return new(
                $"SoftmaxCrossEntropy, {solver}, batch {batch}, {epochs} epochs{(isPenalised ? "" : ", L2=0")}",
                trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
                {
                    L2Regularization = isPenalised ? mean : 0,
                    NumberOfEpochs = epochs,
                    Solver = solver,
                    BatchSize = batch,
                }).Fit,
                isPenalised ? mean : null);
        }
    }

    private static readonly (int Epochs, Solver Solver, int Batch, bool IsPenalised)[] Dense =
        [(4, Solver.Saga, 256, true), (6, Solver.Saga, 256, true), (8, Solver.Saga, 128, true), (10, Solver.Sgd, 256, true)];

    // Without a penalty this separable data is fitted ever closer; to stop in time is penalty enough, as one-vs-rest trainers find too.
    private static readonly (int Epochs, Solver Solver, int Batch, bool IsPenalised)[] Sparse =
    [
        (3, Solver.Sgd, 16, true), (4, Solver.Sgd, 32, true), (10, Solver.Saga, 16, true), (8, Solver.Sgd, 16, false),
        (10, Solver.Sgd, 16, false),
    ];
}
