using Microsoft.ML;

namespace MLNet.CrossEntropy.Benchmarks;

/// <summary>A trainer in the comparison: how it is called, and how it is fitted.</summary>
internal sealed record Contender(string Name, Func<IDataView, ITransformer> Fit)
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
        var trainers = ml.BinaryClassification.Trainers;
        yield return new(
            "LbfgsLogisticRegression L1=0 L2=1", trainers.LbfgsLogisticRegression(Label, l1Regularization: 0, l2Regularization: 1).Fit);
        yield return new("SdcaLogisticRegression", trainers.SdcaLogisticRegression(Label).Fit);
        yield return new("SigmoidCrossEntropy", trainers.SigmoidCrossEntropy(Label).Fit);
        foreach (var epochs in new[] { 2, 3, 5 })
            yield return new($"SigmoidCrossEntropy, {epochs} epochs", trainers.SigmoidCrossEntropy(Label, numberOfEpochs: epochs).Fit);
        yield return new(
            "SigmoidCrossEntropy, Newton",
            trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options { LabelColumnName = Label, Solver = Solver.Newton }).Fit);
    }

    private static IEnumerable<Contender> Multiclass(MLContext ml, bool dense)
    {
        var trainers = ml.MulticlassClassification.Trainers;
        var l2 = dense ? 1f : 0.01f;
        yield return new($"LbfgsMaximumEntropy L1=0 L2={l2}", trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: l2).Fit);
        yield return new("SdcaMaximumEntropy", trainers.SdcaMaximumEntropy().Fit);
        // The same penalty: LBFGS adds it to the sum over 11,314 rows, we to the mean.
        float? mean = dense ? null : l2 / 11_314;
        yield return new("SoftmaxCrossEntropy", trainers.SoftmaxCrossEntropy(l2Regularization: mean).Fit);
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
                }).Fit);
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
