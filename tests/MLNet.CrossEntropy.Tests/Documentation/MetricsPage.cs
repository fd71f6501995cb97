using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class MetricsPage() : DocumentationPage("docs/metrics.md")
{
    private void LogLoss()
    {
        var (ml, _, train, test) = Load();
        // begin
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train);
        var scored = model.Transform(test);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(scored, "ClassIndex");
        Console.WriteLine($"log-loss {metrics.LogLoss:0.00} nats = {metrics.LogLossBits:0.00} bits, standard error {metrics.LogLossStandardError:0.00}");
        Console.WriteLine($"labels' entropy {metrics.LabelEntropy:0.00}, so {metrics.LogLossReduction:0%} of it is gone");
        Console.WriteLine($"as unsure as among {metrics.Perplexity:0.0} equally likely classes of {metrics.Classes.Count}");
        // end
    }

    private void Rows()
    {
        var (ml, scored, _) = Evaluated();
        // begin
        // Ten rows, all of one class.
        var few = ml.MulticlassClassification.EvaluateCrossEntropy(ml.Data.TakeRows(scored, 10), "ClassIndex");
        Console.WriteLine($"used {few.Rows.Used}, missing label {few.Rows.MissingLabel}, unknown class {few.Rows.UnknownClass}, invalid score {few.Rows.InvalidScore}");
        Console.WriteLine($"classes in these rows: {few.Classes.Count(c => c.Support > 0)}; log-loss of an absent class: {few.Classes.First(c => c.Support == 0).LogLoss}");
        Console.WriteLine($"log-loss reduction: {few.LogLossReduction}");
        // end
    }

    private void Floor()
    {
        MLContext ml = new(seed: 1);
        // begin
        // Four forecasts, the last of them 1 for what did not happen.
        var forecasts = ml.Data.LoadFromEnumerable((((bool, float)[])[(true, 0.9f), (true, 0.8f), (false, 0.2f), (false, 1)])
            .Select(row => new { Label = row.Item1, Probability = row.Item2 }));
        var bounded = ml.BinaryClassification.EvaluateCrossEntropy(forecasts, new BinaryEvaluationOptions { ScoreColumnName = null });
        Console.WriteLine($"log-loss at least {bounded.LogLoss:0.00}, {bounded.Rows.RoundedToZero} row rounded to 0");
        Console.WriteLine($"share of the bounded rows in it: {bounded.ClippedLossShare:0%}");
        // end
    }

    private void Calibration()
    {
        var (_, _, metrics) = Evaluated();
        // begin
        var parts = metrics.LogLossDecomposition!.Value;
        Console.WriteLine($"calibration error {metrics.Reliability.ExpectedCalibrationError:0.00}, by chance alone {metrics.Reliability.ExpectedUnderPerfectCalibration:0.00}");
        Console.WriteLine($"calibrating could gain something: {parts.Miscalibration > 2 * parts.MiscalibrationStandardError}");
        // end
    }

    private void Classification()
    {
        var (_, _, metrics) = Evaluated();
        // begin
        Console.WriteLine($"accuracy {metrics.Accuracy:0%}, among the best two {metrics.TopKAccuracy(2).Accuracy:0%}, Matthews {metrics.ConfusionMatrix!.MatthewsCorrelation:0.0}, ROC {metrics.MacroRocAuc:0.0}");
        Console.WriteLine($"true 1 predicted as 2: {metrics.ConfusionMatrix.Rows(1, 2)} rows");
        // end
    }

    private void Thresholds()
    {
        var (_, _, metrics) = Evaluated();
        // begin
        var curves = metrics.Classes[1].Curves!;
        var chosen = curves.ThresholdFor(recall: 0.9);
        Console.WriteLine($"recall {chosen.Point.Recall:0%} and precision {chosen.Point.Precision:0%} on these rows; on others precision may be below 90%: {chosen.PrecisionInterval.Lower < 0.9}");
        Console.WriteLine($"recall at precision 80%: {curves.RecallAtPrecision(0.8):0%}; lift of the surest tenth above 2: {curves.Points.Last(p => p.PredictedShare <= 0.1).Lift > 2}");
        // end
    }

    private void Segments()
    {
        var (ml, _, train, test) = Load();
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train);
        // begin
        MulticlassEvaluationOptions options = new() { LabelColumnName = "ClassIndex", SegmentColumnName = "PredictedLabel" };
        var today = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(test), options);
        foreach (var segment in today.Segments!)
            Console.WriteLine($"predicted {segment.Name}: {segment.Share:0%} of the rows, surely unlike all others: {segment.AdjustedPValue < 0.05}");
        var drift = today.DriftFrom(ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(train), options));
        Console.WriteLine($"changed since training: {string.Join(", ", drift.Where(d => d.AdjustedPValue < 0.05).Select(d => d.Quantity).DefaultIfEmpty("nothing"))}");
        // end
    }

    private void Worst()
    {
        var (_, _, metrics) = Evaluated();
        // begin
        var worst = metrics.WorstRows[0];
        Console.WriteLine($"row {worst.Row}: of class {worst.Label}, taken for {worst.Predicted}");
        System.IO.File.WriteAllText(InFolder("metrics.json"), metrics.ToJson(indented: true));
        System.IO.File.WriteAllText(InFolder("metrics.md"), metrics.ToMarkdown());
        // end
    }

    private void Compare()
    {
        var (ml, _, train, test) = Load();
        // begin
        var models = new Dictionary<string, IDataView>
        {
            ["gentle"] = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train).Transform(test),
            ["strict"] = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex", l2Regularization: 1).Fit(train).Transform(test),
        };
        var comparison = ml.MulticlassClassification.CompareCrossEntropy(models, new ComparisonOptions { Seed = 1 }, new() { LabelColumnName = "ClassIndex" });
        Console.WriteLine($"{comparison.Pairs[0].Verdict}: {comparison.Pairs[0].Sentence.Split(' ')[0]} is better, p < 0.001: {comparison.Pairs[0].PValue < 0.001}");
        // end
    }

    private void Report()
    {
        var (ml, _, train, test) = Load();
        var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train);
        var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(model.Transform(test), "ClassIndex");
        // begin
        new CrossEntropyReport("Iris").Add("softmax", metrics, TrainingReport.Of(model)).Save(InFolder("report.html"));
        // end
        Assert.Contains("<svg", System.IO.File.ReadAllText(InFolder("report.html")), StringComparison.Ordinal);
    }

    private static (MLContext ML, IDataView Scored, MulticlassCrossEntropyMetrics Metrics) Evaluated()
    {
        var (ml, _, train, test) = Load();
        var scored = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy("ClassIndex").Fit(train).Transform(test);
        return (ml, scored, ml.MulticlassClassification.EvaluateCrossEntropy(scored, "ClassIndex"));
    }
}
