// Trains on several processes by MPI, and compares with one:
//   dotnet run -c Release --project samples/Cluster -- table [rows]      writes the table in 8 files, then fits in this process alone
//   mpirun -np 4 dotnet artifacts/bin/Cluster/release/Cluster.dll table  fits on 4 ranks: the same bits
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cluster;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.CrossEntropy;

const int Files = 8;
var folder = args is [var name, ..] ? name : "table";
var rows = args is [_, var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 2_000_000;

using var cluster = MpiCluster.Join();
if (!Directory.Exists(folder))
{
    if (cluster.Size > 1)
        throw new DirectoryNotFoundException($"There is no folder '{folder}' yet; run the program once without mpirun, which writes it.");
    Table.Write(folder, Files, rows);
}

// Each rank reads files of its own; with more ranks than files it would be a part of all: cluster.Share(view).
var ml = new MLContext(seed: 1);
string[] own = [.. Enumerable.Range(0, Files).Where(i => i * cluster.Size / Files == cluster.Rank).Select(i => Table.File(folder, i))];
IDataView data = ml.Data.CreateTextLoader<Visit>().Load(new MultiFileSource(own));

// A key's order is that of a rank's own rows; the trainer pairs the classes of all ranks by name.
data = ml.Transforms.Conversion.MapValueToKey("Label", nameof(Visit.Outcome)).Fit(data).Transform(data);

var clock = Stopwatch.StartNew();
var trainer = ml.MulticlassClassification.Trainers.SoftmaxCrossEntropy(new SoftmaxCrossEntropyTrainer.Options
{
    Cluster = cluster,
    Solver = Solver.Newton,
    Progress = cluster.Rank == 0 ? new Passes() : null,
});
var model = trainer.Fit(data);
var fitted = clock.Elapsed;

var metrics = ml.MulticlassClassification.EvaluateCrossEntropy(
    model.Transform(data), new MulticlassEvaluationOptions { Cluster = cluster, OneVersusRest = false });
if (cluster.Rank > 0)
    return;
var report = TrainingReport.Of(model)!;
Console.WriteLine(
    $"{cluster.Size} ranks on {cluster.Library}: {report.Rows.Used} rows read and fitted in {fitted.TotalSeconds:F1} s; rank 0 sent "
    + $"{cluster.BytesSent / 1e6:F2} MB in {cluster.MessagesSent} messages");
Console.WriteLine($"log-loss of all rows {metrics.LogLoss:F6} nats");

// The weights of one process are kept beside the table.
VBuffer<float>[] weights = [];
model.Model.GetWeights(ref weights, out _);
var bits = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(weights.SelectMany(row => row.DenseValues()).ToArray())));
var kept = Path.Combine(folder, "bits-of-one");
if (cluster.Size == 1)
    File.WriteAllText(kept, bits);
Console.WriteLine(!File.Exists(kept) ? "run it without mpirun to compare" : File.ReadAllText(kept) == bits
    ? "the weights are those of one process, bit by bit"
    : "THE WEIGHTS ARE NOT THOSE OF ONE PROCESS");
