using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class GettingStartedPage() : DocumentationPage("docs/getting-started.md")
{
    private void Evaluation()
    {
        var ml = new MLContext(seed: 1);
        var pipeline = ml.Transforms.Text.FeaturizeText("Features", "Text").Append(ml.BinaryClassification.Trainers.SigmoidCrossEntropy());
        // begin
        string[] first = ["win", "free", "claim", "urgent", "meet", "call", "bring", "thanks"];
        string[] second = ["cash", "prize", "offer", "phone", "lunch", "milk", "kids", "tickets"];
        string[] third = ["now", "today", "please"];
        // The further left both words stand, the more it sounds like spam.
        var more = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 192).Select(i => (First: i % 8, Second: i / 8 % 8, Third: i / 64))
            .Select(w => new Message { Text = $"{first[w.First]} {second[w.Second]} {third[w.Third]}", Label = w.First + w.Second < 7 }));
        var split = ml.Data.TrainTestSplit(more, testFraction: 0.3);
        var tested = pipeline.Fit(split.TrainSet).Transform(split.TestSet);
        var metrics = ml.BinaryClassification.EvaluateCrossEntropy(tested);
        Console.WriteLine($"log-loss {metrics.LogLoss:0.0} nats where knowing nothing costs {metrics.LabelEntropy:0.0}; {metrics.Accuracy:0%} right");
        // end
    }

    private sealed class Message
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
