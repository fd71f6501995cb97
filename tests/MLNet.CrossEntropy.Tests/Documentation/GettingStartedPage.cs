using Microsoft.ML;

namespace MLNet.CrossEntropy.Tests.Documentation;

public sealed class GettingStartedPage() : DocumentationPage("docs/getting-started.md")
{
    private void Evaluation()
    {
        var ml = new MLContext(seed: 1);
        string[] openings = ["win", "free", "claim", "urgent", "meet", "call", "bring", "thanks"];
        string[] subjects = ["cash", "prize", "offer", "phone", "lunch", "milk", "kids", "tickets"];
        var messages = ml.Data.LoadFromEnumerable(from opening in openings
                                                  from subject in subjects
                                                  from ending in (string[])["now", "today", "please"]
                                                  select new Message
                                                  {
                                                      Text = $"{opening} {subject} {ending}",
                                                      Label = Array.IndexOf(openings, opening) + Array.IndexOf(subjects, subject) < 7,
                                                  });
        var pipeline = ml.Transforms.Text.FeaturizeText("Features", "Text").Append(ml.BinaryClassification.Trainers.SigmoidCrossEntropy());
        // begin
        var split = ml.Data.TrainTestSplit(messages, testFraction: 0.3);
        var model = pipeline.Fit(split.TrainSet);
        var metrics = ml.BinaryClassification.EvaluateCrossEntropy(model.Transform(split.TestSet));
        Console.WriteLine($"log-loss {metrics.LogLoss:0.0} nats where knowing nothing costs {metrics.LabelEntropy:0.0}; {metrics.Accuracy:0%} right");
        // end
    }

    private sealed class Message
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
