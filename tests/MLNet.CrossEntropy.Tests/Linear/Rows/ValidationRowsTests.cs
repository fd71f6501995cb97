using MLNet.CrossEntropy.Linear;
using MLNet.CrossEntropy.Losses;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Linear;

public sealed class ValidationRowsTests
{
    private static readonly FitPlan Options = new()
    {
        Loss = new SoftmaxCrossEntropyLoss(labelSmoothing: 0.2, [1, 2, 0.5]),
        Outputs = 3,
        Epochs = 2,
        Seed = 5,
        L2 = 0.1,
        L1 = 1e-3,
    };

    private static readonly RowTable Training = RowTable.Gaussian(200, 7, 3, seed: 1).Thinned(0.6);

    private static readonly RowTable Judged = RowTable.Gaussian(75, 7, 3,
        seed: 2).Thinned(0.6) with
    { Weights = [.. Enumerable.Range(0, 75).Select(i => i % 5 / 2f)] };

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void The_validation_loss_is_the_weighted_log_loss_neither_smoothed_nor_penalised(bool sparse, bool sparseValidation)
    {
        var rows = sparse ? Training.Sparse() : Training.Dense();
        // Blocks of 24 rows, the last of 3, so that a change of form must keep them alike.
        var result = LinearSolver.Fit(rows, sparseValidation ? Judged.Sparse(24) : Judged.Dense(24), Options with { Epochs = 1 });
        var (mean, standardError) = LogLoss(result, Judged);
        Assert.Equal(mean, result.History[0].ValidationLoss!.Value, 1e-6);
        Assert.Equal(standardError, result.History[0].ValidationStandardError!.Value, 1e-7);
        Assert.Equal(1, result.BestEpoch);
    }

    [Theory]
    [MemberData(nameof(AllLosses.Names), MemberType = typeof(AllLosses))]
    public void Every_loss_is_judged_by_its_log_loss(string name)
    {
        var logLoss = AllLosses.Get(name).LogLoss;
        if (name.Contains("positive", StringComparison.Ordinal))
        {
            Assert.Equal(0, Assert.IsType<SigmoidCrossEntropyLoss>(logLoss).LabelSmoothing);
            Assert.Equal(((SigmoidCrossEntropyLoss)AllLosses.Get(name)).PositiveWeights,
                ((SigmoidCrossEntropyLoss)logLoss).PositiveWeights);
            return;
        }

        foreach (var logits in AllLosses.Logits())
        {
            for (var k = 0; k < AllLosses.Outputs; k++)
            {
                var expected = AllLosses.IsSoftmax(name)
                    ? Math.Log(logits.Sum(Math.Exp)) - logits[k]
                    : logits.Sum(z => Math.Log(1 + Math.Exp(z))) - logits[k];
                Assert.Equal(expected, logLoss.Loss(logits, RowTarget.Class(k)) / logLoss.TargetWeight(RowTarget.Class(k)), 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_of_a_class_that_no_training_row_has_are_counted_and_not_judged(bool sparse)
    {
        var training = Training with { Y = [.. Training.Y.Select(y => y == 2 ? 0 : y)] };
        var known = Judged with { Weights = [.. Judged.Weights!.Zip(Judged.Y, (weight, y) => y == 2 ? 0 : weight)] };
        var rows = sparse ? training.Sparse() : training.Dense();
        var result = LinearSolver.Fit(rows, Judged.Dense(), Options);
        Assert.Equal(Judged.Y.Count(y => y == 2), result.Start.UnknownValidationRows);
        Assert.Equal(LinearSolver.Fit(rows, known.Dense(), Options).History.Select(epoch => epoch.ValidationLoss),
            result.History.Select(epoch => epoch.ValidationLoss));

        var error = Assert.Throws<ArgumentException>(() =>
            LinearSolver.Fit(rows, (Judged with { Y = [.. Judged.Y.Select(_ => 2)] }).Dense(), Options));
        Assert.Contains("None of the 75 validation rows has a class that a training row has", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_with_other_features_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => LinearSolver.Fit(Training.Dense(), RowTable.Gaussian(5, 6, 3).Dense(), Options));
        Assert.Contains("The validation rows have 6 features and the training rows 7", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Judging_is_the_same_for_any_number_of_threads(bool sparse)
    {
        var training = RowTable.Gaussian(300, 300, 3).Thinned(sparse ? 0.1 : 1);
        var judged = RowTable.Gaussian(100, 300, 3, seed: 2);
        FittedLinearModel Fit(int threads) =>
            LinearSolver.Fit(sparse ? training.Sparse() : training.Dense(), judged.Dense(), Options with
            {
                BatchSize = 64,
                Threads = threads,
            });
        var alone = Fit(1);
        foreach (var threads in new[] { 2, 8 })
        {
            var together = Fit(threads);
            Assert.Equal(alone.Weights, together.Weights);
            Assert.Equal(
                alone.History.Select(epoch => (epoch.ValidationLoss, epoch.ValidationStandardError)),
                together.History.Select(epoch => (epoch.ValidationLoss, epoch.ValidationStandardError)));
        }
    }

    /// <summary>The class-weighted log-loss in double, and its standard error by the definition: two passes.</summary>
    private static (double Mean, double StandardError) LogLoss(FittedLinearModel model, RowTable rows)
    {
        double[] classWeights = [1, 2, 0.5];
        var losses = new List<(double Loss, double Weight)>();
        for (var i = 0; i < rows.Rows; i++)
        {
            double[] logits = [.. Enumerable.Range(0, 3).Select(k => model.Biases[k]
                + rows.X[i].Select((x, j) => (double)x * model.Weights[k * rows.Features + j]).Sum())];
            losses.Add((Math.Log(logits.Sum(Math.Exp)) - logits[rows.Y[i]], rows.Weights![i] * classWeights[rows.Y[i]]));
        }

        double weight = losses.Sum(row => row.Weight), effective = weight * weight / losses.Sum(row => row.Weight * row.Weight);
        var mean = losses.Sum(row => row.Weight * row.Loss) / weight;
        var variance = losses.Sum(row => row.Weight * (row.Loss - mean) * (row.Loss - mean)) / weight;
        return (mean, Math.Sqrt(variance / (effective - 1)));
    }
}
