using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>
/// Data views of others may hand out vectors whose indices are no indices, which ML.NET does not look at: whoever reads them refuses them.
/// </summary>
public class ForeignViewTests
{
    private const int Slots = 3;

    private static readonly Dictionary<string, int[]> BadIndices = new()
    {
        ["beyond the length"] = [0, 70_000_000],
        ["just beyond it"] = [0, 3],
        ["negative"] = [-1, 1],
        ["twice the same"] = [1, 1],
        ["falling"] = [2, 0],
    };

    public static TheoryData<string, string, bool> Fits
    {
        get
        {
            var fits = new TheoryData<string, string, bool>();
            foreach (var trainer in EveryTrainer.Keys)
            {
                foreach (var bad in BadIndices.Keys)
                {
                    fits.Add(trainer, bad, true);
                    fits.Add(trainer, bad, false);
                }
            }

            return fits;
        }
    }

    public static TheoryData<string> Bad => [.. BadIndices.Keys];

    [Theory]
    [MemberData(nameof(Fits))]
    public void A_fit_follows_no_index_out_of_its_vector(string trainer, string bad, bool cache)
        => AssertRefused(bad, "Features", () => EveryTrainer.Fit(
            trainer, View("Features", BadIndices[bad]), options => options.Cache = cache));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_label_follows_none_either(string bad)
        => AssertRefused(bad, "Answers", () => EveryTrainer.Fit("multi-label", View("Answers", BadIndices[bad])));

    [Theory]
    [MemberData(nameof(Bad))]
    public void Nor_does_an_evaluation(string bad)
    {
        var ml = new MLContext();
        AssertRefused(bad, "Score", () => ml.MulticlassClassification.EvaluateCrossEntropy(
            View("Score", BadIndices[bad]), new MulticlassEvaluationOptions { LabelColumnName = "ClassIndex" }));
        AssertRefused(bad, "Score", () => ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(
            View("Score", BadIndices[bad]), new MultiLabelEvaluationOptions { LabelColumnName = "Answers" }));
        AssertRefused(bad, "Answers", () => ml.MulticlassClassification.EvaluateCrossEntropy(
            View("Answers", BadIndices[bad]), new MulticlassEvaluationOptions { LabelColumnName = "Answers" }));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Nor_do_calibration_and_coefficients(string bad)
    {
        var ml = new MLContext(seed: 1);
        var model = EveryTrainer.Fit("softmax", View("", []));
        var view = View("Features", BadIndices[bad]);
        AssertRefused(bad, "Features", () => ml.Model.LinearCoefficients(model, view));
        AssertRefused(bad, "Features", () => ml.MulticlassClassification.CalibrateTemperature(model, view, "ClassIndex"));
    }

    /// <summary>Vectors that only somebody who writes private fields can make: more values promised than the arrays hold.</summary>
    [Theory]
    [InlineData(3, 1, 0)]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 1)]
    [InlineData(-1, 2, 2)]
    public void Nobody_reads_beyond_the_end_of_an_array(int count, int values, int indices)
    {
        object vector = new VBuffer<float>(Slots, 2, new float[values + 1], new int[] { 0, 1 });
        void Set(string field, object value) =>
            typeof(VBuffer<float>).GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(vector, value);
        Set("_count", count);
        Set("_values", new float[values]);
        Set("_indices", Enumerable.Range(0, indices).ToArray());
        foreach (var column in (string[])["Features", "Answers", "Score"])
        {
            var view = View(column, [], (VBuffer<float>)vector);
            var error = Assert.Throws<InvalidOperationException>(() => _ = column switch
            {
                "Features" => EveryTrainer.Fit("softmax", view),
                "Answers" => EveryTrainer.Fit("multi-label", view),
                _ => (object)new MLContext().MulticlassClassification.EvaluateCrossEntropy(view, "ClassIndex"),
            });
            Assert.Equal(
                $"The vector of row 4 (counted from 0) in column '{column}' promises more values, of 3 slots, than its arrays hold. Mend "
                    + "the data view that makes it.", error.Message);
        }
    }

    /// <summary>Whoever asks for a chunk of a pass takes it for as large as it was in the first one.</summary>
    [Theory]
    [InlineData(6, 5, 1, "only 5")]
    [InlineData(6, 0, 1, "only 0")]
    [InlineData(5, 6, 1, "at least 6")]
    [InlineData(6, 3, 3, "only 3")]
    public void A_pass_with_other_rows_than_the_first_ends_the_fit(int first, int later, int after, string found)
    {
        foreach (var trainer in EveryTrainer.Keys)
        {
            var error = Assert.Throws<InvalidOperationException>(() => EveryTrainer.Fit(
                trainer, new TurnsView(turn => View("", [], rows: turn < after ? first : later)), options => options.Cache = false));
            Assert.Equal(
                $"This pass over the training data gives {found} usable rows, and the first gave {first}. Without Cache the data is read "
                    + "several times: give data that are the same each time, or set Cache.", error.Message);
        }
    }

    /// <summary>As many rows, but not the same: without a fingerprint of them nobody could tell.</summary>
    [Theory]
    [InlineData("ClassIndex")]
    [InlineData("Features")]
    [InlineData("Answers")]
    public void A_pass_with_other_labels_or_features_ends_the_fit(string swapped)
    {
        foreach (var trainer in EveryTrainer.Keys.Where(trainer => swapped == "Features" || trainer == Trainer(swapped)))
        {
            var error = Assert.Throws<InvalidOperationException>(() => EveryTrainer.Fit(
                trainer, new TurnsView(turn => View("", [], swapped: turn == 2 ? swapped : null)), options => options.Cache = false));
            Assert.StartsWith("This pass over the training data gives rows with other labels, weights or first features", error.Message,
                StringComparison.Ordinal);
        }

        static string Trainer(string label) => label == "Answers" ? "multi-label" : "softmax";
    }

    [Fact]
    public void A_key_of_more_classes_than_there_is_memory_for_is_refused()
    {
        var view = new InMemoryView.Builder()
            .Add("Features", new VectorDataViewType(NumberDataViewType.Single, 1), new[] { new VBuffer<float>(1, [1]) })
            .AddKeys("Label", [1], int.MaxValue)
            .Build();
        var error = Assert.Throws<ArgumentException>(() => new MLContext().MulticlassClassification.Trainers.SoftmaxCrossEntropy().Fit(view));
        Assert.StartsWith(
            "The type of the column promises 2,147,483,647 classes; at most 16,777,216 can be told apart.", error.Message,
            StringComparison.Ordinal);
    }

    private static void AssertRefused(string bad, string column, Action act)
    {
        var error = Assert.Throws<InvalidOperationException>(act);
        var index = bad is "falling" ? 0 : BadIndices[bad].First(i => i is < 0 or >= Slots || bad == "twice the same");
        Assert.Equal(
            $"The vector of row 4 (counted from 0) in column '{column}' has the index {index}: the indices of a vector of 3 slots must " +
                "rise and be below 3. Mend the data view that makes it.", error.Message);
    }

    /// <summary>Six rows, in the fourth of which the vector of one column has these indices, or is another.</summary>
    private static InMemoryView View(string badColumn, int[] indices, VBuffer<float>? other = null, int rows = 6, string? swapped = null)
    {
        VBuffer<float>[] Vectors(string column) =>
        [
            .. Enumerable.Range(column == swapped ? 1 : 0, rows).Select(i => i == 4 && column == badColumn
                ? other ?? new VBuffer<float>(Slots, indices.Length, [.. indices.Select(_ => 1f)], indices)
                : new VBuffer<float>(Slots, [(column, swapped) is ("Features", "Features") ? 5 : i % 2, i % 3 == 0 ? 1 : 0, 0])),
        ];
        var type = new VectorDataViewType(NumberDataViewType.Single, Slots);
        return new InMemoryView.Builder()
            .Add("Features", type, Vectors("Features"))
            .Add("Answers", type, Vectors("Answers"))
            .Add("Score", type, Vectors("Score"))
            .AddKeys("ClassIndex", new uint[] { 1, 2, swapped == "ClassIndex" ? 1u : 3, 1, 2, 3 }.Take(rows), 3)
            .Add("IsSecond", BooleanDataViewType.Instance, new[] { true, false, true, false, true, false }.Take(rows))
            .Build();
    }
}
