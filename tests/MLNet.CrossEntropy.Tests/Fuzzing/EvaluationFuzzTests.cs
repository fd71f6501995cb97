using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>Evaluations of numbers that nobody should have: the same bits on any number of threads, and every row is counted.</summary>
public class EvaluationFuzzTests
{
    private static readonly MLContext ML = new(seed: 1);

    [Fact]
    public void Rows_of_classes_are_all_counted() => Fuzz.Run(120, random =>
    {
        int rows = random.Next(1, 80), classes = random.Next(2, 6);
        var isSoft = random.Next(3) == 0;
        var builder = new InMemoryView.Builder()
            .AddScores("Score", Rows(random, rows, classes), classes)
            .AddNumbers("Weight", Weights(random, rows));
        var view = isSoft
            ? builder.AddScores("Label", Rows(random, rows, classes), classes).Build()
            : builder.AddKeys("Label", Enumerable.Range(0, rows).Select(_ => (uint)random.Next(classes + 2)), classes).Build();
        var isLogits = random.Of(false, true);
        AssertSame(rows, threads => ML.MulticlassClassification.EvaluateCrossEntropy(view, new MulticlassEvaluationOptions
        {
            ScoresAreLogits = isLogits,
            NumberOfThreads = threads,
            ExampleWeightColumnName = "Weight",
        }), metrics => metrics.Rows.Total, metrics => metrics.ToJson() + metrics);
    });

    [Fact]
    public void Rows_of_answers_are_all_counted() => Fuzz.Run(120, random =>
    {
        int rows = random.Next(1, 80), labels = random.Next(2, 5);
        var view = new InMemoryView.Builder()
            .AddScores("Score", Rows(random, rows, labels), labels)
            .AddScores("Label", Rows(random, rows, labels), labels)
            .AddNumbers("Weight", Weights(random, rows))
            .Build();
        AssertSame(rows, threads => ML.MulticlassClassification.EvaluateMultiLabelCrossEntropy(view, new MultiLabelEvaluationOptions
        {
            NumberOfThreads = threads,
            ExampleWeightColumnName = "Weight",
        }), metrics => metrics.Rows.Total, metrics => metrics.ToJson() + metrics);
    });

    [Fact]
    public void Rows_of_yes_and_no_are_all_counted() => Fuzz.Run(120, random =>
    {
        var rows = random.Next(1, 80);
        var view = new InMemoryView.Builder()
            .AddNumbers("Score", Enumerable.Range(0, rows).Select(_ => Score(random)))
            .AddNumbers("Probability", Enumerable.Range(0, rows).Select(_ => Score(random)))
            .Add("Label", BooleanDataViewType.Instance, Enumerable.Range(0, rows).Select(_ => random.Next(2) == 0))
            .AddNumbers("Weight", Weights(random, rows))
            .Build();
        AssertSame(rows, threads => ML.BinaryClassification.EvaluateCrossEntropy(view, new BinaryEvaluationOptions
        {
            NumberOfThreads = threads,
            ExampleWeightColumnName = "Weight",
        }), metrics => metrics.Rows.Total, metrics => metrics.ToJson() + metrics);
    });

    private static void AssertSame<T>(int rows, Func<int, T> evaluate, Func<T, long> total, Func<T, string> text)
    {
        string? first = null;
        foreach (var threads in (int[])[1, 2, 5])
        {
            string outcome;
            try
            {
                var metrics = evaluate(threads);
                Assert.Equal(rows, total(metrics));
                outcome = text(metrics);
            }
            catch (Exception error) when (error is InvalidOperationException or ArgumentException)
            {
                outcome = error.Message;
            }

            Assert.Equal(first ??= outcome, outcome);
        }
    }

    private static double Score(Random random) => random.Next(6) == 0 ? random.Of(Fuzz.Odd) : random.NextDouble();

    private static double[][] Rows(Random random, int rows, int width)
    {
        var isOdd = random.Next(2) == 0;
        return
        [
            .. Enumerable.Range(0, rows).Select(_ =>
            {
                double[] row = [.. Enumerable.Range(0, width).Select(_ => isOdd ? Score(random) : random.NextDouble())];
                var sum = row.Sum();
                return random.Next(8) == 0 ? row : row.Select(x => x / sum).ToArray();
            }),
        ];
    }

    private static double[] Weights(Random random, int rows)
    {
        var isLogits = random.Next(4);
        return [.. Enumerable.Range(0, rows).Select(_ => isLogits switch
        {
            0 => 1.0,
            1 => random.Next(3),
            2 => Math.Pow(10, random.NextDouble() * 76 - 38),
            _ => random.Next(40) == 0 ? random.Of(Fuzz.Odd) : random.NextDouble(),
        })];
    }
}
