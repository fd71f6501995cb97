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

    private static void AssertRefused(string bad, string column, Action act)
    {
        var error = Assert.Throws<InvalidOperationException>(act);
        var index = bad is "falling" ? 0 : BadIndices[bad].First(i => i is < 0 or >= Slots || bad == "twice the same");
        Assert.Equal(
            $"The vector of row 4 (counted from 0) in column '{column}' has the index {index}: the indices of a vector of 3 slots must " +
                "rise and be below 3. Mend the data view that makes it.", error.Message);
    }

    /// <summary>Six rows, in the fourth of which the vector of one column has these indices.</summary>
    private static InMemoryView View(string badColumn, int[] indices)
    {
        VBuffer<float>[] Vectors(string column) =>
        [
            .. Enumerable.Range(0, 6).Select(i => i == 4 && column == badColumn
                ? new VBuffer<float>(Slots, indices.Length, [.. indices.Select(_ => 1f)], indices)
                : new VBuffer<float>(Slots, [i % 2, i % 3 == 0 ? 1 : 0, 0])),
        ];
        var type = new VectorDataViewType(NumberDataViewType.Single, Slots);
        return new InMemoryView.Builder()
            .Add("Features", type, Vectors("Features"))
            .Add("Answers", type, Vectors("Answers"))
            .Add("Score", type, Vectors("Score"))
            .AddKeys("ClassIndex", [1, 2, 3, 1, 2, 3], 3)
            .Add("IsSecond", BooleanDataViewType.Instance, new[] { true, false, true, false, true, false })
            .Build();
    }
}
