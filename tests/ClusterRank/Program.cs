// One rank: ClusterRank <what>. It fits and evaluates with the others, then prints what it has come to: "bits <hash of the weights>", and
// rank 0 the metrics. <what> is "fit", or what goes wrong and where: "kill-evaluate".
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

var (what, place) = (args[0], "share");
using var cluster = MpiCluster.Join();
// Rank 0 alone counts the rows that are shared.
var isFaulty = cluster.Rank == (what.EndsWith(place, StringComparison.Ordinal) ? 0 : 1);
var ml = new MLContext(seed: 1);
var random = new Random(7);
Row[] rows = [.. Enumerable.Range(0, 4_000).Select(_ => Row.Next(random))];
var data = cluster.Share(ml.Data.LoadFromEnumerable(rows.Select((row, i) =>
{
    if (i == 2_000)
        GoWrong();
    return row;
})));
place = "key";
data = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(data).Transform(data);
var options = new SoftmaxCrossEntropyTrainer.Options
{
    Cluster = cluster,
    NumberOfThreads = 1,
    Solver = what == "sgd" ? Solver.Sgd : Solver.Newton,
    NumberOfEpochs = what == "sgd" ? 3 : null,
    LabelSmoothing = isFaulty && what == "options" ? 0.1 : 0,
    Progress = new EachEpoch(_ =>
    {
        place = "fit";
        GoWrong();
    }),
};
if (what == "caught" && isFaulty)
{
    // It gives up, and tells nobody: the others wait in a fit that it does not take part in.
    Console.Error.WriteLine("rank 1 has had enough");
    return 3;
}

var model = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(options).Fit(data);
VBuffer<float>[] weights = [];
model.Model.GetWeights(ref weights, out _);
var bits = SHA256.HashData(MemoryMarshal.AsBytes<float>(weights.SelectMany(row => row.DenseValues()).ToArray()));
place = "evaluate";
var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(
    model.Transform(data), new MulticlassEvaluationOptions { Cluster = cluster });
Console.WriteLine($"bits {Convert.ToHexStringLower(bits)}");
if (cluster.Rank == 0)
    Console.WriteLine($"metrics {metrics.ToJson()}");
return 0;

void GoWrong()
{
    if (!isFaulty || !what.EndsWith($"-{place}", StringComparison.Ordinal))
        return;
    if (what.StartsWith("throw", StringComparison.Ordinal))
        throw new FormatException("row 17 cannot be read");
    if (what.StartsWith("kill", StringComparison.Ordinal))
        Process.GetCurrentProcess().Kill();
    if (what.StartsWith("leave", StringComparison.Ordinal))
        Environment.Exit(3);
    Memory.Fill();
}

internal sealed class EachEpoch(Action<EpochReport> look) : IProgress<EpochReport>
{
    public void Report(EpochReport value) => look(value);
}

internal static class Memory
{
    private static readonly List<byte[]> Held = [];

    public static void Fill()
    {
        while (true)
            Held.Add(new byte[1 << 20]);
    }
}

internal sealed class Row
{
    public string Class { get; set; } = "";

    [VectorType(6)]
    public float[] Features { get; set; } = [];

    public static Row Next(Random random)
    {
        var label = random.Next(3);
        return new Row
        {
            Class = "xyz"[label].ToString(),
            Features = [.. Enumerable.Range(0, 6).Select(j => (float)(3 * random.NextDouble() + (j == label ? 1 : 0)))],
        };
    }
}
