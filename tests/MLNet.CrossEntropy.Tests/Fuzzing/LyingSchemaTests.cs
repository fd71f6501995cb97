using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy.MLNet;
using MLNet.CrossEntropy.Tests.Shared;

namespace MLNet.CrossEntropy.Tests.Fuzzing;

/// <summary>What a schema promises costs whoever made it nothing: nobody takes memory for it, or believes it.</summary>
public class LyingSchemaTests
{
    private const string TooMany = "The type of the column promises 2,147,483,647 classes; at most 16,777,216 can be told apart.";

    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Vectors_of_two_billion_slots_are_refused_before_memory_is_taken()
    {
        var view = Columns().Add("Huge", Vector(int.MaxValue), Sparse(int.MaxValue)).Add(
            "HugeAnswers", new VectorDataViewType(BooleanDataViewType.Instance, int.MaxValue), Rows(_ =>
                new VBuffer<bool>(int.MaxValue, 1, [true], [3]))).Build();
        Refused(TooMany, () => _ml.MulticlassClassification.EvaluateCrossEntropy(view, "Label", "Huge"));
        Refused(TooMany, () => _ml.MulticlassClassification.EvaluateMultiLabelCrossEntropy(view, "HugeAnswers", "Huge"));
        Refused(TooMany, () => _ml.MulticlassClassification.ScoreClassNames(view, "Huge"));
        Refused(TooMany, () => EveryTrainer.Fit("multi-label", view, options => options.LabelColumnName = "Huge"));
        Refused(TooMany, () => UnscoredRows.Read(view, null, null, "HugeAnswers", false, default));
        foreach (var trainer in EveryTrainer.Keys)
            Refused("a model holds at most", () => EveryTrainer.Fit(trainer, view, options => options.FeatureColumnName = "Huge"));
    }

    [Fact]
    public void Rows_of_any_length_may_not_have_two_billion_slots()
    {
        var type = new VectorDataViewType(BooleanDataViewType.Instance);
        var view = new InMemoryView.Builder().Add("Answers", type, [new VBuffer<bool>(int.MaxValue, 1, [true], [3])]).Build();
        Refused(
            "The vector of row 0 (counted from 0) in column 'Answers' has 2147483647 slots, and at most 16777216 can be told apart.",
            () => UnscoredRows.Read(view, null, null, "Answers", false, default));
    }

    [Fact]
    public void Two_billion_names_are_none()
    {
        DataViewSchema.Annotations.Builder names = new();
        names.Add("KeyValues", new VectorDataViewType(TextDataViewType.Instance, int.MaxValue),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(int.MaxValue, 0, [], []));
        var named = Columns(names.ToAnnotations()).Build();
        Assert.Equal(
            EveryTrainer.Parameters(EveryTrainer.Fit("softmax", Columns().Build())), EveryTrainer.Parameters(EveryTrainer.Fit("softmax", named)));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(int.MaxValue)]
    public void Coefficients_are_not_measured_by_other_features_than_the_models(int slots)
    {
        var model = EveryTrainer.Fit("softmax", Columns().Build());
        var view = new InMemoryView.Builder().Add("Features", Vector(slots), Sparse(slots)).Build();
        Refused("Feature column 'Features' is of type", () => _ml.Model.LinearCoefficients(model, view));
    }

    [Fact]
    public void Names_that_are_whole_numbers_of_64_bits_stay_apart()
    {
        var view = Columns()
            .Add("Unsigned", NumberDataViewType.UInt64, Rows(i => ulong.MaxValue - (ulong)i))
            .Add("Signed", NumberDataViewType.Int64, Rows(i => long.MinValue + i))
            .Add("Key", new KeyDataViewType(typeof(ulong), ulong.MaxValue), Rows(i => ulong.MaxValue - (ulong)i))
            .Build();
        foreach (var column in (string[])["Unsigned", "Signed", "Key"])
        {
            var groups = UnscoredRows.Read(view, column, null, null, false, default).Groups!;
            Assert.Equal(groups.Length, groups.Distinct().Count());
            var fitted = EveryTrainer.Fit("softmax", view, options => (options.GroupColumnName, options.L2Regularization) = (column, null));
            Assert.All(EveryTrainer.Parameters(fitted), weight => Assert.True(float.IsFinite(weight)));
        }

        Assert.Equal("18446744073709551614", UnscoredRows.Read(view, "Unsigned", null, null, false, default).Groups![1]);
    }

    [Fact]
    public void Rows_of_one_group_leave_none_to_choose_a_penalty_by()
    {
        var view = Columns().AddText("Group", Rows(_ => "all")).Build();
        foreach (var trainer in EveryTrainer.Keys)
        {
            var fitted = EveryTrainer.Fit(trainer, view, options => (options.GroupColumnName, options.L2Regularization) = ("Group", null));
            Assert.Equal(1.0 / RowCount, EveryTrainer.Report(fitted).L2Regularization, 1e-6);
        }
    }

    [Fact]
    public void A_column_is_not_the_features_and_the_label()
        => Refused("Column 'Answers' is named as the features and as the label", () => EveryTrainer.Fit(
            "multi-label", Columns().Build(), options => options.FeatureColumnName = "Answers"));

    [Theory]
    [InlineData("a time", "text, a key, a number or a Boolean is needed.")]
    public void A_group_is_what_can_be_written(string column, string needed)
    {
        var view = Columns().Add(column, DateTimeDataViewType.Instance, Rows(i => DateTime.UnixEpoch.AddDays(i))).Build();
        Refused(needed, () => EveryTrainer.Fit("softmax", view, options => options.GroupColumnName = column));
    }

    private const int RowCount = 40;

    private static void Refused(string text, Action act)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Record.Exception(act);
        Assert.True(error is ArgumentException or InvalidOperationException, $"{error}");
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    private static IEnumerable<T> Rows<T>(Func<int, T> row) => Enumerable.Range(0, RowCount).Select(row);

    private static VectorDataViewType Vector(int slots) => new(NumberDataViewType.Single, slots);

    private static IEnumerable<VBuffer<float>> Sparse(int slots) => Rows(i => new VBuffer<float>(slots, 1, [1], [slots - 1 - i % 2]));

    private static InMemoryView.Builder Columns(DataViewSchema.Annotations? keyValues = null) => new InMemoryView.Builder()
        .Add("Features", Vector(3), Rows(i => new VBuffer<float>(3, [i % 3, i % 5, i % 7])))
        .Add("Answers", Vector(3), Rows(i => new VBuffer<float>(3, [i % 2, i % 3 / 2, 1 - i % 2])))
        .Add("ClassIndex", new KeyDataViewType(typeof(uint), 3), Rows(i => (uint)(i % 3 + 1)), keyValues)
        .AddKeys("Label", Rows(i => (uint)(i % 3 + 1)), 3)
        .Add("IsSecond", BooleanDataViewType.Instance, Rows(i => i % 2 == 0));
}
