using DogCat.Data;
using DogCat.Features;
using DogCat.Features.Patches;
using DogCat.Training;
using Microsoft.ML;
using MLNet.CrossEntropy;

namespace DogCat.Tests.Training;

public sealed class LossCurvesTests
{
    [Fact]
    public void Both_losses_begin_with_the_same_wrong_model_and_are_judged_alike()
    {
        var data = DrawnData.Draw(seed: 3, train: 120, test: 20);
        var epochs = 0;
        LossCurves found = LossCurves.Run(new MLContext(seed: 1), data, new(new PictureFeatures(PatchLearning.Learn(data.Train.Pictures, seed: 1))), () => epochs++);
        Assert.Equal((LossCurves.TotalEpochs, 96, 24), (epochs, found.Trained, found.Judged));
        foreach (var race in (LossRace[])[found.FromWrong, found.FromZero])
        {
            Assert.Equal(2 * LossCurves.Rates.Count, race.Curves.Count);
            Assert.All(race.Curves, curve => Assert.Equal(LossCurves.Epochs + 1, curve.Epochs.Count));
            Assert.Single(race.Curves.Select(c => c.Epochs[0]).Distinct());
            Assert.All(race.Curves.SelectMany(c => c.Epochs), judgement => Assert.True(double.IsFinite(judgement.LogLoss)));
        }

        // What it was taught is the opposite of the truth, and it is sure of it.
        Assert.InRange(found.FromWrong.Curves[0].Epochs[0].ErrorRate, 0.6, 1);
        Assert.InRange(found.FromWrong.Curves[0].Epochs[0].LogLoss, 2, 100);
        Assert.Equal(new Judgement(Math.Log(2), 0.5), found.FromZero.Curves[0].Epochs[0]);
        Assert.InRange(found.TrueClass[^1], 0, 0.5);

        // Slopes by the library's own gradient, at logits with the true class second, and by the squared error's formula.
        var gradient = new double[2];
        Assert.Equal(found.TrueClass.Average(q => Slope(logits => LossFunctions.SoftmaxCrossEntropy<double>(logits, [1], gradient: gradient), q)), found.Slopes.CrossEntropy, 1e-9);
        Assert.Equal(found.TrueClass.Average(q => 4 * q * (1 - q) * (1 - q)), found.Slopes.SquaredError, 1e-9);

        double Slope(Func<double[], double> loss, double q)
        {
            _ = loss([0, Math.Log(q / (1 - q))]);
            return -gradient[1];
        }
    }

    [Theory]
    [InlineData(new[] { 4, 2, 1.0 }, new[] { 4, 4, 3.9 }, "are there by cross-entropy after epoch 2, by squared error never: cross-entropy learned faster.")]
    [InlineData(new[] { 4, 3, 1.0 }, new[] { 4, 1, 1.1 }, "are there by cross-entropy after epoch 2, by squared error after epoch 1: squared error learned faster here.")]
    [InlineData(new[] { 4, 5, 6.0 }, new[] { 4, 1, 1.1 }, "are there by cross-entropy never, by squared error after epoch 1: squared error learned faster here.")]
    [InlineData(new[] { 4, 1, 1.0 }, new[] { 4, 1, 1.0 }, "are there by cross-entropy after epoch 1, by squared error after epoch 1: neither was faster by this measure.")]
    [InlineData(new[] { 4, 5, 6.0 }, new[] { 4, 4, 4.0 }, "Neither gained anything.")]
    public void The_sentence_says_what_the_figures_say(double[] entropy, double[] squared, string end)
    {
        // A second rate for each that ends worse, and is not told of.
        LossRace race = new("here", [Curve(TrainingLoss.CrossEntropy, 0.1, entropy), Curve(TrainingLoss.CrossEntropy, 1, [4, 1, 9]), Curve(TrainingLoss.Brier, 1, [4, 1, 9]), Curve(TrainingLoss.Brier, 0.3, squared)]);
        var sentence = race.InWords("Loss", j => j.LogLoss, "0.0");
        Assert.StartsWith(FormattableString.Invariant($"Loss, 4.0 at the beginning: by cross-entropy {entropy[1]:0.0} after the first epoch and {entropy[2]:0.0} after 2 (learning rate 0.1); by squared error {squared[1]:0.0} after the first epoch"), sentence, StringComparison.Ordinal);
        Assert.EndsWith(end, sentence, StringComparison.Ordinal);

        static LossCurve Curve(TrainingLoss loss, double rate, double[] losses) => new(loss, rate, [.. losses.Select(l => new Judgement(l, 0))]);
    }
}
