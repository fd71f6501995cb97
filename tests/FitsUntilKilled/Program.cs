// Fits a model, and saves the fit in the file that is named, if one is: FitsUntilKilled <solver> [<checkpoint>]
// Prints the number of each epoch as it ends, at last the coefficients as JSON.
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

var random = new Random(1);
Row[] rows = [.. Enumerable.Range(0, 300).Select(i => new Row
{
    Label = (uint)(i % 3) + 1,
    Features = [.. Enumerable.Range(0, 4).Select(j => (float)(random.NextDouble() + (j == i % 3 ? 0.5 : 0)))],
})];
var ml = new MLContext(seed: 1);
var path = args.Length > 1 ? args[1] : null;
var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
{
    Solver = Enum.Parse<Solver>(args[0]),
    Seed = 1,
    NumberOfEpochs = 40,
    BatchSize = 32,
    Tolerance = 0,
    CheckpointPath = path,
    // Long enough not to wait for the disk all the time, short enough to fall into epochs.
    CheckpointInterval = path is null ? null : TimeSpan.FromMilliseconds(1),
    Progress = new Printer(),
}).Fit(ml.Data.LoadFromEnumerable(rows));
Console.WriteLine(LinearCoefficients.Of(model.Model).ToJson().ReplaceLineEndings(""));

internal sealed class Row
{
    [KeyType(3)]
    public uint Label { get; set; }

    [VectorType(4)]
    public float[] Features { get; set; } = [];
}

internal sealed class Printer : IProgress<EpochReport>
{
    public void Report(EpochReport value)
    {
        Console.WriteLine(value.Epoch);
        // Whoever waits for a line has the time to end this process before the fit ends by itself.
        Thread.Sleep(30);
    }
}
