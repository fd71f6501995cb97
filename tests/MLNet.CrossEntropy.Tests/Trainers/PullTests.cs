using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Where the penalty of a warm start pulls to, and what a few new rows do to what a model knows.</summary>
public class PullTests
{
    private static readonly LabelledRows Rows = LabelledRows.Gaussian(300, 8);

    public static TheoryData<string, bool, Solver> Fits
    {
        get
        {
            var fits = new TheoryData<string, bool, Solver>();
            foreach (var trainer in EveryTrainer.Keys)
            {
                foreach (var solver in new[] { Solver.Saga, Solver.Sgd, Solver.Newton, Solver.Auto })
                {
                    fits.Add(trainer, true, solver);
                    fits.Add(trainer, false, solver);
                }
            }

            return fits;
        }
    }

    [Theory]
    [MemberData(nameof(Fits))]
    public void A_strong_penalty_leaves_the_initial_model_and_a_weak_one_finds_the_optimum(string trainer, bool dense, Solver solver)
    {
        var rows = dense ? Rows : Thinned(Rows);
        IDataView old = rows.Pick(Enumerable.Range(0, 200)).View(sparse: !dense), all = rows.View(sparse: !dense);
        var initial = EveryTrainer.Fit(trainer, old, options => options.L2Regularization = 0.01f);
        float[] before = EveryTrainer.Parameters(initial), held = Fit(10), free = Fit(1e-5f);
        var weights = before.Length - EveryTrainer.Outputs(trainer, Rows.Classes);
        for (var i = 0; i < weights; i++)
            Assert.Equal(before[i], held[i], 0.05);

        float[] pulledToZero = EveryTrainer.Parameters(EveryTrainer.Fit(trainer, all, options =>
            (options.L2Regularization, options.Solver, options.Tolerance) = (1e-5f, Solver.Newton, 1e-7)));
        for (var i = 0; i < weights; i++)
            Assert.Equal(pulledToZero[i], free[i], solver == Solver.Sgd ? 0.3 : 0.02);

        float[] Fit(float l2) => EveryTrainer.Parameters(EveryTrainer.Fit(trainer, all, options =>
        {
            (options.L2Regularization, options.Solver, options.InitialModel, options.PullToInitialModel) = (l2, solver, initial, true);
            (options.NumberOfEpochs, options.Seed) = (solver == Solver.Auto ? null : 200, 1);
        }));
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void A_few_new_rows_do_not_make_it_forget(string trainer)
    {
        var said = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, log) => said.Add(log.RawMessage);
        var random = new Random(2);
        var many = LabelledRows.Gaussian(3_000, 10);
        many = many with { Y = [.. many.Y.Select(label => random.Next(3) == 0 ? random.Next(3) : label)] };
        var few = many.Pick(Enumerable.Range(0, 30));
        var initial = EveryTrainer.Fit(trainer, many.View(), options => options.L2Regularization = null);
        double Loss(ITransformer model) => EveryTrainer.Probabilities(model, many.View()).Select((p, i) => p.Length == 1
            ? -Math.Log(many.Y[i] == 1 ? p[0] : 1 - p[0])
            : -Math.Log(Math.Max(1e-9, p[many.Y[i]]))).Average();
        var pulled = Warm(true);
        Assert.Contains(said, text => text.Contains("pulls the weights to the initial model's.", StringComparison.Ordinal));
        var free = Warm(false);
        Assert.Contains(said, text => text.Contains("pulls the weights to 0, away from the initial model's", StringComparison.Ordinal));
        double known = Loss(initial), kept = Loss(pulled) - known, lost = Loss(free) - known;
        Assert.True(kept < 0.9 * lost && kept < 0.3 * known, $"of {known} nats {kept} more with a pull, {lost} without");

        ITransformer Warm(bool pull) => EveryTrainer.Create(trainer, ml, options =>
            (options.L2Regularization, options.InitialModel, options.PullToInitialModel) = (null, initial, pull)).Fit(few.View());
    }

    [Fact]
    public void A_chain_with_text_stages_that_was_saved_and_loaded_goes_on_to_learn()
    {
        var ml = new MLContext(seed: 1);
        IDataView first = Messages(ml, 0, 200), second = Messages(ml, 200, 60);
        var chain = ml.Transforms.Text.FeaturizeText("Features", nameof(Message.Text))
            .Append(ml.BinaryClassification.Trainers.SigmoidCrossEntropy(nameof(Message.IsSpam), l2Regularization: 0.01f)).Fit(first);
        using var file = new TemporaryFile();
        ml.Model.Save(chain, first.Schema, file.Name);

        var other = new MLContext(seed: 2);
        var loaded = other.Model.Load(file.Name, out _);
        IDataView news = Messages(other, 200, 60), old = Messages(other, 0, 200);
        double Loss(ITransformer model, IDataView rows) =>
            other.BinaryClassification.EvaluateCrossEntropy(model.Transform(rows), nameof(Message.IsSpam)).LogLoss;
        var stages = new TransformerChain<ITransformer>([.. ((IEnumerable<ITransformer>)loaded).SkipLast(1)]);
        var trained = other.BinaryClassification.Trainers.SigmoidCrossEntropy(new SigmoidCrossEntropyTrainer.Options
        {
            LabelColumnName = nameof(Message.IsSpam),
            InitialModel = loaded,
            PullToInitialModel = true,
            L2Regularization = 0.01f,
        }).Fit(stages.Transform(news));
        var learned = stages.Append(trained);
        Assert.InRange(Loss(learned, news), 0, 0.7 * Loss(loaded, news));
        Assert.InRange(Loss(learned, old), 0, Loss(loaded, old) + 0.2);
    }

    [Fact]
    public void A_pull_to_nothing_is_refused()
    {
        Assert.StartsWith("PullToInitialModel is set, but there is no initial model.", Assert.Throws<InvalidOperationException>(() =>
            EveryTrainer.Fit("softmax", Rows.View(), options => options.PullToInitialModel = true)).Message);
        var error = Assert.Throws<ArgumentException>(() => EveryTrainer.Create("softmax", new MLContext(), options =>
            (options.PullToInitialModel, options.L2Regularization, options.L1Regularization) = (true, 0, 0.1f)));
        Assert.Contains("PullToInitialModel is True; it must be false when L2Regularization is 0", error.Message);
        Assert.Contains("it must be false when there is an L1 penalty, which pulls to 0.", error.Message);
    }

    /// <summary>The same rows with one value of five, which are kept as sparse ones.</summary>
    private static LabelledRows Thinned(LabelledRows rows)
    {
        var random = new Random(4);
        return rows.Map(row => [.. row.Select(x => random.Next(5) == 0 ? x : 0)]);
    }

    /// <summary>Messages of ten words; what the later ones sell is new.</summary>
    private static IDataView Messages(MLContext ml, int from, int count)
    {
        string[] words = ["the", "a", "on", "my", "we", "see", "you", "at", "and", "home", "late", "offer"];
        var random = new Random(from);
        return ml.Data.LoadFromEnumerable(Enumerable.Range(from, count).Select(i =>
        {
            var isSpam = i % 3 == 0;
            var hint = isSpam ? from == 0 ? "prize" : "offer" : from == 0 ? "meeting" : "home";
            var others = Enumerable.Range(0, 9).Select(_ => words[random.Next(words.Length)]);
            return new Message { IsSpam = isSpam, Text = string.Join(' ', others.Append(hint)) };
        }).ToArray());
    }

    private sealed class Message
    {
        public string Text { get; set; } = "";

        public bool IsSpam { get; set; }
    }
}
