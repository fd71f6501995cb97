using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Trainers;

/// <summary>Rows that no model can come from are refused with a message to act on, kept or read anew, by every trainer.</summary>
public class BadRowTests
{
    private static readonly LabelledRows Good = LabelledRows.Gaussian(6, 2);

    [Theory]
    [MemberData(nameof(EveryTrainer.NamesAndCache), MemberType = typeof(EveryTrainer))]
    public void No_rows_at_all_are_an_error(string trainer, bool cache)
        => AssertRefused("The training data has no rows.", trainer, cache, new MLContext().Data.SkipRows(Good.View(), 6));

    [Theory]
    [MemberData(nameof(EveryTrainer.NamesAndCache), MemberType = typeof(EveryTrainer))]
    public void Rows_that_are_all_bad_are_an_error_that_says_how(string trainer, bool cache)
    {
        AssertRefused(
            "None of the 6 rows of the training data can be used: 6 with a NaN feature. The first: row 0 has NaN in feature 1 (counted " +
                "from 0).",
            trainer, cache, Good.Map(row => [row[0], float.NaN]).View());
        AssertRefused(
            "None of the 6 rows of the training data can be used: 6 with an infinite feature. The first: row 0 has -Infinity in feature " +
                "0 (counted from 0).",
            trainer, cache, Good.Map(row => [float.NegativeInfinity, row[1]]).View());
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.NamesAndCache), MemberType = typeof(EveryTrainer))]
    public void Weights_that_are_all_zero_are_an_error(string trainer, bool cache)
        => AssertRefused(
            "None of the 6 rows of the training data can be used: 6 of weight 0.", trainer, cache, (Good with { Weights = new float[6] })
            .View());

    [Theory]
    [MemberData(nameof(EveryTrainer.NamesAndCache), MemberType = typeof(EveryTrainer))]
    public void A_weight_that_is_negative_or_not_finite_is_an_error(string trainer, bool cache)
    {
        foreach (
            (var weight, var seen) in (ReadOnlySpan<(float, string)>)[(-1, "-1"), (float.NaN, "NaN"), (float.PositiveInfinity, "Infinity")])
        {
            AssertRefused(
                $"The example weight of row 2 (counted from 0) in column 'Weight' is {seen}; weights must be finite and at least 0. Give " +
                    $"a row that should not count the weight 0, or filter it out.",
                trainer, cache, (Good with { Weights = [1, 1, weight, 1, 1, 1] }).View());
        }
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.NamesAndCache), MemberType = typeof(EveryTrainer))]
    public void Feature_vectors_of_different_lengths_are_an_error(string trainer, bool cache)
    {
        foreach ((var row, var count) in (ReadOnlySpan<(float[], int)>)[([1], 1), ([1, 2, 3], 3), ([], 0)])
        {
            AssertRefused(
                $"The vector of row 4 (counted from 0) in column 'Features' has {count} slots, and its type promises 2. Every row "
                    + "must have the same length.",
                trainer, cache, (Good with { X = [.. Good.X.Take(4), row, Good.X[5]] }).View());
        }
    }

    [Theory]
    [InlineData("multi-label", true)]
    [InlineData("multi-label", false)]
    [InlineData("softmax", true)]
    [InlineData("softmax", false)]
    public void Label_vectors_of_different_lengths_are_an_error(string trainer, bool cache)
    {
        foreach (var label in (ReadOnlySpan<float[]>)[[1], [0, 0, 1, 0]])
        {
            var view = Good.Columns()
                .Add("Soft", new VectorDataViewType(NumberDataViewType.Single, 3),
                    Good.Y.Select((_, i) => i == 3 ? new VBuffer<float>(label.Length, label) : new(3, [0, 1, 0])));
            AssertRefused(
                $"The vector of row 3 (counted from 0) in column 'Soft' has {label.Length} slots, and its type promises 3. "
                    + "Every row must have the same length.",
                trainer, cache, view.Build(), options => options.LabelColumnName = "Soft");
        }
    }

    [Theory]
    [InlineData("softmax", "10000 outputs of 1000000 features make 10000000000 weights")]
    [InlineData("multi-label", "10000 outputs of 1000000 features make 10000000000 weights")]
    public void A_model_too_large_for_memory_is_refused_before_a_row_is_read(string trainer, string sizes)
    {
        var nothing = new InMemoryView.Builder()
            .Add<VBuffer<float>>("Features", new VectorDataViewType(NumberDataViewType.Single, 1_000_000), [])
            .AddKeys("ClassIndex", [], 10_000)
            .Add<VBuffer<bool>>("Answers", new VectorDataViewType(BooleanDataViewType.Instance, 10_000), [])
            .Build();
        AssertRefused(
            $"{sizes}; a model holds at most 2147483591. Take fewer features, for example with a hash of fewer bits, or fewer classes.",
            trainer, cache: true, nothing, options => options.ExampleWeightColumnName = null);
    }

    [Theory]
    [MemberData(nameof(EveryTrainer.Names), MemberType = typeof(EveryTrainer))]
    public void After_an_error_a_trainer_fits_good_rows_as_if_nothing_had_been(string trainer)
    {
        LabelledRows rows = LabelledRows.Gaussian(60, 2);
        var estimator = EveryTrainer.Create(trainer, new MLContext(seed: 1), options => options.ExampleWeightColumnName = "Weight");
        Assert.Throws<InvalidOperationException>(() => estimator.Fit((rows with { Weights = new float[60] }).View()));
        Assert.Equal(EveryTrainer.Parameters(EveryTrainer.Fit(trainer, rows.View())), EveryTrainer.Parameters(estimator.Fit(rows.View())));
    }

    private static void AssertRefused(
        string message, string trainer, bool cache, IDataView data, Action<CrossEntropyTrainerOptions>? configure = null)
    {
        var error = Assert.Throws<InvalidOperationException>(() => EveryTrainer.Fit(trainer, data, options =>
        {
            options.ExampleWeightColumnName = "Weight";
            options.Cache = cache;
            configure?.Invoke(options);
        }));
        Assert.Equal(message, error.Message);
    }
}
