using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>The same data, options and seed give the same bits, whatever runs them.</summary>
public class DeterminismTests
{
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string, double> TrainersAndDensities => new()
    {
        { "softmax", 1 },
        { "softmax", 0.1 },
        { "sigmoid", 1 },
        { "sigmoid", 0.1 },
    };

    [Theory]
    [MemberData(nameof(TrainersAndDensities))]
    public void The_number_of_threads_changes_no_bit(string trainer, double density)
    {
        var data = Synthetic(density).View(_ml);
        var one = With(threads: 1);
        Assert.Equal(one, With(threads: 2));
        Assert.Equal(one, With(threads: 8));

        // Batches large enough to be worth more than one thread.
        float[] With(int threads) => Fit(trainer, data, options =>
        {
            options.NumberOfThreads = threads;
            options.BatchSize = 1024;
            options.NumberOfEpochs = 5;
        });
    }

    [Theory]
    [MemberData(nameof(TrainersAndDensities))]
    public void Dense_and_sparse_vectors_of_the_same_values_give_the_same_bits(string trainer, double density)
    {
        var dataset = Synthetic(density);
        var sparse = dataset.Examples.Select(example => new SparseExample
        {
            Features = Sparse(example.Features),
            ClassIndex = example.ClassIndex,
            IsSecond = example.IsSecond,
        });
        SchemaDefinition schema = SchemaDefinition.Create(typeof(SparseExample));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, dataset.Features);
        Assert.Equal(Fit(trainer, dataset.View(_ml)), Fit(trainer, _ml.Data.LoadFromEnumerable(sparse, schema)));
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_cached_view_gives_the_same_bits(string trainer)
    {
        var data = Dataset.BreastCancer.View(_ml);
        Assert.Equal(Fit(trainer, data), Fit(trainer, _ml.Data.Cache(data)));
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void One_trainer_fits_the_same_model_again_and_on_many_threads_at_once(string trainer)
    {
        var data = Dataset.BreastCancer.View(_ml);
        var estimator = AllTrainers.Create(trainer, _ml, options => options.NumberOfThreads = 2);
        var expected = AllTrainers.Parameters(estimator.Fit(data));
        float[][] all =
            [.. Enumerable.Range(0, 6).AsParallel().WithDegreeOfParallelism(6).Select(_ => AllTrainers.Parameters(estimator.Fit(data)))];
        Assert.All(all, parameters => Assert.Equal(expected, parameters));
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void The_seed_of_the_context_decides_unless_one_is_given(string trainer)
    {
        var data = Dataset.BreastCancer.View(_ml);
        float[] Of(int contextSeed, int? seed) => AllTrainers.Parameters(
            AllTrainers.Create(trainer, new MLContext(contextSeed), options =>
                (options.Seed, options.Solver) = (seed, Solver.Saga)).Fit(data));

        Assert.Equal(Of(1, null), Of(1, null));
        Assert.NotEqual(Of(1, null), Of(2, null));
        Assert.Equal(Of(1, 7), Of(2, 7));
        Assert.NotEqual(Of(1, 7), Of(1, 8));
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void The_reported_seed_repeats_the_fit(string trainer)
    {
        var data = Dataset.BreastCancer.View(_ml);
        var fitted = AllTrainers.Create(trainer, new MLContext()).Fit(data);
        var seed = TrainingReport.Of(fitted)!.Seed;
        Assert.Equal(AllTrainers.Parameters(fitted), Fit(trainer, data, options => options.Seed = seed));
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_row_of_weight_zero_is_as_good_as_none(string trainer)
    {
        var with = Dataset.BreastCancer;
        foreach (var example in with.Examples)
            example.Weight = example.Weight > 2 ? 0 : example.Weight;
        var without = with with { Examples = [.. with.Examples.Where(example => example.Weight > 0)] };
        Assert.Equal(Fit(trainer, without.View(_ml), Weighted), Fit(trainer, with.View(_ml), Weighted));

        static void Weighted(CrossEntropyTrainerOptions options) => options.ExampleWeightColumnName = "Weight";
    }

    [Theory]
    [MemberData(nameof(AllTrainers.Names), MemberType = typeof(AllTrainers))]
    public void A_row_of_weight_two_is_as_good_as_two(string trainer)
    {
        Dataset weighted = Dataset.Iris, unweighted = Dataset.Iris;
        for (var i = 0; i < weighted.Examples.Count; i++)
            (weighted.Examples[i].Weight, unweighted.Examples[i].Weight) = (1 + i % 3, 1);
        var repeated =
            unweighted with { Examples = [.. unweighted.Examples.SelectMany((example, i) => Enumerable.Repeat(example, 1 + i % 3))] };

        // Full batches: a step sees the same sum either way.
        var once = Fit(trainer, weighted.View(_ml), Full);
        var often = Fit(trainer, repeated.View(_ml), Full);
        Assert.All(once.Zip(often), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * (1 + Math.Abs(pair.First))));

        static void Full(CrossEntropyTrainerOptions options)
        {
            options.ExampleWeightColumnName = "Weight";
            options.BatchSize = 1000;
            options.LearningRate = 0.1;
            options.NumberOfEpochs = 50;
        }
    }

    private float[] Fit(string trainer, IDataView data, Action<CrossEntropyTrainerOptions>? configure = null)
        => AllTrainers.Parameters(AllTrainers.Create(trainer, _ml, options =>
        {
            options.Seed = 5;
            configure?.Invoke(options);
        }).Fit(data));

    private static Dataset Synthetic(double density)
    {
        var random = new Random(3);
        return new Dataset(
            [.. Enumerable.Range(0, 3000).Select(_ =>
            {
                float[] features = [.. Enumerable.Range(0, 60).Select(_ => random.NextDouble() < density ? random.NextSingle() - 0.3f : 0)];
                var score = features[0] - 2 * features[1] + 3 * features[2] + 0.3f * random.NextSingle();
                return new Dataset.Example { Features = features, ClassIndex = score < 0 ? 0u : score < 0.2f ? 1u
                    : 2u, IsSecond = score > 0.1f };
            })],
            ["low", "middle", "high"]);
    }

    private static VBuffer<float> Sparse(float[] values)
    {
        int[] indices = [.. Enumerable.Range(0, values.Length).Where(i => values[i] != 0)];
        return new VBuffer<float>(values.Length, indices.Length, [.. indices.Select(i => values[i])], indices);
    }

    private sealed class SparseExample
    {
        public VBuffer<float> Features { get; set; }

        [KeyType(3)]
        public uint ClassIndex { get; set; }

        public bool IsSecond { get; set; }
    }
}
