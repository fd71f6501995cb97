using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Early stopping on short messages: the best epoch is one of a course, not of its noise.</summary>
public class EarlyStoppingNoiseTests
{
    [Theory]
    [InlineData("sigmoid", 1)]
    [InlineData("softmax", 1)]
    [InlineData("sigmoid", 2)]
    [InlineData("softmax", 2)]
    public void The_validation_loss_of_messages_does_not_jump(string trainer, int seed)
    {
        var ml = new MLContext(seed: 1);
        var fitted = AllTrainers.Create(trainer, ml, options =>
        {
            (options.L2Regularization, options.Seed) = (1e-5f, seed);
            (options.ValidationFraction, options.NumberOfEpochs, options.Patience) = (0.25, 30, 30);
        }).Fit(Messages());
        var course = TrainingReport.Of(fitted)!.History;
        double Loss(int epoch) => course[epoch].ValidationLoss!.Value;

        // An epoch above or below both of its neighbours is noise, which must be small beside what so many rows can tell. In the first
        // epoch SAGA's memory fills, by which the second is still disturbed.
        for (var i = 2; i < course.Count - 1; i++)
        {
            double before = Loss(i - 1), at = Loss(i), after = Loss(i + 1);
            Assert.True(Math.Max(at - Math.Max(before, after), Math.Min(before, after) - at) < 0.1 * course[i].ValidationStandardError!.Value,
                $"Epoch {course[i].Epoch}: {string.Join(" ", course.Select(epoch => FormattableString.Invariant($"{epoch.ValidationLoss:F4}")))}");
        }
    }

    /// <summary>2,000 messages of 2,000 words, as frequent as 1/rank; of one in seven every eighth word is more or less frequent.</summary>
    private static InMemoryView Messages()
    {
        const int Vocabulary = 2_000;
        var random = new Random(3);
        double[][] cumulated = [Cumulated(null), Cumulated(random)];
        List<VBuffer<float>> rows = [];
        List<int> labels = [];
        for (var i = 0; i < 2_000; i++)
        {
            labels.Add(random.NextDouble() < 0.14 ? 1 : 0);
            var counts = new SortedDictionary<int, float>();
            for (var left = 3 + (int)(-15 * Math.Log(1 - random.NextDouble())); left > 0; left--)
            {
                var place = Array.BinarySearch(cumulated[labels[i]], random.NextDouble());
                var word = Math.Min(Vocabulary - 1, place < 0 ? ~place : place);
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }

            rows.Add(new VBuffer<float>(Vocabulary, counts.Count, [.. counts.Values], [.. counts.Keys]));
        }

        return new InMemoryView.Builder()
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, Vocabulary), rows)
            .AddKeys("ClassIndex", labels.Select(label => (uint)label + 1), 2)
            .Add("IsSecond", BooleanDataViewType.Instance, labels.Select(label => label == 1))
            .Build();
    }

    private static double[] Cumulated(Random? random)
    {
        double[] shares =
            [.. Enumerable.Range(1, 2_000).Select(r => (random?.Next(8) == 0 ? Math.Exp(1.5 * Normal(random)) : 1) / (r + 5.0))];
        double sum = shares.Sum(), so = 0;
        return [.. shares.Select(share => so += share / sum)];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
