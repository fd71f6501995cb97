using Microsoft.ML;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Cache = false reads the rows anew in each epoch.</summary>
public class StreamingTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Data_that_the_pool_holds_gives_the_bits_of_a_cached_fit(string trainer)
    {
        var data = Dataset.BreastCancer.View(_ml);
        IPredictionTransformer<object> cached = Fit(trainer, data, options => options.Cache = true),
            streamed = Fit(trainer, data, options => options.Cache = false);
        Assert.Equal(AllTrainers.Parameters(cached), AllTrainers.Parameters(streamed));
        TrainingReport expected = TrainingReport.Of(cached)!, actual = TrainingReport.Of(streamed)!;
        Assert.Equal(expected.Certificate, actual.Certificate);
        Assert.Equal(expected.Rows, actual.Rows);
        Assert.Equal(expected.L2Regularization, actual.L2Regularization);

        IPredictionTransformer<object> Fit(string name, IDataView view, Action<CrossEntropyTrainerOptions> configure) =>
            AllTrainers.Create(name, _ml, options =>
        {
            options.ExampleWeightColumnName = "Weight";
            options.Solver = Solver.Sgd;
            options.Seed = 3;
            options.NumberOfEpochs = 10;
            configure(options);
        }).Fit(view);
    }

    [Fact]
    public void Three_hundred_thousand_rows_of_no_memory_are_learned_with_any_number_of_threads()
    {
        // 60 MB as a matrix, which does not exist: rows are made up as they are read.
        float[] one = Fit(threads: 1), two = Fit(threads: 2);
        Assert.Equal(one, two);

        float[] Fit(int threads)
        {
            var view = new GeneratedView(300_000, 50, 1);
            var fitted = _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
            {
                Cache = false,
                L2Regularization = 1f / 300_000,
                NumberOfEpochs = 2,
                NumberOfThreads = threads,
                Seed = 1,
            }).Fit(view);

            var report = TrainingReport.Of(fitted)!;
            Assert.Equal(300_000, report.Rows.Used);
            // The class is the largest of three features: easy to guess much better than by chance.
            Assert.InRange(report.Certificate.DataTerm, 0, 0.3);
            // The summary, the scaling, the first chunk for the learning rate, two epochs, the certificate and the rows of its estimate.
            Assert.Equal(7, view.CursorsOpened);
            return AllTrainers.Parameters(fitted);
        }
    }

    [Fact]
    public void Bad_rows_are_counted_and_warned_of_once()
    {
        var warnings = new List<string>();
        _ml.Log += (_, line) =>
        {
            if (line.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(line.RawMessage);
        };
        var fitted =
            _ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(
            new SoftmaxCrossEntropyTrainer.Options { Cache = false, NumberOfEpochs = 5 })
            .Fit(new GeneratedView(1_000, 5, 1, isBad: row => row % 100 == 7));
        Assert.Equal(new TrainingRowCounts { Used = 990, NaNFeature = 10 }, TrainingReport.Of(fitted)!.Rows);
        Assert.Contains(
            "Of 1000 training rows, these were not used: 10 with a NaN feature. The first: row 7",
            Assert.Single(warnings, warning => warning.Contains("training rows", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void Saga_without_the_cache_is_refused(string trainer)
    {
        var error =
            Assert.Throws<ArgumentException>(
            () => AllTrainers.Create(trainer, _ml, options => (options.Cache, options.Solver) = (false, Solver.Saga)));
        Assert.Contains(
            "Solver is Saga; it must be Sgd or Auto when Cache is false: the others remember every row.", error.Message,
            StringComparison.Ordinal);
    }
}
