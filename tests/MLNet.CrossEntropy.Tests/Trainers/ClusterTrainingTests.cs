using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Fits and evaluations of several ranks through the trainers: what they must agree on, and what is one for all.</summary>
public sealed class ClusterTrainingTests : IDisposable
{
    private static readonly Row[] Rows = Generate(1_200);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Classes_are_found_by_name_whatever_each_rank_s_key()
    {
        // Sorted by class: the last rank has never seen the first one, and every rank's key has an order of its own.
        Row[] sorted = [.. Rows.OrderByDescending(row => row.Class, StringComparer.Ordinal)];
        var one = Fit(1, sorted)[0];
        foreach (var many in Fit(4, sorted))
        {
            Assert.Equal(one.Weights, many.Weights);
            Assert.Equal(one.Classes, many.Classes);
            Assert.Equal(one.Metrics, many.Metrics);
            Assert.Equal(sorted.Length, many.Report.Rows.Used);
        }

        // One process without a cluster chooses the same penalty and comes to the same optimum, with the classes in the same order.
        var plain = FitOne(null, sorted, options => options.Solver = Solver.Newton);
        Assert.Equal(plain.Classes, one.Classes);
        Assert.Equal(1, plain.Report.L2Regularization / one.Report.L2Regularization, 1e-3);
        Assert.Equal(plain.Report.Certificate.Objective, one.Report.Certificate.Objective, 1e-6);
    }

    [Fact]
    public void Left_out_rows_weights_priors_and_held_out_rows_are_those_of_all_ranks()
    {
        Row[] rows = [.. Rows.Select((row, i) => new Row
        {
            Class = i % 50 == 7 ? "" : row.Class,
            Weight = i % 20 == 3 ? 0 : 1 + i % 4 * 0.3f,
            Features = i % 90 == 11 ? [float.NaN, .. row.Features[1..]] : row.Features,
        })];
        Action<SoftmaxCrossEntropyTrainer.Options> set = options =>
        {
            options.ExampleWeightColumnName = nameof(Row.Weight);
            options.ClassWeights = ClassWeights.Balanced;
            options.TargetPrior = TargetPrior.OfRows;
            options.ValidationFraction = 0.2;
            options.Seed = 5;
        };
        var one = Fit(1, rows, set)[0];
        Assert.True(one.Report.Rows is { MissingLabel: > 0, NaNFeature: > 0, ZeroWeight: > 0 });
        foreach (var many in Fit(3, rows, set))
        {
            Assert.Equal(one.Weights, many.Weights);
            Assert.Equal(one.Report.Rows, many.Report.Rows);
            Assert.Equal(one.Report.ValidationRows, many.Report.ValidationRows);
            Assert.Equal(one.Report.BestEpoch, many.Report.BestEpoch);
            Assert.Equal(one.Report.L2Regularization, many.Report.L2Regularization);
        }

        // The same rows are held out as in one process.
        var plain = FitOne(null, rows, options => { set(options); options.Solver = Solver.Newton; });
        Assert.Equal(plain.Report.ValidationRows, one.Report.ValidationRows);
    }

    public static TheoryData<string> Choices => new("validation rows", "L1", "groups", "sparse");

    [Theory]
    [MemberData(nameof(Choices))]
    public void The_penalty_is_chosen_by_the_same_rows_on_every_rank_and_in_one_process(string by)
    {
        var rows = by == "sparse"
            ? [.. Rows.Select((row, i) => new Row { Class = row.Class, Features = [.. row.Features.Select((x, j) => (i + j) % 9 == 0 ? x : 0)] })]
            : Rows;
        void Set(SoftmaxCrossEntropyTrainer.Options options)
        {
            options.Seed = 3;
            options.Solver = by == "L1" ? Solver.Sgd : Solver.Newton;
            options.ValidationFraction = by == "validation rows" ? 0.3 : 0;
            options.L1Regularization = by == "L1" ? null : 0;
            options.GroupColumnName = by == "groups" ? nameof(Row.Group) : null;
        }

        var one = Fit(1, rows, Set)[0];
        Assert.NotEmpty(one.Report.PenaltyPath!);
        foreach (var many in Fit(2, rows, Set))
        {
            Assert.Equal(one.Weights, many.Weights);
            Assert.Equal(one.Report.PenaltyPath, many.Report.PenaltyPath);
        }

        // Scales of features differ in their last bits, and so do the losses of rows.
        var plain = FitOne(null, rows, Set).Report.PenaltyPath!;
        Assert.Equal(plain.Select(trial => trial.IsChosen), one.Report.PenaltyPath!.Select(trial => trial.IsChosen));
        Assert.All(plain.Zip(one.Report.PenaltyPath!), pair => Assert.Equal(pair.First.HeldOutLoss, pair.Second.HeldOutLoss, 1e-3));
    }

    [Fact]
    public void A_rank_may_have_no_rows_and_none_that_are_held_out()
    {
        void Set(SoftmaxCrossEntropyTrainer.Options options) => (options.Seed, options.ValidationFraction) = (5, 0.1);
        var one = Fit(1, Rows, Set)[0];
        foreach (var ends in (int[][])[[0, 1_200], [2, 600, 600, 1_200, 1_200]])
        {
            foreach (var many in ThreadCluster.Run(ends.Length, cluster => FitOne(cluster, Rows, Set, ends: ends)))
            {
                Assert.Equal(one.Weights, many.Weights);
                Assert.Equal(one.Report.Rows, many.Report.Rows);
                Assert.Equal(one.Report.ValidationRows, many.Report.ValidationRows);
                Assert.Equal(one.Metrics, many.Metrics);
            }
        }

        AssertRefused("None of the 1200 rows", Try(2, rows: [.. Rows.Select(row => new Row { Class = row.Class, Features = new float[4].Select(_ => float.NaN).ToArray() })]));
    }

    [Fact]
    public void Large_means_and_values_far_out_are_dealt_with_as_in_one_process()
    {
        var random = new Random(4);
        Row[] rows = [.. Enumerable.Range(0, 3_000).Select(_ => random.NextDouble() < 0.5 ? 1f : -1f).Select((side, i) => new Row
        {
            Class = side > 0 ? "a" : "b",
            Features =
            [
                1e6f + side + 2 * random.NextSingle(), i == 1_234 ? 1e7f : random.NextSingle() - side / 4, 3, 1e-6f * (side + i % 9),
            ],
        })];
        void Set(SoftmaxCrossEntropyTrainer.Options options) => (options.Solver, options.L2Regularization) = (Solver.Newton, 1e-6f);
        var one = Fit(1, rows, Set)[0];
        foreach (var many in Fit(3, rows, Set))
        {
            Assert.Equal(one.Weights, many.Weights);
            Assert.Equal(one.Report.Certificate, many.Report.Certificate);
        }

        var plain = FitOne(null, rows, Set);
        Assert.Equal(plain.Report.Certificate.Objective, one.Report.Certificate.Objective, 1e-6);
        Assert.InRange(one.Report.Certificate.GapEstimate!.Value, 0, 1e-4 * one.Report.Certificate.Objective);
        Assert.Contains("absurdly far", Assert.Single(plain.Report.Warnings), StringComparison.Ordinal);
        Assert.Equal(plain.Report.Warnings, one.Report.Warnings);
    }

    [Fact]
    public void Ranks_that_disagree_are_refused_and_told_in_what()
    {
        AssertRefused("Rank 1 of 2 has LabelSmoothing: 0.2, and rank 0 has LabelSmoothing: 0.1", Try(
            2, (rank, options) => options.LabelSmoothing = 0.1 * (rank + 1)));
        AssertRefused("Rank 1 of 2 has Solver: Saga, and rank 0 has Solver: Newton", Try(
            2, (rank, options) => options.Solver = rank == 0 ? Solver.Newton : Solver.Saga));
        AssertRefused("Rank 2 of 3 has Features: 3 in column Features, and rank 0 has Features: 4 in column Features", Try(
            3, features: rank => rank == 2 ? 3 : 4));
    }

    [Fact]
    public void What_goes_wrong_on_one_rank_is_told_on_all()
    {
        Row[] rows = [.. Rows];
        rows[1_100] = new Row { Class = "a", Features = rows[0].Features, Weight = -1 };
        AssertRefused("Rank 3 of 4: ", Try(4, (_, options) => options.ExampleWeightColumnName = nameof(Row.Weight), rows: rows));
        // A column that is missing on one rank is met before the ranks have said anything.
        AssertRefused("Features", Try(3, (rank, options) => options.FeatureColumnName = rank == 1 ? "Nothing" : "Features"));
        AssertRefused("Cache is false", Try(2, (_, options) => options.Cache = false));
    }

    [Fact]
    public void Cancellation_of_one_rank_ends_all_at_the_same_place()
    {
        using var source = new CancellationTokenSource();
        var fits = ThreadCluster.Run(3, cluster => FitOne(cluster, Rows, options =>
        {
            options.Solver = Solver.Sgd;
            options.NumberOfEpochs = 50;
            if (cluster.Rank == 1)
                (options.CancellationToken, options.Progress) = (source.Token, new Once(source));
        }));
        Assert.All(fits, fit => Assert.Equal(StopReason.Cancelled, fit.Report.StopReason));
        Assert.All(fits, fit => Assert.Equal(fits[0].Weights, fit.Weights));
    }

    [Theory]
    [InlineData(Solver.Newton)]
    [InlineData(Solver.Sgd)]
    [InlineData(Solver.Saga)]
    public void A_checkpoint_resumes_on_another_number_of_ranks_to_the_same_bits(Solver solver)
    {
        void Set(SoftmaxCrossEntropyTrainer.Options options)
        {
            (options.Solver, options.Seed, options.L2Regularization) = (solver, 3, 1e-4f);
            if (solver != Solver.Newton)
                options.NumberOfEpochs = 6;
        }

        var whole = Fit(2, Rows, Set)[0];
        var path = _folder.File("checkpoint");
        using var source = new CancellationTokenSource();
        ThreadCluster.Run(3, cluster => FitOne(cluster, Rows, options =>
        {
            Set(options);
            options.CheckpointPath = path;
            if (cluster.Rank == 2)
                (options.CancellationToken, options.Progress) = (source.Token, new Once(source));
        }));
        Assert.True(File.Exists(path));
        foreach (var resumed in Fit(4, Rows, options => { Set(options); options.CheckpointPath = path; }))
        {
            Assert.NotNull(resumed.Report.ResumedFromStep);
            Assert.Equal(whole.Weights, resumed.Weights);
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Binary_and_multi_label_models_are_those_of_one_rank()
    {
        var binary = Sizes(cluster =>
        {
            var ml = new MLContext(1);
            var data = ml.Data.LoadFromEnumerable(Part(Rows, cluster).Select(row => new YesNo { Label = row.Class == "a", Features = row.Features }));
            var model = ml.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options { Cluster = cluster }).Fit(data);
            var metrics = ml.BinaryClassification.EvaluateCrossEntropy(
                model.Transform(data), new BinaryEvaluationOptions { Cluster = cluster });
            return (string.Join(' ', model.Model.SubModel.Weights), metrics.ToString());
        });
        Assert.Equal(binary[0], binary[1]);

        var multi = Sizes(cluster =>
        {
            var ml = new MLContext(1);
            var data = ml.Data.LoadFromEnumerable(Part(Rows, cluster)
                .Select(row => new Answers { Label = [row.Class == "a", row.Class == "b"], Features = row.Features }));
            var model = ml.MulticlassClassification.Trainers.MultiLabelSigmoidCrossEntropy(
                new MultiLabelSigmoidCrossEntropyTrainer.Options { Cluster = cluster }).Fit(data);
            return TrainingReport.Of(model)!.Certificate;
        });
        Assert.Equal(multi[0], multi[1]);
    }

    private static T[] Sizes<T>(Func<ThreadCluster, T> work) => [ThreadCluster.Run(1, work)[0], ThreadCluster.Run(3, work)[2]];

    private static Fitted[] Fit(int size, Row[] rows, Action<SoftmaxCrossEntropyTrainer.Options>? set = null) =>
        ThreadCluster.Run(size, cluster => FitOne(cluster, rows, set));

    private static (Fitted? Result, Exception? Failure)[] Try(
        int size, Action<int, SoftmaxCrossEntropyTrainer.Options>? set = null, Func<int, int>? features = null, Row[]? rows = null) =>
        ThreadCluster.Try(size, cluster => FitOne(
            cluster, rows ?? Rows, options => set?.Invoke(cluster.Rank, options), features?.Invoke(cluster.Rank) ?? 4));

    private static Fitted FitOne(
        ThreadCluster? cluster, Row[] rows, Action<SoftmaxCrossEntropyTrainer.Options>? set = null, int features = 4, int[]? ends = null)
    {
        var ml = new MLContext(1);
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        var part = Part(rows, cluster, ends)
            .Select(row => new Row { Class = row.Class, Weight = row.Weight, Features = row.Features[..features], Group = row.Group });
        var data = ml.Data.LoadFromEnumerable(part, schema);
        data = ml.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Class)).Fit(data).Transform(data);
        var options = new SoftmaxCrossEntropyTrainer.Options { Cluster = cluster, NumberOfThreads = 1 };
        set?.Invoke(options);
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(data);
        VBuffer<float>[] weights = [];
        model.Model.GetWeights(ref weights, out _);
        VBuffer<ReadOnlyMemory<char>> names = default;
        var scored = model.Transform(data);
        scored.Schema["PredictedLabel"].GetKeyValues(ref names);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored, new MulticlassEvaluationOptions { Cluster = cluster });
        return new Fitted(
            [.. weights.SelectMany(row => row.DenseValues())], [.. names.DenseValues().Select(name => name.ToString())],
            TrainingReport.Of(model)!, metrics.ToJson());
    }

    private static Row[] Part(Row[] rows, ThreadCluster? cluster, int[]? ends = null)
    {
        if (cluster is null)
            return rows;
        int End(int rank) => rank < 0 ? 0 : ends?[rank] ?? rows.Length * (rank + 1) / cluster.Size;
        return rows[End(cluster.Rank - 1)..End(cluster.Rank)];
    }

    private static void AssertRefused(string message, (Fitted? Result, Exception? Failure)[] outcomes) =>
        Assert.All(outcomes, outcome => Assert.Contains(message, outcome.Failure!.Message, StringComparison.Ordinal));

    private static Row[] Generate(int count)
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var label = random.Next(3);
            return new Row
            {
                Class = "abc"[label].ToString(),
                Group = i / 7,
                Features = [.. Enumerable.Range(0, 4).Select(j => (float)(random.NextDouble() * 3 + (j == label ? 1 : 0)))],
            };
        })];
    }

    private sealed record Fitted(float[] Weights, string[] Classes, TrainingReport Report, string Metrics);

    private sealed class Once(CancellationTokenSource source) : IProgress<EpochReport>
    {
        public void Report(EpochReport value)
        {
            if (value.Epoch == 2)
                source.Cancel();
        }
    }

    private sealed class Row
    {
        public string Class { get; set; } = "";

        public float Weight { get; set; } = 1;

        public float Group { get; set; }

        public float[] Features { get; set; } = [];
    }

    private sealed class YesNo
    {
        public bool Label { get; set; }

        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Answers
    {
        [VectorType(2)]
        public bool[] Label { get; set; } = [];

        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }
}
