using DogCat.Data;
using DogCat.Features;
using DogCat.Features.Patches;
using DogCat.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

namespace DogCat.Tests.Training;

public sealed class SoftLabelTrialTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly PictureData _drawn = DrawnData.Draw(seed: 7, train: 300, test: 200);

    [Fact]
    public void Known_probabilities_teach_more_than_tosses_of_the_coin()
    {
        var trial = SoftLabelTrial.Run(_ml, _drawn, Store(_drawn))!;
        Assert.Equal("Trained on 300 pictures, by their soft or their hard labels; judged by 200 others.", trial.Design);
        var pair = trial.BySoftLabels.Pairs.Single();
        Assert.Equal(200, pair.Rows);
        Assert.Equal("training on soft labels", Better(pair));
    }

    /// <summary>Like photographs: votes of 100 people on the test pictures alone, and one picture that all took for something else.</summary>
    [Fact]
    public void Votes_on_test_pictures_are_used_half_by_half()
    {
        var voted = _drawn with
        {
            Train = new PictureSet([.. _drawn.Train.Items.Select(i => i with { ProbabilityOfDog = null })]),
            Test = new PictureSet([.. _drawn.Test.Items.Select((item, i) => item with { ProbabilityOfDog = null, Votes = i == 0 ? new Votes(0, 0, 100) : OfHundred(item.ProbabilityOfDog!.Value) })]),
        };
        var trial = SoftLabelTrial.Run(_ml, voted, Store(voted))!;
        Assert.StartsWith("Only test pictures have soft labels, so each half of 199 was judged", trial.Design, StringComparison.Ordinal);
        Assert.Equal((199, 199), (trial.BySoftLabels.Rows.Used, trial.ByHardLabels.Rows.Used));
        Assert.Equal("training on soft labels", Better(trial.BySoftLabels.Pairs.Single()));

        static Votes OfHundred(double p) => new(100 - (int)(100 * p), (int)(100 * p), 0);
    }

    [Fact]
    public void Logits_are_told_where_probabilities_are_0()
    {
        TrialRow[] rows = [.. Enumerable.Range(0, 40).Select(i => new TrialRow { Target = TrialRows.Shares(i % 2), Features = One(i % 2 == 0 ? -1 : 1) })];
        var model = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(nameof(TrialRow.Target)).Fit(View(rows));
        var far = View([new TrialRow { Target = TrialRows.Shares(0), Features = One(1000) }]);
        var logits = Logits.Of(model, far).Single();
        Assert.Equal(0, model.Transform(far).GetColumn<float[]>("Score").Single()[0]);
        Assert.InRange(logits[1] - logits[0], 104, 1e5);

        IDataView View(TrialRow[] of) => _ml.Data.LoadFromEnumerable(of, TrialRow.Schema());

        static float[] One(float value)
        {
            var features = new float[PictureFeatures.Count];
            features[0] = value;
            return features;
        }
    }

    [Fact]
    public void Without_soft_labels_there_is_no_trial()
    {
        PictureSet plain = new([.. _drawn.Test.Items.Select(i => i with { ProbabilityOfDog = null })]);
        Assert.Null(SoftLabelTrial.Run(_ml, new PictureData(plain, plain, []), Store(_drawn)));
    }

    private static string Better(PairedComparison pair) => pair.Verdict switch
    {
        ComparisonVerdict.FirstBetter => pair.First,
        ComparisonVerdict.SecondBetter => pair.Second,
        _ => pair.Sentence,
    };

    private static FeatureStore Store(PictureData data) => new(new PictureFeatures(PatchLearning.Learn(data.Train.Pictures, seed: 1)));
}
