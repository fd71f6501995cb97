// One rank: ClusterRank <what>. It fits and evaluates with the others, and prints what it has come to: "bits <hash of the weights>", then
// rank 0 the metrics. What goes wrong on rank 1 on the way, <what> says; "fit" is nothing.
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

var what = args[0];
using var cluster = MpiCluster.Join();
var ml = new MLContext(seed: 1);
var random = new Random(7);
Row[] rows = [.. Enumerable.Range(0, 4_000).Select(_ => Row.Next(random))];
var data = cluster.Share(ml.Data.LoadFromEnumerable(rows));
data = ml.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(data).Transform(data);
var isFaulty = cluster.Rank == 1;
var options = new SoftmaxCrossEntropyTrainer.Options
{
    Cluster = cluster,
    NumberOfThreads = 1,
    Solver = what == "sgd" ? Solver.Sgd : Solver.Newton,
    NumberOfEpochs = what == "sgd" ? 3 : null,
    LabelSmoothing = isFaulty && what == "options" ? 0.1 : 0,
    Progress = new EachEpoch(_ =>
    {
        if (!isFaulty)
            return;
        if (what == "throw")
            throw new FormatException("row 17 cannot be read");
        if (what == "kill")
            Process.GetCurrentProcess().Kill();
        if (what == "leave")
            Environment.Exit(3);
        if (what == "memory")
            Memory.Fill();
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
Console.WriteLine($"bits {Convert.ToHexStringLower(bits)}");
var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(
    model.Transform(data), new MulticlassEvaluationOptions { Cluster = cluster });
if (cluster.Rank == 0)
    Console.WriteLine($"metrics {metrics.ToJson()}");
return 0;

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
