using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Host.Tests.Shared;

namespace MLNet.Host.Tests.Evaluation;

/// <summary>Section c_evaluate_multiclass of the golden file: ML.NET's multiclass metrics on hand-made tables, flaws and all.</summary>
public class MulticlassEvaluateTests
{
    private const double Tolerance = 1e-12;

    private static readonly JsonElement[] Section = [.. GoldenFile.Section("c_evaluate_multiclass").EnumerateArray()];

    public static TheoryData<string> Cases => new(Section.Select(run => run.GetProperty("name").GetString()!));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Metrics_are_those_of_MLNet(string name)
    {
        var golden = Section.Single(run => run.GetProperty("name").GetString() == name);
        var ml = new MLContext(seed: 1);
        MulticlassClassificationMetrics Evaluate()
            => ml.MulticlassClassification.Evaluate(Table(ml, golden), topKPredictionCount: golden.GetProperty("top_k").GetInt32());

        if (golden.TryGetProperty("exception", out var exception))
        {
            var thrown = Assert.ThrowsAny<Exception>(Evaluate);
            Assert.Equal((exception.GetString(), golden.GetProperty("message").GetString()), (thrown.GetType().Name, thrown.Message));
            return;
        }

        var metrics = Evaluate();
        MetricsChecks.Check(golden.GetProperty("metrics"), metrics, Tolerance);
        if (golden.TryGetProperty("formatted_confusion_table", out var table))
            Assert.Equal(table.GetString(), metrics.ConfusionMatrix.GetFormattedConfusionTable().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Class_names_head_the_confusion_table_and_numbers_stand_in_for_long_ones()
    {
        var ml = new MLContext(seed: 1);
        string Table(params string[] classes)
        {
            var rows = Enumerable.Range(0, 12).Select(i => new NamedRow { Name = classes[i % classes.Length], Features = [i % classes.Length, i % 2] });
            var data = ml.Data.LoadFromEnumerable(rows);
            var chain = ml.Transforms.Conversion.MapValueToKey("Label", "Name")
                .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(l1Regularization: 0, l2Regularization: 0.01f));
            return ml.MulticlassClassification.Evaluate(chain.Fit(data).Transform(data)).ConfusionMatrix.GetFormattedConfusionTable().ReplaceLineEndings("\n");
        }

        Assert.Equal(
            "\nConfusion table\n"
            + "          ||========================\n"
            + "PREDICTED ||   cat |   dog |   owl | Recall\n"
            + "TRUTH     ||========================\n"
            + "      cat ||     4 |     0 |     0 | 1.0000\n"
            + "      dog ||     0 |     4 |     0 | 1.0000\n"
            + "      owl ||     0 |     0 |     4 | 1.0000\n"
            + "          ||========================\n"
            + "Precision ||1.0000 |1.0000 |1.0000 |\n",
            Table("cat", "dog", "owl"));
        Assert.Equal(
            "\nConfusion table\n"
            + "             ||======================\n"
            + "PREDICTED    ||        0 |        1 | Recall\n"
            + "TRUTH        ||======================\n"
            + "0.        at ||        6 |        0 | 1.0000\n"
            + "1. crocodile ||        0 |        6 | 1.0000\n"
            + "             ||======================\n"
            + "Precision    ||   1.0000 |   1.0000 |\n",
            Table("at", "crocodile"));
    }

    [Theory]
    [InlineData("Nope", "Score", "PredictedLabel", "Nope column 'Label' not found (Parameter 'schema')")]
    [InlineData("Label", "Nope", "PredictedLabel", "Nope column 'Score' not found (Parameter 'schema')")]
    [InlineData("Label", "Score", "Nope", "Nope column 'PredictedLabel' not found (Parameter 'schema')")]
    public void A_column_that_is_not_there_is_named(string label, string score, string predictedLabel, string message)
    {
        var ml = new MLContext(seed: 1);
        var table = Table(ml, Section[0]);
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => ml.MulticlassClassification.Evaluate(table, label, score, predictedLabel));
        Assert.Equal(message, thrown.Message);
    }

    [Fact]
    public void Each_fold_of_a_cross_validation_is_scored_by_a_model_that_has_not_seen_it()
    {
        var ml = new MLContext(seed: 1);
        var data = Dataset.Iris.Keyed(ml);
        var folds = ml.MulticlassClassification.CrossValidate(data, ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(), numberOfFolds: 3);
        Assert.Equal([0, 1, 2], folds.Select(fold => fold.Fold));
        Assert.Equal(150, folds.Sum(fold => fold.ScoredHoldOutSet.GetColumn<uint>("PredictedLabel").Count()));
        foreach (var fold in folds)
        {
            var again = ml.MulticlassClassification.Evaluate(fold.ScoredHoldOutSet);
            Assert.Equal(again.LogLoss, fold.Metrics.LogLoss);
            Assert.InRange(fold.Metrics.MicroAccuracy, 0.85, 1);
            Assert.IsType<MulticlassPredictionTransformer<Microsoft.ML.Trainers.MaximumEntropyModelParameters>>(fold.Model);
        }
    }

    /// <summary>The table of a case: labels as keys of so many values or as numbers, scores, and a predicted label that is not used.</summary>
    private static IDataView Table(MLContext ml, JsonElement golden)
    {
        var labels = golden.GetProperty("label").Numbers();
        var scores = golden.GetProperty("score").SingleRows();
        var labelType = golden.GetProperty("label_type").GetString()!;
        var classes = scores.Length > 0 ? scores[0].Length : 3;
        if (labelType == "single")
            return Load(labels.Select((label, i) => new NumberRow { Label = (float)label, Score = scores[i] }), NumberDataViewType.Single);
        // Objects hold zero-based keys; one that is not below the count is missing.
        return Load(
            labels.Select((label, i) => new KeyRow { Label = double.IsNaN(label) ? uint.MaxValue : (uint)label, Score = scores[i] }),
            new KeyDataViewType(typeof(uint), int.Parse(labelType["key:".Length..], System.Globalization.CultureInfo.InvariantCulture)));

        IDataView Load<TRow>(IEnumerable<TRow> rows, DataViewType type)
            where TRow : class
        {
            var definition = SchemaDefinition.Create(typeof(TRow));
            definition["Label"].ColumnType = type;
            definition["Score"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, classes);
            definition["PredictedLabel"].ColumnType = new KeyDataViewType(typeof(uint), classes);
            return ml.Data.LoadFromEnumerable(rows, definition);
        }
    }

    private sealed class KeyRow
    {
        public uint Label { get; set; }

        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }

    private sealed class NumberRow
    {
        public float Label { get; set; }

        public float[] Score { get; set; } = [];

        public uint PredictedLabel { get; set; }
    }

    private sealed class NamedRow
    {
        public string Name { get; set; } = "";

        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }
}
